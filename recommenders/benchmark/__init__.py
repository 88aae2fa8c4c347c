"""Published benchmarks run with this project's models, beside the figures that others published.

The one rule: nothing here takes part in the pipeline, and nothing is downloaded; whoever has the files names
their directory.
"""
