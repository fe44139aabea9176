# make score   score a model on a benchmark (MODEL=… BENCHMARK=…), setting up .venv first
# make install set up .venv with all that users need: scoring, training, the study and the viewer
# make test    set up .venv with everything the tests need, and run them
# make study   reproduce the study: tables, figures and a report in study-results/ (RECORDINGS=…, DOMAINS=…)
# make docs    build the documentation's pages in site/
# make lint    check style, and make types the annotations
# make dist    build the wheel and the source distribution in dist/
# make allen   set up .venv-allen with AllenSDK, which fetching and packaging its recordings needs, and the tests too
# TORCH=cpu    asks for PyTorch's small CPU build

PYTHON ?= 3.11
MODEL ?= alexnet64_simclr_imagenet
BENCHMARK ?= Antolik2016.VISp-pls
RECORDINGS ?=

VENV := .venv
BIN := $(VENV)/bin
ALLEN := .venv-allen
ALLEN_PINS := brainscore_plugin/recordings/constraints-allen.txt
UV := $(shell command -v uv || echo .make/uv/bin/uv)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt $(if $(TORCH),--torch-backend $(TORCH))
# PyTorch starts four times as fast from compiled modules; Brain-Score would install each plugin's requirements with
# whichever pip comes first on PATH.
unexport PYTHONDONTWRITEBYTECODE
export BS_INSTALL_DEPENDENCIES := no
export PYTHONWARNINGS := ignore::FutureWarning  # of Brain-Score about itself

.PHONY: score install study test allen docs lint types dist constraints clean
.DEFAULT_GOAL := score

score: $(VENV)/score.stamp
	@$(BIN)/brainscore-mouse link --quiet
	@$(BIN)/brainscore-mouse check "$(MODEL)" "$(BENCHMARK)"
	$(BIN)/python -m brainscore_vision score --model_identifier=$(MODEL) --benchmark_identifier=$(BENCHMARK)
	@$(BIN)/brainscore-mouse explain "$(MODEL)" "$(BENCHMARK)"

install: $(VENV)/install.stamp

study: $(VENV)/study.stamp
	@$(BIN)/brainscore-mouse link --quiet
	$(BIN)/brainscore-mouse study $(if $(RECORDINGS),--recordings $(RECORDINGS)) $(if $(DOMAINS),--domains "$(DOMAINS)")

test: $(VENV)/test.stamp allen
	@tests/qt_packages.sh
	@$(BIN)/brainscore-mouse link --quiet
	xvfb-run -a -s "-screen 0 1600x1000x24" \
		env OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile \
		--no-loadscope-reorder --durations 15 tests

allen: $(ALLEN)/allen.stamp

docs: $(VENV)/docs.stamp
	@$(BIN)/brainscore-mouse link --quiet
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .

types: $(VENV)/test.stamp
	$(BIN)/mypy

# By the build backend of pyproject.toml itself, at the version that is pinned: without network.
dist: $(VENV)/test.stamp
	$(BIN)/python -m hatchling build

# The versions that everything is tested with, for Linux, macOS and Windows, without registry addresses.
constraints: $(UV)
	$(UV) pip compile --universal --python-version 3.11 --upgrade --quiet --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --extra viewer --extra train --extra study --extra networks --extra page \
		--extra docs --extra dev \
		pyproject.toml --output-file constraints.txt
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['allen'], sep='\n')" \
		| $(UV) pip compile --universal --python-version 3.11 --upgrade --quiet --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links - --output-file $(ALLEN_PINS)

$(VENV)/score.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing brainscore-mouse into $(VENV) …"
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/study.stamp: $(VENV)/score.stamp
	@$(INSTALL) --editable ".[study]"
	@touch $@

$(VENV)/install.stamp: $(VENV)/score.stamp
	@echo "Installing what training, the study and the viewer need into $(VENV) …"
	@$(INSTALL) --editable ".[viewer,train,study,networks,page]"
	@touch $@

$(VENV)/docs.stamp: $(VENV)/score.stamp
	@$(INSTALL) --editable ".[train,study,docs]"
	@touch $@

$(VENV)/test.stamp: $(VENV)/score.stamp
	@echo "Installing what the tests need into $(VENV) …"
	@$(INSTALL) --editable ".[viewer,train,study,networks,page,docs,dev]"
	@touch $@

# Python 3.11 is the newest that AllenSDK's NumPy has wheels for.
$(ALLEN)/allen.stamp: $(ALLEN_PINS) | $(UV)
	@echo "Installing AllenSDK into $(ALLEN) …"
	@$(UV) venv --quiet --clear --python 3.11 $(ALLEN)
	@$(UV) pip install --quiet --python $(ALLEN)/bin/python --requirement $(ALLEN_PINS)
	@touch $@

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --python $(PYTHON) $(VENV)

.make/uv/bin/uv:
	@echo "Installing uv into .make/uv …"
	@python3 -m venv .make/uv && .make/uv/bin/pip install --quiet uv

clean:
	rm -rf $(VENV) $(ALLEN) .make
