"""What can go wrong in this room, split by what the caller should do.

RecommenderError
├── InvalidInputError           the caller's arrays contradict each other: fix the call
│   └── LeakageError            what is to be predicted stands in what a model is given: fix the split
├── ItemsDifferError            rows and model speak of different items: `rows.aligned_to(model.item_keys)`
├── NotFittedError              `fit` or `load` first
├── NotEnoughDataError          this model cannot learn from this input: report it as skipped, and why
│   └── MissingFeaturesError    the model needs `ItemFeatures` and got none
├── DatasetError                the files of a published data set are absent or wrong: the message names the place
├── MissingDependencyError      a library of an optional extra is not installed: the message names the extra
├── ModelDivergedError          training ended in numbers that are not finite: report it as skipped
└── StoreError                  a stored model is absent or not what was written
    ├── ModelMissingError       there is no such folder
    └── ModelDamagedError       checksum, file list or format differ: train again
"""


class RecommenderError(Exception):
    """Anything this room refuses; the message says what and why, and is fit to be shown as a reason."""


class InvalidInputError(RecommenderError):
    """Arrays that contradict each other or break a stated rule."""


class LeakageError(InvalidInputError):
    """A model would be given what it is measured by, or its lists hold what it was given."""


class ItemsDifferError(RecommenderError):
    """Rows whose items are not the model's items, in the model's order."""


class NotFittedError(RecommenderError):
    """A model was asked for scores before it was fitted or loaded."""


class NotEnoughDataError(RecommenderError):
    """There is nothing in this input from which the model could learn."""


class MissingFeaturesError(NotEnoughDataError):
    """The model describes items by their features, and none were given."""


class DatasetError(RecommenderError):
    """Files of a published data set that are absent, or hold what cannot be."""


class MissingDependencyError(RecommenderError):
    """The model needs a library that only an optional extra installs."""


class ModelDivergedError(RecommenderError):
    """Scores came out infinite or undefined."""


class StoreError(RecommenderError):
    """A stored model cannot be used."""


class ModelMissingError(StoreError):
    """No model is stored under this version."""


class ModelDamagedError(StoreError):
    """A stored model differs from what was written."""
