# Everything runs in .venv, which is made when first needed from exact, hash-checked versions.
# Needed: make and Python 3.11 to 3.14. `make PYTHON=/path/to/python3 setup` picks an interpreter.
# Where cargo is there, the Rust extension is built too; all works without it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo test soak check bench bench-api bench-peers rust lock clean

PYTHON ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SCENARIOS ?= 200000
KILLS ?= 1000
SEED ?= 0
WORKERS ?= 3

RUST_SOURCES := Cargo.toml $(shell find engine_rs -type f)
RUST_LOG := build/rust.log
READY := .venv/.ready $(if $(shell command -v cargo),.venv/.extension)

# Compiled kernels are shared by all targets and kept between runs.
export NUMBA_CACHE_DIR ?= $(CURDIR)/build/kernels

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(READY) ## make the environment .venv (all other targets do it themselves)

demo: export FORVEN_HOME := build/demo
demo: $(READY) ## backtest an iron condor over synthetic days; see build/demo/report.html
	@test -f build/demo/datasets/demo/dataset.json || (set -x; $(BIN)/forven data synthesize demo --days 20 --seed 7)
	@set -x; $(BIN)/forven backtest examples/iron_condor.json --data demo --fills live --report build/demo/report.html

test: $(READY) ## run all tests; PYTEST_ARGS="-k margin" picks some
	@$(compile_kernels)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

soak: $(READY) ## oracles against kernels on SCENARIOS=200000 random worlds from SEED=0 on; a host killed KILLS=1000 times
	$(BIN)/python -m tests.reference.soak --scenarios $(SCENARIOS) --seed $(SEED) --jobs $(WORKERS)
	$(BIN)/python -m tests.reference.perpetual.soak --scenarios $(SCENARIOS) --seed $(SEED) --jobs $(WORKERS)
	$(BIN)/python -m tests.reference.bars.soak --scenarios $(SCENARIOS) --seed $(SEED) --jobs $(WORKERS)
	$(BIN)/python -m tests.bots.soak --kills $(KILLS) --seed $(SEED)

check: $(READY) ## style, types and floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(READY) ## measure speed on this machine, beside what `make bench-peers` installed
	$(BIN)/python -m benchmarks

bench-api: $(READY) ## measure a server with 1,000 bots and 1,000 sockets, beside its framework's floor
	$(BIN)/python -m benchmarks.api

# Peers live in environments of their own, from exact versions: nothing of theirs enters .venv.
# They publish wheels for Python 3.11, which the environment is made with.
PEER_STAMPS := $(patsubst %,build/peers/%/.ready,hftbacktest nautilus_trader vectorbt raptorbt backtesting backtrader)
bench-peers: $(PEER_STAMPS) ## install the peers that `make bench` runs beside

build/peers/%/.ready: benchmarks/peers/%.txt
	@$(call find_peer_python); $$python -m venv --clear $(@D)
	@$(@D)/bin/python -m pip --disable-pip-version-check install --quiet --only-binary :all: --requirement $<
	@touch $@

rust: .venv/.ready ## build the Rust extension and install it into .venv (needs cargo)
	@command -v cargo >/dev/null || { echo "make rust: expected cargo on PATH, found none; \
	install Rust first. Nothing else in this project needs it."; exit 1; }
	$(build_extension)
	@touch .venv/.extension

lock: ## resolve requirements.lock anew (maintainers; needs uv)
	@command -v uv >/dev/null || { echo "make lock: expected uv on PATH, found none"; exit 1; }
	@mkdir -p build && echo 'peewee; python_version < "3"' >build/overrides.txt # asked for by empyrical, never imported
	uv --no-config pip compile pyproject.toml --extra dev --extra postgres --extra bench --output-file requirements.lock \
	  --override build/overrides.txt \
	  --universal --python-version 3.11 --fork-strategy fewest --only-binary :all: --upgrade --quiet \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean: ## remove the environment, caches and everything built
	rm -rf .venv build dist target .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find forven api tests benchmarks -type d -name __pycache__ -prune -exec rm -rf {} +

# Two stamps: a changed lock makes the environment anew, a changed pyproject only re-installs forven.
.venv/.ready: .venv/.locked pyproject.toml
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.locked: requirements.lock
	@$(find_python); \
	echo "setting up .venv with $$python ($$($$python --version)), once; this takes about a minute"; \
	$$python -m venv --clear .venv
	@$(PIP) install --quiet --no-compile --no-deps --require-hashes --only-binary :all: --requirement requirements.lock
	@touch $@

# The optional extension. What fails here is told once, and numba serves; `make rust` shows it all.
# An extension of older sources is never left behind.
.venv/.extension: $(RUST_SOURCES) .venv/.locked | .venv/.ready
	@echo "compiling the Rust extension, once; this takes two or three minutes"
	@mkdir -p $(dir $(RUST_LOG))
	@{ $(build_extension); } >$(RUST_LOG) 2>&1 || { \
	  $(PIP) uninstall --quiet --yes forven-engine 2>/dev/null; \
	  echo "setup: the Rust extension could not be built (see $(RUST_LOG)); going on with numba"; }
	@touch $@

define build_extension
rm -rf build/wheels && \
$(BIN)/maturin build --quiet --release --compatibility linux --interpreter $(BIN)/python \
  --manifest-path engine_rs/bindings/Cargo.toml --out build/wheels && \
$(PIP) install --quiet --no-deps --no-index --force-reinstall build/wheels/*.whl
endef

# Numba's kernels, half and half side by side: else each test process compiles all, one after the other.
define compile_kernels
$(BIN)/python -c "import forven.kernels.numba_side.perpetual; \
from forven.kernels.jit.indicators import anchored, days, events, rolling, smoothing, trails" & \
$(BIN)/python -c "import forven.kernels.numba_side.session, forven.kernels.numba_side.bars" && wait $$!
endef

define find_python
fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; python=; \
for name in $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11 python3.14 python); do \
  if "$$name" -c "$$fits" 2>/dev/null; then python=$$name; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "setup: expected Python 3.11 to 3.14, found $$($(if $(PYTHON),$(PYTHON),python3) --version 2>&1 | head -n 1);" \
    "install one, or name it: make PYTHON=/path/to/python3 $(or $(MAKECMDGOALS),setup)" >&2; exit 1; \
fi; \
if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
  echo "setup: expected the venv module beside $$python, found none; install it" \
    "(Debian, Ubuntu: the package python3-venv)" >&2; exit 1; \
fi
endef

define find_peer_python
python=; \
for name in $(if $(PEER_PYTHON),$(PEER_PYTHON),python3.11 python3 python); do \
  if "$$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then \
    python=$$name; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "bench-peers: expected Python 3.11, for which all peers publish wheels, found none;" \
    "install it, or name it: make PEER_PYTHON=/path/to/python3.11 bench-peers" >&2; exit 1; \
fi
endef
