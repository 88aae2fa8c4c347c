"""All assets of a HOME without their checks, in one process: `python -m benchmarks.barerun HOME RECORDINGS`.

The publishing still runs every rule of severity error. For benchmarks that need many runs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import dagster as dg

from assets import ALL_ASSETS
from orchestration.cli.instance import open_instance
from orchestration.inputs import recordings_directory
from orchestration.resources import resources_for
from orchestration.settings import load_settings
from warehouse.home import Home


def main(words: list[str]) -> int:
    """Materialise everything in the HOME, from the recordings that the words name; 0, or 1 when an asset failed."""
    home, recordings = words
    settings = load_settings(home=home, input=recordings)
    partless = [one for one in ALL_ASSETS if one.partitions_def is None]
    with open_instance(Home(Path(home)), verbose=True) as instance:
        resources = resources_for(settings, recordings_directory(settings))
        result = dg.materialize(partless, instance=instance, resources=resources, raise_on_error=False)
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
