# Everything a contributor or CI does with this project. `make help` lists it.

# PYTHON=3.12 (or a path) works in an environment of its own, beside .venv.
PYTHON ?=
VENV := .venv$(if $(PYTHON),-$(subst /,_,$(PYTHON)))
BIN := $(VENV)/bin
NAME ?=

PYTEST = $(BIN)/python -m pytest

# How many tests run side by side: they wait more than they compute.
WORKERS ?= 4

# Material for MkDocs prints a notice on MkDocs 2.0; this project pins 1.6.
export NO_MKDOCS_2_WARNING := 1
export FRESH

.PHONY: help setup serve site test coverage lint record bench audit soak lock clean

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## make the environment; does nothing where it is up to date
	@scripts/setup $(VENV) $(PYTHON)
	@$(BIN)/snippets downloads

serve: setup ## run all snippets, build the site, serve it with live reload
	$(BIN)/python -m mkdocs serve

site: setup ## build the site into site/; any warning fails; FRESH=1 runs all snippets again
	$(BIN)/python -m mkdocs build --strict

# What runs every snippet comes first and alone; the rest uses those runs.
test: TESTED := $(CURDIR)/.cache/tests/$(VENV)
test: lint ## lint, then run every snippet, the engine's tests and the browser
	rm -rf "$(TESTED)"
	TESTS_MEMORY="$(TESTED)" $(PYTEST) -m alone
	TESTS_MEMORY="$(TESTED)" $(PYTEST) -m "not alone" --dist loadgroup -n $(WORKERS)

coverage: setup ## make test, and list the lines of the engine that no test runs: there may be none
	rm -rf .cache/coverage
	$(MAKE) test PYTEST="$(BIN)/coverage run -m pytest"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

lint: setup ## check code style, and the types of the engine
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --python-version 3.13

record: NO_NAME = $(error there is no snippet $(NAME): write it with `$(BIN)/snippets new $(NAME)`)
record: setup ## write what snippets print into their files, where it differs; NAME=threads/thread-pool for one
	$(BIN)/python -m pytest --update-examples \
		"tests/test_snippets.py$(if $(NAME),::test_snippet[$(or $(wildcard snippets/$(NAME).*),$(NO_NAME))])"

bench: setup ## measure whole builds, and write docs/about/performance.md from it; takes long
	$(BIN)/python tests/benchmarks

audit: site ## look at the built site with Lighthouse, axe and the Nu checker; needs npm and Java
	scripts/audit $(BIN)/python site

soak: setup ## run the snippets' tests ROUNDS=50 times while every core is busy with other work
	scripts/soak $(BIN)/python $(ROUNDS)

lock: setup ## renew requirements.txt from pyproject.toml
	scripts/lock $(BIN)/uv

clean: ## delete what was made: environments, caches, the built site
	rm -rf .venv .venv-* .cache site docs/downloads
