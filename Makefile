# `make lab` opens JupyterLab with the panel; `make test` runs every test that this machine allows.
# Both set up all they need in this folder: .venv (tools, Node among them), .lab (the JupyterLab to try), .cache.

SHELL := /bin/bash
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PYTHON
# Never let a test tool fetch a browser of its own: the tests use the system's Chromium.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

PANEL_SOURCES := $(shell git ls-files -co --exclude-standard labextension 2>/dev/null | grep -v ui-tests)
PACKAGE_SOURCES := $(shell git ls-files -co --exclude-standard ide49_storage jupyter-config 2>/dev/null)
PANEL := ide49_storage/labextension/static/style.js
WHEEL := dist/.built

.PHONY: help setup panel wheel lab test test-quick lint format contract bench clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: .venv/.ready  ## make .venv with every tool
.venv/.ready: pyproject.toml tools/make-venv
	tools/make-venv .venv
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@

labextension/node_modules/.ready: labextension/package.json labextension/yarn.lock | .venv/.ready
	cd labextension && jlpm install --immutable
	touch $@

labextension/ui-tests/node_modules/.ready: labextension/ui-tests/package.json labextension/ui-tests/yarn.lock | .venv/.ready
	cd labextension/ui-tests && jlpm install --immutable
	touch $@

panel: $(PANEL)  ## build the JupyterLab panel
$(PANEL): $(PANEL_SOURCES) | labextension/node_modules/.ready
	cd labextension && jlpm build:prod
	touch $@

wheel: $(WHEEL)  ## build the wheel into dist/
$(WHEEL): $(PANEL) $(PACKAGE_SOURCES) pyproject.toml README.md LICENSE
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . >dist.log || { cat dist.log; exit 1; }
	rm dist.log
	touch $@

.lab/venv/.ready: $(WHEEL)
	test -x .lab/venv/bin/python || tools/make-venv .lab/venv --system-site-packages
	.lab/venv/bin/python -m pip install --quiet 'jupyterlab>=4.6,<5'
	.lab/venv/bin/python -m pip install --quiet --force-reinstall --no-deps dist/*.whl
	.lab/venv/bin/python -m pip install --quiet dist/*.whl
	touch $@

lab: .lab/venv/.ready  ## open JupyterLab with the panel (LAB_ARGS="--no-browser --port 8899" adds options)
	tools/run-lab $(LAB_ARGS)

test: setup $(WHEEL)  ## every test that this machine allows; ends by naming what it left out
	$(BIN)/python -m pytest tests $(TEST_ARGS)

test-quick: setup  ## unit and server tests only
	$(BIN)/python -m pytest tests/unit tests/server $(TEST_ARGS)

lint: setup labextension/node_modules/.ready labextension/ui-tests/node_modules/.ready  ## ruff, mypy, the layers, the contract; eslint, stylelint, prettier, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m ide49_storage.openapi --check
	$(BIN)/python -m ide49_storage.findings.docs --check
	tools/check-types
	cd labextension && jlpm types:check && jlpm lint:check && cd ui-tests && jlpm types:check

format: setup labextension/node_modules/.ready  ## let the formatters have their way
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd labextension && jlpm lint

contract: setup labextension/node_modules/.ready  ## write openapi.json, the panel's types and the pages of findings anew
	$(BIN)/python -m ide49_storage.openapi
	$(BIN)/python -m ide49_storage.findings.docs
	cd labextension && jlpm types

bench: setup  ## the figures that the docs quote
	for script in benchmarks/bench_*.py; do \
	    name=$$(basename $$script .py); echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

clean:  ## forget everything that was built or set up
	rm -rf .venv .lab .cache dist dist.log labextension/node_modules labextension/ui-tests/node_modules labextension/lib \
	    labextension/tsconfig.tsbuildinfo ide49_storage/labextension
