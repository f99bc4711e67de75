# make PYTHON=/path/to/python3.12 ... chooses the Python; else python3, or a 3.10-3.12 on the PATH.
PYTHON ?=
BOOT := $(or $(PYTHON),python3)

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: ## Make .venv: torch, mmcv compiled for it, mmdet, mmsegmentation, mmdownsize
	@"$(BOOT)" -c '' 2>/dev/null || { echo "mmdownsize set-up: $(BOOT) does not run: install Python 3.10, 3.11 or 3.12, or name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(BOOT)" tools/setup_env.py $(if $(PYTHON),--python "$(PYTHON)")

demo: setup ## Set up, then run the demonstration
	@.venv/bin/python tools/demo.py

test: setup ## Set up, then run every test
	.venv/bin/python -m pytest --numprocesses logical --maxprocesses 8 --dist worksteal

lint: setup ## Check the style
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .

clean: ## Remove what was generated, .venv too; data/ and work_dirs/ stay
	rm -rf .venv build dist *.egg-info mmdownsize/.mim .pytest_cache .ruff_cache
	find . -name .git -prune -o -name __pycache__ -prune -exec rm -rf {} +
