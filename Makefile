# make run    start the demo; installs dependencies and builds the browser assets if needed
# make test   all tests, then make check (installs Chromium if it is missing)
# make check  style, types, layers
# make bench  measure the figures of benchmarks/RESULTS.md again (ARGS=collect for one)
# make dist   build, check and try out the wheel, the sdist and the npm packages, in dist/
# make container  run the steps of deploy/docker/Dockerfile without a container engine (as root, in build/container)
# make fuzz   attack /collect, then a whole server, with generated input for an hour (ARGS="--seconds 60" for a minute each)
# make types  generate the browser client's types from the server's schemas
# make pins   compile requirements/*.txt from pyproject.toml and requirements/*.in
# make clean  remove everything that the targets above create

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := run

PYTHON ?= python3
BIN := .venv/bin
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python
STATIC := src/footfall/http/static
ASSETS := $(STATIC)/footfall.js
COMPILED := build/compiled
COMPILED_TESTS := $(addprefix tests/unit/, test_build.py test_layers.py test_ingest.py window live collect enrich http/resources http/serving)
OLDEST := build/oldest
OLDEST_TESTS := $(addprefix tests/unit/, history/archive history/reports imports)
WEB_SOURCES = $(shell find web -name node_modules -prune -o -type f -print)

export UV_HTTP_TIMEOUT := 180

.PHONY: run test check bench dist container fuzz types pins clean
.PHONY: test-web test-python check-python check-web

run: .venv/runtime $(ASSETS)
	$(BIN)/footfall demo $(ARGS)

test: test-web test-python check

test-web: web/node_modules/.package-lock.json
	cd web && npm test

test-python: .venv/dev $(ASSETS) $(COMPILED) $(OLDEST) build/proxies
	.ci/need chromium
	.ci/need goaccess
	.ci/need rsync
	$(BIN)/python -m pytest $(ARGS)
	PYTHONPATH=$(COMPILED) FOOTFALL_TEST_BUILD=compiled $(BIN)/python -m pytest $(COMPILED_TESTS)
	PYTHONPATH=$(OLDEST) FOOTFALL_TEST_DUCKDB=1.5 $(BIN)/python -m pytest $(OLDEST_TESTS)

check: check-python check-web

check-python: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy src sdk/src tests benchmarks tools hatch_build.py
	$(BIN)/python -m pytest --quiet tests/unit/test_layers.py

check-web: web/node_modules/.package-lock.json
	cd web && npm run check

bench: .venv/dev $(ASSETS) $(COMPILED)
	.ci/need wrk
	.ci/need goaccess
	PYTHONPATH=$(COMPILED) $(BIN)/python -m benchmarks $(ARGS)

# The package with its hot modules compiled, as in a wheel. The environment has the sources.
$(COMPILED): .venv/dev $(ASSETS) $(shell find src -name '*.py') hatch_build.py
	.ci/need gcc
	.ci/need python3-config python3-dev
	$(BIN)/python hatch_build.py $@
	touch $@

# For the lines in docs/proxies.md.
build/proxies: .ci/unpack
	.ci/unpack $@ nginx caddy

# The oldest DuckDB that the archive is for.
$(OLDEST): .venv/build requirements/oldest.txt
	$(INSTALL) --target $@ --require-hashes -r requirements/oldest.txt
	touch $@

container: .venv/dev
	.ci/need debootstrap
	.ci/need rsync
	$(BIN)/python -m tools.container --folder build/container

fuzz: .venv/dev
	$(BIN)/python -m tools.fuzz --seconds 1800 $(ARGS)
	$(BIN)/python -m tools.fuzz_whole --seconds 1800 $(ARGS)

# The wheel is built from the sdist, as whoever builds from it does.
dist: .venv/dev $(ASSETS)
	rm -rf dist
	$(BIN)/uv build --quiet --no-build-isolation --out-dir dist
	$(BIN)/uv build --quiet --no-build-isolation --out-dir dist sdk
	$(BIN)/twine check --strict dist/*.whl dist/*.tar.gz
	cd web && npm run dist && npm run check:packages
	.ci/need chromium
	.ci/need rsync
	$(BIN)/python -m pytest tests/outside

# pip installs uv and the build backend, uv installs everything else; all is pinned with hashes.
.venv/build: requirements/build.txt
	$(PYTHON) -c 'import sys; sys.exit("Footfall needs Python 3.11 or newer; set PYTHON=/path/to/one." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/runtime: .venv/build requirements/base.txt pyproject.toml hatch_build.py
	$(INSTALL) --require-hashes -r requirements/base.txt
	$(INSTALL) --no-build-isolation --no-deps --editable .
	touch $@

.venv/dev: .venv/runtime requirements/dev.txt sdk/pyproject.toml
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-build-isolation --no-deps --editable sdk
	touch $@

web/node_modules/.package-lock.json: web/package-lock.json web/package.json
	command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19 or newer." >&2; exit 1; }
	cd web && npm ci
	touch $@

$(ASSETS): web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build
	touch $@

types: .venv/dev
	$(BIN)/python -m tools.protocol_types

pins: .venv/build
	for pair in pyproject.toml:base requirements/build.in:build requirements/dev.in:dev requirements/oldest.in:oldest; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE) \
	    "$${pair%%:*}" --output-file "requirements/$${pair##*:}.txt"; \
	done

clean:
	rm -rf .venv web/node_modules {web,examples}/*/node_modules $(STATIC) dist build
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
