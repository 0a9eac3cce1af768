# Needs Python 3.11 or newer, make and git. Everything else is installed into .venv and .web.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile

.DEFAULT_GOAL := help
.PHONY: help run build owner test check bench spec constraints

help: ## List what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.web-installed ## Install, compile and start the workspace
	@exec $(BIN)/python -m sorceress_video run

build: $(VENV)/.web-installed ## Compile the pages, unless they are up to date
	@$(BIN)/python -m sorceress_video build

owner: $(VENV)/.web-installed ## Make the owner's account: make owner EMAIL=… PASSWORD=…
	@$(BIN)/python -m sorceress_video owner

test: $(VENV)/.test-installed $(VENV)/.axe-installed ## Run every test
	@$(BIN)/python -m sorceress_video build
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.test-installed ## Lint, types, import contracts, migrations, pages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  export SORCERESS_DATA_DIR="$$folder" && unset DATABASE_URL && \
	  $(BIN)/alembic -q upgrade head && $(BIN)/alembic -q check
	@$(BIN)/python -m sorceress_video build

bench: $(VENV)/.test-installed ## Measure what is promised; one of them: make bench ONLY=startup
	@for file in bench/$(or $(ONLY),*).py; do \
	  echo "== $$file"; $(BIN)/python -m bench.$$(basename "$$file" .py) || exit 1; done

spec: $(VENV)/.test-installed ## List which lines of the specification have a test
	@$(BIN)/python -m tests.support.specification

constraints: $(VENV)/.test-installed ## Write down the exact versions of all that is installed
	@head -n 1 requirements/constraints.txt > .constraints.new
	@$(BIN)/python -m pip freeze --exclude pip --exclude setuptools >> .constraints.new
	@mv .constraints.new requirements/constraints.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; name it: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing (Debian: apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/.web-installed: requirements/web.txt requirements/constraints.txt | $(BIN)/python
	@echo "Installing packages …"
	@$(PIP) -r requirements/web.txt
	@touch $@

$(VENV)/.test-installed: requirements/test.txt $(VENV)/.web-installed
	@echo "Installing the tools of the tests …"
	@$(PIP) -r requirements/test.txt
	@touch $@

$(VENV)/.axe-installed: tests/browser/axe/package-lock.json $(VENV)/.web-installed
	@echo "Installing the rules of accessibility …"
	@$(BIN)/npm ci --silent --prefix tests/browser/axe
	@touch $@
