# Every command of the project. `make` alone explains them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install run test check format seed bench trial screenshots lock clean

PYTHON ?= python3
BIN := .venv/bin
# Processes start in a third of the time when what Python compiled is kept.
unexport PYTHONDONTWRITEBYTECODE
EMBEDDED := $(BIN)/python -m contactcentre.embedded
PORT ?= 8000

help: ## Explain the commands
	@echo "Continuum: one console for sales and service."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "Needed: Python 3.11 or newer and make. Everything else is brought along."

install: .venv/.installed ## Make the virtual environment with everything pinned in requirements.txt

.venv/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Continuum needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	  echo "Name another one: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments."; \
	  echo "On Debian and Ubuntu: apt-get install python3-venv, then run this again."; exit 1; }
	@test -x $(BIN)/python || { echo "Making the virtual environment .venv"; $(PYTHON) -m venv .venv; }
	@.ci/install-packages requirements.txt
	@touch $@

run: install ## Start everything: servers, one believable day, pages, worker, beat (PORT=8000, DEBUG=1)
	@$(EMBEDDED) run --port $(PORT)

seed: install ## Write the believable day; SCALE=100000 adds that many customers for measuring
	@$(EMBEDDED) with --migrate -- $(BIN)/python manage.py seed $(if $(SCALE),--scale $(SCALE))

test: install ## Everything that must hold: format, types, layers, migrations, tests, browser journeys
	@.ci/test

check: install ## The quick half of `make test`: format, lint, types, layers, migrations
	@.ci/check

format: install ## Write the code in the project's form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: install ## Measure against a do-nothing page (ONLY=desk for one part)
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

trial: install ## Break everything while contacts are followed up (FAULTS=all SIZE=10000 SEED=1)
	@$(BIN)/python -m trial --faults $(or $(FAULTS),all) --size $(or $(SIZE),10000) --seed $(or $(SEED),1)

screenshots: install ## Take the pictures of the README again, in light and dark
	@CONTINUUM_BROWSER="$$(.ci/browser)" $(BIN)/python -m tests.journeys.screenshots

lock: install ## Pin the requirements again, with hashes
	@.ci/lock

clean: ## Forget everything made here: environment, data, builds
	@rm -rf .venv .continuum node_modules static/dist staticfiles
