# What one does with this repository. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup run train demo doctor test test-long test-rasa bench nlu-report vectors pictures check format lock
.NOTPARALLEL:

PYTHON := .venv/bin/python
RASA := .venv-rasa/bin/python

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

setup: ## make or bring up to date both environments, as the locks say
	@tools/setup

run: setup ## start everything, with the demo shop; Ctrl-C ends it
	@.venv/bin/barev up

train: setup ## train Rasa's model if its sources have changed
	@.venv/bin/barev train

demo: setup ## fill the demo shop, and print whom one can be there
	@.venv/bin/barev demo

doctor: setup ## say what stands in the way
	@.venv/bin/barev doctor

test: check test-rasa ## what every commit must pass: checks, Rasa's side, and the tests (at most 12 minutes)
	$(PYTHON) -m pytest -n 2 --dist worksteal --durations 40 -m "not long and not rasa"
	$(PYTHON) -m pytest -m "not long and rasa"

test-long: setup ## hammers, kills, load and browsers at full size (at most 45 minutes)
	$(PYTHON) -m pytest -m long

bench: setup ## measure the whole chain beside Rasa's default pipeline; writes docs/performance.md (wants a quiet machine)
	$(PYTHON) -m tools.bench

nlu-report: setup ## measure what is understood, with the learning curve; writes docs/understanding.md
	OMP_NUM_THREADS=1 $(RASA) -m tools.nlu_report --curve

vectors: setup ## after a change of many examples: the sentence vectors that come with the repository
	OMP_NUM_THREADS=1 $(RASA) -m tools.vectors

pictures: setup ## the pictures of the README, taken anew in Chromium; writes docs/images
	$(PYTHON) -m tools.pictures

test-rasa: setup ## training data, stories and components, in Rasa's own environment
	tools/test-rasa

check: setup ## style, types, who imports whom, locks, known holes
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	tools/lock --check
	.uv/bin/uv pip check --python $(PYTHON)
	.uv/bin/uv pip check --python $(RASA)
	$(PYTHON) tools/audit.py

format: setup ## put the code into the agreed form
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

lock: setup ## make the locks anew after a change of an .in file; `tools/lock --upgrade` takes newer releases
	tools/lock
