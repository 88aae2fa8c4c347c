"""All SQL of the project; a folder is a layer of the warehouse (see sql/README.md)."""
