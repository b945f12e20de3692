# Two commands matter: `make run` opens the chat, `make test` runs every check that needs no data.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PORT ?= 7860

.PHONY: run test check eval index install browser clean
.DEFAULT_GOAL := run

run: install
	$(BIN)/hakusho serve --port $(PORT)

test: install browser
	$(BIN)/python -m pytest

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

eval: install
	$(BIN)/hakusho eval

index: install
	$(BIN)/hakusho index build

install: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hakusho needs Python 3.11 or newer: run `make PYTHON=python3.11 $(MAKECMDGOALS)`")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	# torch first and alone: a range would let pip choose a build with gigabytes of CUDA.
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet -e '.[test]'
	touch $(STAMP)

# The browser tests need Chromium and a Japanese font; without root they say what is missing.
browser:
	@if ! command -v chromium >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
			apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; \
		else \
			echo "Chromium is missing: run 'sudo apt-get install chromium fonts-noto-cjk' to run the browser tests too."; \
		fi; \
	fi

clean:
	rm -rf $(VENV) *.egg-info build dist .pytest_cache .mypy_cache .ruff_cache
