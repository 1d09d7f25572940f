# Every command of the project; `make help` lists them.
# The first command that needs .venv/ creates it from the pinned requirements; later ones only check a stamp file.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Settings anyone may pass, as in `make test PYTEST_ARGS="-k feeds"`.
PYTHON ?=
PYTEST_ARGS ?=
SITE_ARGS ?=
SHARD ?= 1/1
SERVE_ARGS ?=
# Whether nothing was published before (true): then it is no failure that the website doesn't answer.
FIRST_PUBLICATION ?=
# The content is compared with this branch, tag or commit.
BASE ?=
CHECK_ARGS ?= $(if $(GITHUB_ACTIONS),--format github) $(if $(BASE),--against '$(BASE)')
DIGEST_ARGS ?= --dry-run
# `make faults`: which scenarios and attacks, how many tries of an attack on a scenario, which sample,
# and the page that gets the table.
ONLY ?=
MOST ?= 20
SEED ?= 1
WRITE ?=
# `make effect` appends its report to this file, as Markdown; without it (outside GitHub) it prints text.
SUMMARY ?= $(GITHUB_STEP_SUMMARY)
LOCK_ARGS ?=
JOBS ?= auto
CONTENT ?= content
# What `make zensical` installs: all packages with versions, since pip runs with --no-deps.
ZENSICAL ?= zensical==0.0.73 deepmerge==4.0.0 tomli==2.5.0

BIN := .venv/bin
PUBLISHED := published/feeds.tar.gz
PIP := PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
CANDIDATES = $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14)
SOURCES := generator tests benchmarks

# A stamp's name has the checksum of what was installed and of this folder's path, which scripts in a venv contain.
checksum = $(shell { pwd; cat pyproject.toml $(1); } | cksum | tr ' ' '-')
FOR_SITE := .venv/.ready-site-$(call checksum,requirements.txt)
FOR_TEST := .venv/.ready-test-$(call checksum,requirements.txt requirements-dev.txt)
FOR_BROWSER := tests/browser/node_modules/.ready-$(shell cksum < tests/browser/package.json | tr ' ' '-')
VENV_WORKS := $(BIN)/python -S -c '' 2>/dev/null

# A venv that doesn't run has no stamps. They go before make looks at them, and no later: of two targets in one call,
# the second must find what the first has set up.
$(shell $(VENV_WORKS) || rm -f .venv/.ready-*)

# $(1): the requirements file. `.unfinished` exists until the last step, so that an interrupted set-up starts afresh.
# feedgen is only available as source. What builds it is installed first, with pins and hashes like everything else:
# by itself pip would fetch the newest version, and it accepts no hashes for build requirements.
define set_up
@rm -f .venv/.ready-*
@set -e; if [ -e .venv/.unfinished ] || ! $(VENV_WORKS); then \
	for python in $(CANDIDATES) none; do \
		if [ $$python = none ]; then \
			echo "Python 3.11 or newer is needed, and none of these is one: $(CANDIDATES)." >&2; \
			echo "Install it, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; \
		fi; \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then break; fi; \
	done; \
	if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo "$$python has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	echo "==> Creating .venv with $$($$python -V)"; \
	rm -rf .venv; mkdir .venv; touch .venv/.unfinished; \
	$$python -m venv .venv; \
fi
@touch .venv/.unfinished
@echo "==> Installing $(1) (the first time takes about a minute)"
@awk '/^setuptools==/, !/\\$$/' requirements.txt > .venv/builds.txt
@$(PIP) install --require-hashes -r .venv/builds.txt
@$(PIP) install --require-hashes --no-build-isolation -r $(1)
@echo "==> Installing paper-archive itself"
@$(PIP) install --no-deps --no-build-isolation --editable .
@rm -f .venv/.unfinished
endef

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: site
site: $(FOR_SITE) ## build the website into site/
	@echo "==> Building site/"
	@$(BIN)/paper-archive build $(SITE_ARGS)

.PHONY: publish
publish: $(FOR_SITE) ## build the website into .cache/site/, with a cache for the next build in .cache/
	@echo "==> Building .cache/site/"
	@$(BIN)/paper-archive build --docs .cache/docs --site .cache/site --shard $(SHARD) $(SITE_ARGS)

