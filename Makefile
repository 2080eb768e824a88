# Everything from a bare Debian machine: `make demo` and `make test` set up what they need and can be run again and again.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
LONGER := tests/conformance tests/attacks tests/journeys
# Beside `make test`, so that it stays under ten minutes: refused requests by the thousand, waiting subscribers, images.
SLOW := tests/bench tests/docker tests/doors/bad_input tests/doors/test_national_malformed.py tests/doors/test_subscriptions.py
# Also beside it: every page in every language on every screen. `make test` keeps a few pages in a browser.
PAGED := $(addprefix tests/pages/test_,history_page.py links_in_a_browser.py visit_in_a_browser.py)
EVERY_PAGE ?= tests/pages
VISIT := tests/journeys/test_a_visit_in_a_browser.py

.PHONY: help setup setup-test setup-conformance browser profiles demo test test-slow check check-code test-pages test-journeys test-conformance test-attacks mutants bench clean

help: ## Say what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1: \2/p' $(MAKEFILE_LIST)

setup: $(VENV)/.corridor ## Make .venv and install Corridor in it

setup-test: $(VENV)/.corridor-test ## As setup, with what the tests need

setup-conformance: $(VENV)/.corridor-conformance ## As setup-test, with the tools of others
	@.ci/conformance $(PYTHON)

$(VENV)/.corridor: pyproject.toml
	@.ci/venv $(PYTHON) $(VENV)
	@echo "== Installing Corridor (a minute or two when nothing is cached)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.corridor-test: $(VENV)/.corridor
	@echo "== Installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/.corridor-conformance: $(VENV)/.corridor-test
	@echo "== Installing the Python tools of the conformance tests"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,conformance]'
	@touch $@

browser: ## Find Chromium for the page tests, or install it
	@.ci/browser

demo: setup ## Run the story: hub, five countries, one person's history (ARGS=--once ends by itself)
	@$(BIN)/python -m demo $(ARGS)

test: setup-test browser ## Run every test but the longer suites
	@echo "== Running the tests"
	@$(BIN)/python -m pytest $(addprefix --ignore=,$(LONGER) $(SLOW) $(PAGED)) $(ARGS)

test-slow: setup-test ## What `make test` leaves out: refusals by the thousand, subscribers, measurements, the image
	@$(BIN)/python -m pytest $(SLOW) $(ARGS)

check: check-code ## Format, lint, types, import contracts, known weaknesses, bill of materials and the fast tests
	@echo "== fast tests"; $(BIN)/python -m pytest -q tests/domain tests/fhir tests/flows tests/house

check-code: setup-test ## The same without the tests
	@echo "== ruff format"; $(BIN)/ruff format --check .
	@echo "== ruff"; $(BIN)/ruff check .
	@echo "== mypy"; $(BIN)/mypy
	@echo "== import contracts"; $(BIN)/lint-imports
	@echo "== bandit"; $(BIN)/bandit --quiet --recursive --configfile pyproject.toml src demo bench migrations profiles
	@echo "== pip-audit"; .ci/audit $(BIN)/pip-audit
	@echo "== bill of materials"; $(BIN)/python -m tests.house.bill_of_materials dist/corridor.cdx.json

test-pages: setup-test browser ## Every page in a real browser, and the whole visit over six real processes
	@$(BIN)/python -m pytest $(EVERY_PAGE) $(VISIT) $(ARGS)

test-conformance: setup-conformance ## Third-party clients and validators against a running node
	@$(BIN)/python -m pytest tests/conformance $(ARGS)

test-journeys: setup-test ## Whole stories over six real processes, on SQLite and on PostgreSQL
	@$(BIN)/python -m pytest tests/journeys --ignore=$(VISIT) $(ARGS)

test-attacks: setup-test ## One file per misuse
	@$(BIN)/python -m pytest tests/attacks $(ARGS)

mutants: setup-test ## One small mistake at a time in the consent policy: which of them the tests notice (twenty minutes)
	@$(BIN)/python -m tests.mutation.run $(ARGS)

profiles: ## Build the FHIR definitions from their Shorthand (ARGS=--check compares only)
	@profiles/build.sh $(ARGS)

bench: setup-test ## Measure: ARGS="NAME --json"
	@$(BIN)/corridor bench $(ARGS)

clean: ## Remove what was made: .venv, var, caches
	@rm -rf $(VENV) var dist build tests/conformance/js/node_modules tests/conformance/js_links/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src demo bench tests -name __pycache__ -type d -prune -exec rm -rf {} +
