# Everything runs from .venv, made here. Only python3 (3.11 or newer), make and the package registries are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
UV_VERSION := 0.13.8
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# uv leaves bytecode to the first import, and where Python is told to write none every start would take seconds longer.
COMPILED := PYTHONDONTWRITEBYTECODE= LITELLM_LOCAL_MODEL_COST_MAP=True $(BIN)/python -c

.PHONY: setup demo test web eval bench lock clean help

# The web app, built by the Node of the environment.
WEB := src/vigie/api/web/index.html
WEB_SOURCES := $(shell find web/src web/public web/*.json ! -name schema.ts ! -name openapi.json -type f)
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" CI=1 npm --prefix web --loglevel error

help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

setup: $(VENV)/.setup $(WEB)   ## install everything into .venv, build the web app

demo: setup      ## a sample team's wiki, runs and code, indexed and served on http://127.0.0.1:8000
	@$(BIN)/vigie demo

test: $(VENV)/.test $(WEB)     ## lint, types, import contracts and all tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest $(TESTS)
	@if [ -n "$(TESTS)" ]; then :; elif [ -d web/node_modules ]; then $(NPM) run --silent test; \
	  else echo "web unit tests not run: the web app's packages are not installed"; fi

SETS ?= ../shared/data
eval: setup      ## quality of finding on the judged sets below SETS
	@$(BIN)/python evals/run.py "$(SETS)"

bench: setup     ## speed on generated data, beside what a user would do instead (up to 40 minutes)
	@for script in exact ingest ask serving; do \
	  echo "benchmarks/$$script.py"; $(BIN)/python benchmarks/$$script.py || exit $$?; done

.uv/bin/uv:
	@echo "installing uv $(UV_VERSION) into .uv"
	@$(PYTHON) -m venv .uv
	@.uv/bin/pip install --quiet uv==$(UV_VERSION)

$(VENV)/bin/python: | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "vigie needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Set PYTHON=/path/to/python3.11"; exit 2; }
	@$(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV)

$(VENV)/.setup: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing vigie into $(VENV)"
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@$(COMPILED) "import vigie.api.serve, vigie.cli.local, vigie.embed.onnx, vigie.index.chroma" & \
	  $(COMPILED) "import litellm" 2>/dev/null; wait
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.setup
	@$(UV) pip install --quiet --require-hashes --requirements requirements-test.lock
	@touch $@

web:             ## build the web app
	@$(MAKE) -s $(VENV)/.web
	@$(NPM) run --silent types >/dev/null
	@$(NPM) run --silent build >/dev/null

$(VENV)/.web: web/package-lock.json | $(VENV)/.setup
	@$(NPM) ci
	@touch $@

# Written only when it differs, so that the app is not built again for a change that it cannot see.
$(VENV)/.openapi: $(shell find src/vigie -name '*.py') | $(VENV)/.setup
	@$(BIN)/python -m vigie.api.openapi > web/openapi.json.new
	@cmp -s web/openapi.json.new web/openapi.json && rm web/openapi.json.new || mv web/openapi.json.new web/openapi.json
	@touch $@

web/openapi.json: $(VENV)/.openapi ;

$(WEB): $(WEB_SOURCES) web/openapi.json
	@echo "building the web app"
	@$(MAKE) -s web || echo "the web app could not be built: a plain page is served instead"

LOCK := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: | $(UV)    ## write the locks again from pyproject.toml
	@$(LOCK) --group model --group build --group web -o requirements.lock
	@$(LOCK) --group model --group build --group web --group test -c requirements.lock -o requirements-test.lock

clean:           ## remove what make made (data stays)
	rm -rf $(VENV) .uv web/node_modules src/vigie/api/web
