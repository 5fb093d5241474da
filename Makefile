# `make run` opens bptui, `make test` runs the tests; each sets up what it needs in .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DELETE_ON_ERROR:
.PHONY: run test test-versions soak visitors check format bench mutants clean

run: $(VENV)/app
	@$(BIN)/bptui $(ARGS)

test: $(VENV)/test
	$(BIN)/python -m pytest -n 4

test-versions:
	@nice -n 10 $(PYTHON) tests/versions.py

visitors: $(VENV)/test
	@$(BIN)/python -m tests.bench.visitors $(ARGS)
	@$(BIN)/python -m tests.bench.followers $(ARGS)

soak: $(VENV)/test
	@$(BIN)/python -m tests.soak $(ARGS)

check: $(VENV)/check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/check
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# An environment whose making was broken off has no pip of its own: it is made anew.
$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bptui needs Python 3.11 or newer: make PYTHON=python3.11")'
	@$(BIN)/python -c 'import pip, sys; sys.exit(not pip.__file__.startswith(sys.prefix) or sys.prefix == sys.base_prefix)' \
		2>/dev/null || { echo 'setting up $(VENV), once'; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

$(VENV)/app: pyproject.toml | $(VENV)/made
	$(PIP) -e .
	@touch $@

$(VENV)/test: pyproject.toml | $(VENV)/made
	$(PIP) -e '.[test]'
	@touch $@

# the types of the tests are checked too
$(VENV)/check: pyproject.toml | $(VENV)/made
	$(PIP) -e '.[check,test]'
	@touch $@

bench: .bench/ready
	.bench/bin/python -m tests.bench.bench

.bench/ready: pyproject.toml
	$(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet --disable-pip-version-check -e . pyte torch==2.13.0 jax scikit-learn backpack-for-pytorch
	@touch $@

mutants: .mutants/ready
	rm -rf mutants
	.mutants/bin/mutmut run --max-children 2
	.mutants/bin/mutmut results

.mutants/ready: pyproject.toml
	$(PYTHON) -m venv .mutants
	.mutants/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test]' mutmut==3.8.1
	@touch $@

clean:
	rm -rf $(VENV) .versions .bench .mutants mutants build dist
