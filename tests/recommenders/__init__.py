"""Tests of the room `recommenders`: one kit that every model inherits, and a file for each module."""
