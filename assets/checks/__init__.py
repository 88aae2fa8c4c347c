"""Data-quality checks of every table as Dagster asset checks; the only place that knows Great Expectations.

What should hold is said in two ways and judged in one: expectations about columns (`suites`), and rules in
SQL that select the rows breaking them (`sql/checks`, run by `rules`). A table is checked by the step that makes it
(`assets.steps`).
"""
