"""What others published on MovieLens 100k, and how our models are set for MovieLens.

The one rule: a published figure stands here as it was printed, with its source; a setting was tuned on splits
inside a training part, never on what a figure is quoted for.
"""

from dataclasses import dataclass
from typing import Any

from recommenders.base import Recommender

SOURCE = "github.com/recommenders-team/recommenders, README.md, section Algorithm Comparison (MovieLens 100k, k = 10)"


@dataclass(frozen=True)
class Figures:
    """Ranking figures at 10 as the benchmark defines them (`running.figures`)."""

    map: float
    ndcg: float
    precision: float
    recall: float


PUBLISHED: dict[str, Figures] = {
    "ALS": Figures(0.004732, 0.044239, 0.048462, 0.017796),
    "BiVAE": Figures(0.146126, 0.475077, 0.411771, 0.219145),
    "BPR": Figures(0.132478, 0.441997, 0.388229, 0.212522),
    "FastAI": Figures(0.025503, 0.147866, 0.130329, 0.053824),
    "LightGCN": Figures(0.088526, 0.419846, 0.379626, 0.144336),
    "NCF": Figures(0.107720, 0.396118, 0.347296, 0.180775),
    "SAR": Figures(0.110591, 0.382461, 0.330753, 0.176385),
    "SVD": Figures(0.012873, 0.095930, 0.091198, 0.032783),
}
"""Best known values of the table of SOURCE, read 2026-11-26. Its ALS (Spark), SVD (Surprise) and FastAI predict
ratings; they were not made to rank."""

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "als": {"embedding_size": 96, "confidence": 8.0, "reg": 0.7, "iterations": 15, "rating_power": 0.5},
    "ease": {
        "reg": 290.0,
        "dropout": 0.5,
        "user_power": 0.1,
        "popularity_penalty": 0.2,
        "sharpness": 0.8,
        "neighbours": 1700,
        "rating_power": 0.5,
    },
    "item_knn": {"neighbours": 100, "target_power": 0.3, "sharpness": 1.0},
    "popularity": {"positive_from": 1.0},
}
"""What differs from a model's own settings where every rating is relevant and lists are long, as on MovieLens.
Chosen by NDCG@10 on splits of the same kind inside the training parts of five splits of 100k
(docs/benchmarks.md tells how). Models that are not named keep their settings."""


def configured(model: type[Recommender], seed: int) -> Recommender:
    """The model with its settings for MovieLens, not fitted."""
    return model(model.Config(**{"seed": seed, **CONFIGURATIONS.get(model.name, {})}))
