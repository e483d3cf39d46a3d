# From nothing: each target makes what it needs. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
DATABASE ?= news.db
PORT ?= 8001

.PHONY: help demo test soak lint types serve eval clean
help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

.venv/installed: requirements.txt
	@echo "Setting up .venv (once, about half a minute) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vestnik needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: .venv/installed ## crawl the demo newspaper into demo/news.db
	@$(BIN)/python -m demo $(if $(filter command line environment,$(origin PORT)),--port $(PORT))

test: .venv/installed-dev ## lint, types and tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not soak"

soak: .venv/installed-dev ## the long tests
	@$(BIN)/python -m pytest -m soak

serve: .venv/installed ## Datasette on DATABASE (news.db)
	@$(BIN)/python -m reading_room --database "$(DATABASE)" --port "$(PORT)"

eval: .venv/installed ## extraction quality over DATA=DIR
	@$(BIN)/python -m benchmarks.extraction "$(DATA)"

clean: ## the virtual environment and what tests left
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
