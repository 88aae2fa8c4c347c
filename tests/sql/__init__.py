"""Tests of the SQL files."""
