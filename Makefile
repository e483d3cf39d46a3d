# From nothing: each target makes what it needs. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
DATABASE ?= news.db
PORT ?= 8001
# Tests start Vestnik more than a hundred times: without byte code each start would compile all of it again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test soak lint types serve eval docs screenshots chromium rabbitmq clean
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

demo: .venv/installed ## crawl two demo papers through ten days into demo/news.db
	@$(BIN)/python -m demo $(if $(filter command line environment,$(origin PORT)),--port $(PORT))

test: .venv/installed-dev chromium rabbitmq ## lint, types and tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not soak"
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.broker

soak: .venv/installed-dev ## the long tests
	@$(BIN)/python -m pytest -m soak

serve: .venv/installed ## Datasette on DATABASE (news.db)
	@$(BIN)/python -m reading_room --database "$(DATABASE)" --port "$(PORT)"

eval: .venv/installed ## extraction quality over DATA=DIR
	@$(BIN)/python -m benchmarks.extraction "$(DATA)"

docs: .venv/installed-dev ## the papers as a site, in site/
	@$(BIN)/python -m mkdocs build --quiet && echo "Open site/index.html"

screenshots: .venv/installed-dev chromium ## the pictures of the README
	@$(BIN)/python -m tests.browser.screenshots reading_room/pictures

# For the browser tests and those on several machines: what the system has, installed where that needs no password.
# Elsewhere they are skipped.
INSTALL = command -v apt-get >/dev/null 2>&1 || exit 0; \
	as=$$(test "$$(id -u)" = 0 || echo "sudo -n"); $$as true 2>/dev/null || exit 0; \
	echo "Installing $(1) for the tests (once) …"; \
	$$as apt-get install -qq -y $(1) >/dev/null 2>&1 || \
	{ $$as apt-get update -qq >/dev/null 2>&1 && $$as apt-get install -qq -y $(1) >/dev/null 2>&1; } || true

chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null 2>&1 && exit 0; done; \
	$(call INSTALL,chromium)

rabbitmq:
	@test -n "$$BROKER" || test -x /usr/lib/rabbitmq/bin/rabbitmq-server && exit 0; \
	$(call INSTALL,rabbitmq-server)

clean: ## the virtual environment and what tests left
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
