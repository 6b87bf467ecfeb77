# Everything lives in .venv, a virtual environment of this folder: the system's Python is left alone.
# `make` alone says what there is. PYTHON picks another interpreter: make lab PYTHON=/opt/python3.12/bin/python3

SHELL := /bin/sh
VENV  := .venv
BIN   := $(VENV)/bin
PYTHON ?=
ARGS  ?=
# Processes that run tests beside each other, at most four: each needs 2 GB. "auto" is one more than there are processors,
# see tests/conftest.py; WORKERS=0 runs the tests in one, as a debugger wants it.
WORKERS ?= auto
# Python compiles what is imported when it is imported: pip would compile the whole of TensorFlow, which takes it as long again
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-compile --constraint constraints.txt
# Two stamps, made anew when the dependencies change; the tests' environment holds all that the lab needs.
LAB   := $(VENV)/installed-lab
DEV   := $(VENV)/installed-dev
# JupyterLite has an environment of its own: its extension would be loaded by every JupyterLab beside it.
SITE  := build/site-environment/installed
SITE_PYTHON := build/site-environment/bin/python
OLDEST := build/oldest-environment/installed
# which lines the tests have run
LINES := build/lines.json
OLDEST_PYTHON := build/oldest-environment/bin/python

# The parts of `make hostile`, in each some ten minutes on two quiet cores.
PART  ?= files settings stores servers
HOSTILE_files    := $(addprefix tests/hostile/test_,mutants.py files_that_name_files.py upload_process.py budget.py)
HOSTILE_settings := $(addprefix tests/hostile/test_,traits.py named_cases.py markup.py) tests/widgets/test_closing.py
HOSTILE_stores   := $(addprefix tests/hostile/test_,damaged_analyses.py killed_analyses.py killed_writers.py)
HOSTILE_servers  := tests/hostile/test_thirty_users.py tests/server

.DEFAULT_GOAL := help
.PHONY: help lab test test-oldest check check-code check-examples look docs hostile bench network binder site site-test texts release clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(LAB) ## set up, and open JupyterLab on the start notebook (ARGS="--voila --port 8890")
	$(BIN)/lattice-widgets lab $(ARGS)

test: $(DEV) ## set up, and run all the tests, those in a real browser too (ARGS="-k slider", WORKERS=0)
	@mkdir -p build && rm -f $(LINES)
	@$(BIN)/python tests/browser/chromium.py --install || true
	@$(BIN)/python -m slipcover --immediate --source lattice_widgets --json --out $(LINES) -m pytest \
		-n $(WORKERS) --maxprocesses 4 --dist loadgroup --no-loadscope-reorder $(ARGS); \
	status=$$?; $(BIN)/python tools/coverage_summary.py $(LINES) || true; exit $$status

test-oldest: $(OLDEST) ## run the tests without a browser with the oldest versions that pyproject.toml claims
	$(OLDEST_PYTHON) -m pytest -n $(WORKERS) --maxprocesses 4 --dist loadgroup --no-loadscope-reorder \
		--ignore tests/browser --ignore tests/site --ignore tests/docs $(ARGS)

check: check-code check-examples ## style, import contracts, types, doctests, and the cost of `import lattice_widgets`
	$(BIN)/python tools/import_cost.py

# two halves, so that `make --jobs 2 check` does them beside each other
check-code: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy --num-workers 2

check-examples: $(DEV)
	$(BIN)/python -m pytest --doctest-modules --durations=0 --durations-min=5 -q lattice_widgets

docs: $(DEV) ## build the documentation into build/docs/html; a warning is an error
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --doctree-dir build/docs/doctrees docs build/docs/html
	@echo "open build/docs/html/index.html"

look: $(DEV) $(SITE) ## make a page of pictures of all widgets and notebooks, in Lab, dashboards and site (ARGS="12 --places lab")
	LATTICE_WIDGETS_SITE_PYTHON=$(CURDIR)/$(SITE_PYTHON) $(BIN)/python tools/look.py $(ARGS)

hostile: $(DEV) ## attack the kit: files, settings, stores, servers; thousands of each, a table with targets (PART=files)
	LATTICE_WIDGETS_HOSTILE=1 $(BIN)/python -m pytest -q $(foreach part,$(PART),$(HOSTILE_$(part))) $(ARGS)

bench: $(DEV) ## print what is measured: every program of benchmarks/
	@for program in benchmarks/*.py; do echo "== $$program"; $(BIN)/python "$$program" || exit 1; done

network: $(DEV) ## make a network that ships: train, calibrate, map, examine, table (ARGS="default", hours)
	$(BIN)/python tools/make_network.py $(ARGS)

binder: $(LAB) ## follow the Binder recipe in an empty environment, and run every notebook below 2 GB (ARGS=--here)
	$(BIN)/python tools/binder_check.py $(ARGS)

site: $(SITE) ## make the site that needs no server: JupyterLite, static files in build/site (ARGS=--serve shows it)
	$(SITE_PYTHON) tools/make_site.py $(ARGS)

site-test: $(DEV) $(SITE) ## make the site with a Pyodide of its own, and use it in a real browser as a visitor would
	LATTICE_WIDGETS_SITE_PYTHON=$(CURDIR)/$(SITE_PYTHON) $(BIN)/python -m pytest -m site tests/site $(ARGS)

texts: $(DEV) ## make the catalog of all texts anew, and compile the translations (ARGS="--new de" begins one)
	$(BIN)/python tools/make_texts.py $(ARGS)

release: $(DEV) ## build, check and try sdist and wheel, date the changelog, write the tag's text (ARGS="--version 0.2.0")
	$(BIN)/python tools/make_release.py $(ARGS)

clean: ## remove the environment and all that was built or cached here
	rm -rf $(VENV) build dist runs test-results .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(LAB): pyproject.toml constraints.txt
	@sh tools/create_venv.sh $(VENV) $(PYTHON)
	$(PIP_INSTALL) --editable '.[train,formats]'
	@touch $@

$(DEV): pyproject.toml constraints.txt
	@sh tools/create_venv.sh $(VENV) $(PYTHON)
	$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(LAB)

$(OLDEST): pyproject.toml constraints-oldest.txt
	@sh tools/create_venv.sh build/oldest-environment $(PYTHON)
	$(OLDEST_PYTHON) -m pip install --disable-pip-version-check --constraint constraints-oldest.txt --editable '.[dev]'
	@touch $@

$(SITE): pyproject.toml constraints.txt
	@sh tools/create_venv.sh build/site-environment $(PYTHON)
	$(SITE_PYTHON) -m pip install --disable-pip-version-check --constraint constraints.txt hatchling --editable '.[site]'
	@touch $@
