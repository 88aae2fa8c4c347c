"""Tests of the pictures and the HTML report."""
