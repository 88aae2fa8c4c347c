"""Tests of the published benchmarks."""
