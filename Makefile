# make lab      what a student needs: JupyterLab on the chapters
# make test     everything that is checked, in one command
# The other targets are parts of these two, or for those who change the course; see CONTRIBUTING.md.

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$each -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable
WORKERS ?= 2
COUNTED := tcp trace sockets sim
CHAPTER ?=

.PHONY: lab test lint types unit coverage chapters unprivileged measure test-fast notebooks conformance pictures bench pins clean

lab: .venv/lab
	@$(BIN)/course lab

test: lint types unit coverage unprivileged chapters

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell

types: .venv/dev
	$(BIN)/mypy

# Lines are counted where a room is tested by its own tests: all else would only take longer.
unit: .venv/dev
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report= $(COUNTED:%=tests/%)
	$(BIN)/pytest -n $(WORKERS) -m "not browser" $(COUNTED:%=--ignore=tests/%)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m browser

# Each of these rooms by itself; which lines are meant, says: coverage report -m
coverage: unit
	@for room in $(COUNTED); do \
		printf 'branch coverage of %-7s  ' $$room; \
		$(BIN)/coverage report --include="course/$$room/*" --format=total || exit 1; done

NBVAL := --dist loadfile --nbval --nbval-current-env --nbval-cell-timeout=60 \
	--nbval-sanitize-with tests/notebooks/sanitize.cfg

# The chapters, and what touches the kernel, where least is permitted: see tools/nobody.py.
chapters: .venv/dev
	$(BIN)/python -m tools.nobody pytest -n $(WORKERS) -p no:cacheprovider $(NBVAL) notebooks/*.ipynb

unprivileged: .venv/dev
	$(BIN)/python -m tools.nobody pytest -n $(WORKERS) -p no:cacheprovider -m "not slow" tests/real

# Seconds and memory of each chapter, run twice in one kernel.
measure: .venv/dev
	$(BIN)/python -m tools.measure $(CHAPTER)

test-fast: .venv/dev
	$(BIN)/pytest -n $(WORKERS) -m "not slow and not browser"

# All chapters from their sources, or one: make notebooks CHAPTER=05
notebooks: .venv/dev
	$(BIN)/python -m tools.notebooks $(CHAPTER)

# CONFORMANCE.md, from what the tests say in their docstrings.
conformance: .venv/dev
	$(BIN)/python -m tools.conformance

# The pictures of the README, from a run.
pictures: .venv/dev
	$(BIN)/python -m tools.pictures

bench: .venv/dev
	@for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

# The newest versions that fit together, for constraints.txt and Binder; run `make test` afterwards.
pins:
	rm -rf build/pins
	$(PYTHON) -m venv build/pins
	build/pins/bin/pip install --quiet --editable '.[lab]'
	(sed -n 1p binder/requirements.txt; build/pins/bin/pip freeze --exclude-editable) > build/requirements.txt
	build/pins/bin/pip install --quiet --editable '.[dev]'
	(sed -n 1p constraints.txt; build/pins/bin/pip freeze --exclude-editable) > build/constraints.txt
	mv build/requirements.txt binder/requirements.txt
	mv build/constraints.txt constraints.txt

# Everything that can be made again; my-notebooks stays.
clean:
	rm -rf .venv build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/lab: pyproject.toml constraints.txt
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "Python 3.11 or newer is needed: make lab PYTHON=path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing the lab into .venv. This takes about half a minute, and happens once."
	@$(INSTALL) '.[lab]'
	@$(BIN)/python -c 'import matplotlib.font_manager' # builds its font cache, which it would announce in a chapter
	@touch $@

.venv/dev: .venv/lab
	@echo "Installing what the checks need as well."
	@$(INSTALL) '.[dev]'
	@touch $@
