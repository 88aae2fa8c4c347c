"""The only room that knows DuckDB: landing, the writers' queue, tables built from sql/, published snapshots."""
