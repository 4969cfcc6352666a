# Every target sets itself up: Python 3.11+ and make are all that the machine needs.
PYTHON ?= python3
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := contracts engine harness loadtests mocks reports tests
AT_ONCE ?= -n 4 --dist worksteal
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest

.PHONY: bytecode verify test checks collected quick lint types arrows bench docs pacts clean help

verify: $(VENV)/.runtime bytecode ## the main job: world, reference engine, experiments, verdict and report in runs/
	$(BIN)/dryclose verify $(ARGS)

test: $(VENV)/.dev bytecode ## all tests, with linters, types and import arrows
	@$(MAKE) --no-print-directory -j 2 checks collected
	$(PYTEST) $(AT_ONCE) $(ARGS)

checks: lint types arrows

# Every tester reads all tests: what pytest makes of them is kept once, before, beside the checks.
collected:
	@$(PYTEST) --collect-only -q >/dev/null </dev/null || true

quick: $(VENV)/.dev bytecode ## the tests without whole runs and load
	$(PYTEST) $(AT_ONCE) -m "not slow" $(ARGS)

# Whole runs start hundreds of processes: where Python may not keep what it compiled (PYTHONDONTWRITEBYTECODE), each would compile it again.
bytecode: $(VENV)/.runtime
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@$(BIN)/python -c "from reports.templating import compile_ahead; compile_ahead()"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

arrows: $(VENV)/.dev
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## figures, each beside a bare baseline measured in the same run
	$(BIN)/python -m harness.bench $(ARGS)

docs: $(VENV)/.dev ## write the pages that are generated from the code
	$(BIN)/python -m harness.docs
	$(BIN)/python -m tests.requirements

pacts: $(VENV)/.dev ## write the pact files that the engine's consumer tests play
	$(BIN)/python -m tests.contract.pact.files

clean: ## remove the environment and every cache; runs/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dryclose needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.runtime: $(VENV)/.uv uv.lock pyproject.toml
	$(BIN)/uv sync --quiet --locked --no-dev --inexact
	@touch $@

$(VENV)/.dev: $(VENV)/.uv uv.lock pyproject.toml
	$(BIN)/uv sync --quiet --locked --inexact
	@touch $@ $(VENV)/.runtime
