"""Tests of how the sources tell the world."""
