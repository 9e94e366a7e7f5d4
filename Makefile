# One runner for everything; CI calls the same targets. Works with GNU make 3.81 (macOS) and newer.
# PYTHON=/path/to/python3.12 picks the interpreter; the virtual environment is .venv.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
BIN := .venv/bin
RUN := .venv/installed-for-use
DEV := .venv/installed-for-development
DUCKDB2 := .venv-duckdb2/installed
PIP_QUIET := --quiet --disable-pip-version-check --no-input

.PHONY: help demo test coverage test-duckdb2 lint types imports format chaos chaos-warehouse lock clean \
	bench-real bench-related bench-names bench-extraction bench-warehouse bench-feeds bench-startup bench-prefect screenshots

help: ## what there is
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(RUN) ## see Slugline do its main job, offline, in under two minutes
	@$(BIN)/slugline demo

test: $(DEV) ## run all tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n 3 --dist worksteal tests

coverage: $(DEV) ## the same, and which lines no test reaches (a third slower)
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal --cov --cov-report=term:skip-covered tests

test-duckdb2: $(DUCKDB2) ## run the warehouse's tests on DuckDB 2
	@.venv-duckdb2/bin/python -m pytest -q tests/test_warehouse_*.py tests/test_ask_*.py

lint: $(DEV) ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV) ## mypy, strict
	@$(BIN)/mypy

imports: $(DEV) ## the import rules of the house
	@$(BIN)/lint-imports

format: $(DEV) ## let ruff mend what it can
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

chaos: $(DEV) ## kill runs at 30 seeded moments, workers and servers at 20, and compare the rows
	@$(BIN)/python bench/chaos.py
	@$(BIN)/python bench/chaos_prefect.py

chaos-warehouse: $(DEV) ## kill landing, compaction, backup, migration and erasure at 200 moments each
	@$(BIN)/python -m bench.chaos_warehouse

bench-real: $(DEV) ## a crawl over real pages served locally
	@$(BIN)/python bench/real.py

bench-related: $(DEV) ## relevance beside TF-IDF
	@$(BIN)/python bench/related.py

bench-names: $(DEV) ## the name tagger: F1 and speed
	@$(BIN)/python bench/names.py

bench-extraction: $(DEV) ## text, dates, titles, authors, kinds, speed and safety beside other tools (PARTS="quality speed": only those)
	@$(BIN)/python -m bench.extraction $(PARTS)

bench-warehouse: $(DEV) ## the warehouse at three sizes, beside other search engines (hours; resumable)
	@$(BIN)/python -m bench.warehouse

bench-feeds: $(DEV) ## feeds, sitemaps and robots files of others
	@$(BIN)/python bench/feeds.py

bench-startup: $(DEV) ## how long the command takes to start
	@$(BIN)/python bench/startup.py

bench-prefect: $(DEV) ## what Prefect costs: of a five-minute run, and idle (ten minutes)
	@$(BIN)/python bench/prefect_cost.py

screenshots: $(DEV) ## the pictures of the documents, of a real server (needs Chromium)
	@$(BIN)/python -m pip install $(PIP_QUIET) 'playwright>=1.50,<2'
	@$(BIN)/python bench/screenshots.py

lock: $(DEV) ## resolve the requirements anew, for Linux and macOS, with hashes
	@$(BIN)/python -m pip install $(PIP_QUIET) 'uv>=0.9,<1'
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--constraint requirements/constraints.txt --group build pyproject.toml -o requirements/use.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--constraint requirements/use.lock --group build --group dev pyproject.toml -o requirements/development.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--constraint requirements/duckdb2.constraints.txt --group build --group dev pyproject.toml -o requirements/duckdb2.lock

clean: ## remove the environments and what tools left behind (never data/)
	@rm -rf .venv .venv-duckdb2 .bench .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Slugline needs Python 3.11 or newer; install it or say PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Making the virtual environment .venv with $(PYTHON)" >&2
	@$(PYTHON) -m venv .venv

$(RUN): requirements/use.lock pyproject.toml | .venv/bin/python
	@test -e $(DEV) || { echo "Installing what Slugline needs into .venv (hash-locked, a minute or two)" >&2; \
		$(BIN)/python -m pip install $(PIP_QUIET) --require-hashes --no-deps -r requirements/use.lock; }
	@$(BIN)/python -m pip install $(PIP_QUIET) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/development.lock pyproject.toml | .venv/bin/python
	@echo "Installing what Slugline and its tests need into .venv (hash-locked, a minute or two)" >&2
	@$(BIN)/python -m pip install $(PIP_QUIET) --require-hashes --no-deps -r requirements/development.lock
	@$(BIN)/python -m pip install $(PIP_QUIET) --no-deps --no-build-isolation --editable .
	@touch $@

$(DUCKDB2): requirements/duckdb2.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Slugline needs Python 3.11 or newer; say PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Making .venv-duckdb2 with DuckDB 2" >&2
	@$(PYTHON) -m venv .venv-duckdb2
	@.venv-duckdb2/bin/python -m pip install $(PIP_QUIET) --require-hashes --no-deps -r requirements/duckdb2.lock
	@.venv-duckdb2/bin/python -m pip install $(PIP_QUIET) --no-deps --no-build-isolation --editable .
	@touch $@