.PHONY: merge-shards merge
merge: merge-shards
merge-shards: $(FOR_SITE) ## merge the shards in .cache/parts/ into one site (make publish SHARD=2/4 builds one)
	@echo "==> Putting together .cache/site/"
	@$(BIN)/paper-archive merge-shards --site .cache/site .cache/parts/*

.PHONY: check-feeds
check-feeds: $(FOR_SITE) ## compare the feeds of .cache/site/ with the published ones (ALLOW="CODE,CODE" lets findings pass)
	@if [ -e $(PUBLISHED) ] && ! tar -tzf $(PUBLISHED) >/dev/null 2>&1; then \
		echo "==> $(PUBLISHED) is damaged: comparing with the published website instead"; rm -f $(PUBLISHED); fi
	@echo "==> Comparing the feeds with those that are published"
	@$(BIN)/paper-archive check-feeds --site .cache/site --allow "$$ALLOW" $$([ ! -e $(PUBLISHED) ] || echo --against $(PUBLISHED)) \
		$(if $(filter true,$(FIRST_PUBLICATION)),--first-publication) $(CHECK_ARGS)

.PHONY: pack-feeds
pack-feeds: ## pack the feeds of .cache/site/ into published/, for the next check-feeds
	@echo "==> Packing the feeds into $(PUBLISHED)"
	@mkdir -p $(dir $(PUBLISHED))
	@cd .cache/site && find . -name rss.xml -o -name atom.xml -o -name feed.json | tar -czf "$(CURDIR)/$(PUBLISHED)" -T -

.PHONY: serve
serve: $(FOR_SITE) ## preview the website, following edits in content/ and docs/
	@$(BIN)/paper-archive serve $(SERVE_ARGS)

.PHONY: check
check: $(FOR_SITE) ## check content/ and print every problem (BASE=main: also URLs that would vanish)
	@echo "==> Checking content/"
	@$(BIN)/paper-archive check $(CHECK_ARGS)

.PHONY: effect
effect: $(FOR_SITE) ## show what this change does to the site, compared with BASE or main (on GitHub, in the job's summary)
	@echo "==> Comparing with $(or $(BASE),main)"
	@$(BIN)/paper-archive diff $(if $(SUMMARY),--format markdown) -- '$(or $(BASE),main)' \
		$(if $(SUMMARY),>> '$(SUMMARY)')

.PHONY: tags-from-issues gather
gather: tags-from-issues
tags-from-issues: $(FOR_SITE) ## carry out the forms in .cache/issues/, one commit each (on GitHub: the workflow "tagging")
	@echo "==> Reading the forms"
	@$(BIN)/paper-archive tag --from-issues .cache/issues --report .cache/answers \
		$(if $(GITHUB_OUTPUT),--outputs "$$GITHUB_OUTPUT")

.PHONY: digest
digest: $(FOR_SITE) ## show the week's digest that would be mailed (DIGEST_ARGS=--send sends it)
	@$(BIN)/paper-archive digest --period week $(DIGEST_ARGS)

.PHONY: test
test: lint ## lint, then run every test (PYTEST_ARGS="-k feeds" narrows)
	@if [ ! -e $(FOR_BROWSER) ] && command -v npm >/dev/null && $(HAS_CHROMIUM); then \
		$(MAKE) --no-print-directory browser || echo "==> Without lighthouse and axe-core: their tests are skipped"; \
	fi
	@echo "==> Running the tests"
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadgroup $(PYTEST_ARGS)

.PHONY: faults
faults: $(FOR_TEST) ## kill, interrupt and starve commands at thousands of moments, for half an hour (ONLY="rename-tag kill 17" MOST=all SEED=2 WRITE=docs/dev/reliability.md)
	@echo "==> Attacking the commands"
	@$(BIN)/python -m tests.faults --most $(MOST) --seed $(SEED) $(if $(WRITE),--write $(WRITE)) '$(ONLY)'

.PHONY: lint
lint: $(FOR_TEST) ## check style, format and types
	@echo "==> Checking style, format and types"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Some files are not formatted: make format" >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary $(SOURCES)

.PHONY: format
format: $(FOR_TEST) ## format the code and fix what ruff can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: update-golden
update-golden: $(FOR_TEST) ## rewrite the expected files of the golden tests; read the diff before you commit it
	@$(BIN)/python -m pytest --update-golden -k golden $(PYTEST_ARGS)

.PHONY: benchmark
benchmark: $(FOR_SITE) ## measure builds beside Hugo, Pelican, Material, and write docs/dev/performance.md (hours; ONLY="full" RUNS=3 PAPERS=2000)
	@echo "==> Measuring"
	@$(BIN)/python -m benchmarks --write

.PHONY: benchmark-quick
benchmark-quick: $(FOR_SITE) ## measure a build of 2,000 invented papers beside Hugo and cp, in two minutes
	@echo "==> Measuring"
	@$(BIN)/python -m benchmarks --quick

.PHONY: suggestions
suggestions: $(FOR_TEST) ## measure how good suggested tags are (CONTENT=folder) and print the table of docs/dev/suggestions.md
	@echo "==> Learning and asking, in five parts"
	@$(BIN)/python -m benchmarks.suggestions $(CONTENT)

.PHONY: update-counts
update-counts: $(FOR_SITE) ## rewrite benchmarks/counts.json, the sizes of a fixed small archive; read the diff before you commit it
	@$(BIN)/python -m benchmarks.counts

.PHONY: zensical
zensical: $(FOR_SITE) ## try in .cache/zensical/ whether Zensical also builds the site (it need not)
	@echo "==> Writing the Markdown, and the site to compare with"
	@rm -rf .cache/zensical
	@$(BIN)/paper-archive build --no-search --docs .cache/zensical/docs --site .cache/zensical/ours --cache .cache/zensical/kept
	@echo "==> Installing $(ZENSICAL)"
	@$(PIP) install --no-deps --target .cache/zensical/lib $(ZENSICAL)
	@echo "==> Building with Zensical"
	@cp -R mkdocs.yml generator .cache/zensical
	@cd .cache/zensical && mkdir site && pages() { find $$1 -name '*.html' | wc -l | tr -d ' '; }; \
	PYTHONPATH=lib "$(CURDIR)/$(BIN)/python" -m zensical build >log 2>&1 && said=built || said="failed: $$(tail -n 1 log)"; \
	echo "Zensical $$said; it made $$(pages site) pages, and there are $$(pages ours)." | tee -a "$${GITHUB_STEP_SUMMARY:-/dev/null}"; \
	[ "$$said" = built ] && [ "$$(pages site)" = "$$(pages ours)" ]

.PHONY: browser
browser: $(FOR_BROWSER) ## install what the browser tests need besides Chromium: lighthouse and axe-core, by npm
	@$(HAS_CHROMIUM) || { echo "There is no Chromium on the PATH. On Debian: apt-get install chromium" >&2; exit 1; }

.PHONY: lock
lock: $(FOR_TEST) ## pin the dependencies of pyproject.toml again (LOCK_ARGS=--upgrade takes the newest)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "The pins are made with Python 3.11, the oldest supported: make distclean, then make lock PYTHON=python3.11" >&2; \
		exit 1; }
	@echo "==> Pinning requirements.txt"
	@$(COMPILE) --output-file requirements.txt pyproject.toml
	@echo "==> Pinning requirements-dev.txt"
	@$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

.PHONY: clean
clean: ## delete what was generated: the site, its pages, caches
	@rm -rf site build dist .cache/paper-archive .cache/site .cache/docs .cache/parts .cache/zensical published *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +
	@git clean -fdXq -- docs 2>/dev/null || echo "Not a git repository: the generated pages under docs/ stay"

.PHONY: distclean
distclean: clean ## also delete what was installed: .venv/ and the browser tools
	@rm -rf .venv tests/browser/node_modules

# The machine's pip settings (other indexes, folders of wheels) must not decide what is pinned.
COMPILE = PYTHONWARNINGS=ignore env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL -u PIP_NO_INDEX \
	PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --build-deps-for editable \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(LOCK_ARGS)

HAS_CHROMIUM = { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null

$(FOR_SITE):
	$(call set_up,requirements.txt)
	@touch $@

# requirements-dev.txt holds all of requirements.txt, at the same versions.
$(FOR_TEST):
	$(call set_up,requirements-dev.txt)
	@touch $(FOR_SITE) $@

$(FOR_BROWSER):
	@command -v npm >/dev/null || { echo "npm is needed for the browser tests. On Debian: apt-get install npm" >&2; exit 1; }
	@echo "==> Installing lighthouse and axe-core into tests/browser/node_modules"
	@rm -f tests/browser/node_modules/.ready-*
	@cd tests/browser && npm install --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@
