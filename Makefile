PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8000
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
# torch comes first and pinned: a looser choice would bring gigabytes of GPU libraries.
TORCH = torch==2.13.0
export HF_HUB_OFFLINE ?= 1

.DEFAULT_GOAL := help

help: ## show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## virtual environment with everything, pinned by constraints.txt

serve: $(VENV)/.serving ## the service and its page on port 8000 (PORT=… for another)
	@$(BIN)/stance serve --port $(PORT)

demo: $(VENV)/.serving ## the analysis of the articles in examples/ as tables
	@$(BIN)/stance analyze examples/*.txt

check: install ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check ## the checks, then the tests (offline, on CPU)
	$(BIN)/pytest
	$(BIN)/pytest -m slow

test-quick: install ## the default tests alone, without the slow ones
	$(BIN)/pytest

format: install ## put the code in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: install ## train the checkpoint that is shipped (over an hour on two cores)
	$(BIN)/stance train configs/train/base.yaml

evaluate: install ## measure the shipped checkpoint on DATA=labelled passages
	$(BIN)/stance evaluate model/checkpoint $(DATA)

clean: ## remove the virtual environment, caches and runs' state
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis runs

$(VENV)/.serving: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) $(TORCH) -c constraints.txt
	$(PIP) -e '.[serve]' -c constraints.txt
	@touch $@

$(VENV)/.installed: $(VENV)/.serving
	$(PIP) -e '.[dev]' -c constraints.txt
	@touch $@

.PHONY: help install serve demo check test test-quick format train evaluate clean
