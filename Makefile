# Every way to work with the project. `make` alone lists them.

VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check
VENDOR := web/static/vendor
CODE   := $(wildcard fair matching live web migrations bench tools tests)
WORDS  := $(wildcard web/translations/*/LC_MESSAGES/messages.po)
# One process of tests a core; one that has finished its share takes over part of another's.
PYTEST := $(PY) -m pytest --numprocesses=auto --maxprocesses=8 --dist=worksteal
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check bench words lock clean chromium format

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/run.stamp $(VENDOR)/.stamp $(WORDS:.po=.mo) ## bring Python packages and front-end files

run: setup ## start the fair on this machine; Ctrl-C stops it
	@exec $(PY) -m tools.run

test: setup $(VENV)/dev.stamp chromium ## run the tests
	@$(PYTEST)

check: setup $(VENV)/dev.stamp chromium ## format, lint, strict types, then the tests
	@echo "-- format and lint"
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@echo "-- strict types"
	@$(PY) -m mypy $(CODE)
	@echo "-- tests, the direction of imports among them"
	@$(PYTEST)

format: $(VENV)/dev.stamp ## rewrite the code in the one format
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

bench: setup ## measure pages and memory at rest
	@$(PY) -m bench.pages --json

words: $(VENV)/run.stamp ## bring new words of the site into the catalogue
	@$(PY) -m tools.catalogue

lock: $(VENV)/dev.stamp ## resolve pyproject.toml anew into requirements/
	@$(PY) -m tools.lock

clean: ## remove what can be made again; var/ (the data) stays
	rm -rf $(VENV) node_modules $(VENDOR) $(WORDS:.po=.mo) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is missing:" \
		"apt install python3-venv, or brew install python@3.11" >&2; exit 1; }
	@echo "-- virtual environment in $(VENV), $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

# Torch comes first and alone: what the machine offers for exactly this version is taken, and the
# packages after it find it present instead of choosing another build with gigabytes beside it.
$(VENV)/run.stamp: requirements/run.txt | $(PY)
	@echo "-- Python packages: torch (a minute or more the first time)"
	@$(PIP) install "$$(grep -m1 '^torch==' requirements/run.txt)"
	@echo "-- Python packages: the others"
	@$(PIP) install -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "-- Python packages: for tests and checks"
	@$(PIP) install -r requirements/dev.txt
	@touch $@

node_modules/.stamp: export PATH := $(PATH):$(CURDIR)/$(VENV)/bin
node_modules/.stamp: package.json package-lock.json requirements/node.txt | $(PY)
	@npm --version >/dev/null 2>&1 || { echo "-- npm is missing here: bringing it into $(VENV)"; \
		$(PIP) install -r requirements/node.txt; }
	@echo "-- front-end files"
	@npm ci --ignore-scripts --no-audit --no-fund || { \
		echo "npm could not bring the front-end files: see the lines above" >&2; exit 1; }
	@touch $@

$(VENDOR)/.stamp: node_modules/.stamp web/icons.txt tools/vendor.py
	@$(PY) -m tools.vendor
	@touch $@

%.mo: %.po | $(VENV)/run.stamp
	@$(PY) -m tools.catalogue compile

chromium: $(VENV)/dev.stamp
	@$(PY) -m tools.chromium
