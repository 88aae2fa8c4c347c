# Every habit has a verb. `make run` and `make test` need Python 3.11 or newer, make and gcc, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := adapters assets demo matching orchestration recommenders reports serving sql warehouse
# pip compiles on one core only, and never a project that stays where it is: without this every first start would.
# A library's file that cannot be compiled is none of ours, and pip would pass it over too.
LIBRARIES = $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib
BYTECODE = $(BIN)/python -m compileall -q $(ROOMS)

.PHONY: help install install-dev run test dev check lint types imports format clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed  ## Create .venv and install the project

install-dev: $(VENV)/.installed-dev  ## The same with the tools for tests and linting

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e .
	-$(LIBRARIES)
	$(BYTECODE)
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e '.[dev]'
	-$(LIBRARIES)
	$(BYTECODE)
	touch $@ $(VENV)/.installed

run: install  ## The whole pipeline on the built-in demo world, into ./data
	$(BIN)/osusume run

test: install-dev  ## The test suite, offline
	$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

dev: install  ## The Dagster UI on http://127.0.0.1:3000
	$(BIN)/osusume dev

check: lint types imports test  ## Everything that CI checks

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint sql --processes 2
	$(BIN)/codespell

types: install-dev
	$(BIN)/mypy

imports: install-dev
	$(BIN)/lint-imports

format: install-dev  ## Rewrite Python and SQL in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix sql --processes 2

clean:  ## Remove the demo world in ./data and caches; real data and the virtual environment stay
	@if grep -Eqs '"world"[[:space:]]*:[[:space:]]*"demo"' data/home.json; then echo rm -rf data; rm -rf data; \
	elif test -e data; then echo "data stays: its home.json does not say that it holds the demo world, and what was" \
	"landed in it may be in no other place. Look into it and delete it by hand if nobody needs it" >&2; fi
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
