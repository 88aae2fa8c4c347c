"""Models, metrics and splits: sparse matrices in, ranked items out; no table and no Dagster."""
