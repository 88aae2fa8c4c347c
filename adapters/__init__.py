"""Where data comes from: records out of files and services, with no knowledge of tables."""
