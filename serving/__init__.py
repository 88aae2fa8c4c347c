"""Reads the published snapshot, for the command line and later the API: no training, no writes."""
