# Everything a fresh Debian 12 with git, make and Python 3.11 needs: `make demo`, `make test`. `make help` lists the rest.

# What a shell may have set and what would send packages, imports or Scrapy somewhere else.
unexport PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONWARNINGS PYTHONOPTIMIZE PYTHONDONTWRITEBYTECODE PYTHONINSPECT
unexport PYTHONSAFEPATH PYTHONUSERBASE PYTHONNOUSERSITE PYTHONIOENCODING PYTHONUTF8 PYTHONPYCACHEPREFIX PYTHONPLATLIBDIR
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_SRC PIP_PYTHON PIP_REQUIREMENT PIP_CONSTRAINT PIP_NO_DEPS PIP_DRY_RUN
unexport PIP_REQUIRE_VIRTUALENV PIP_REQUIRE_HASHES PIP_NO_BINARY PIP_ONLY_BINARY PIP_NO_BUILD_ISOLATION PIP_REPORT PIP_PRE
unexport PIP_IGNORE_INSTALLED PIP_FORCE_REINSTALL PIP_UPGRADE PIP_EDITABLE PIP_PLATFORM PIP_PYTHON_VERSION PIP_IMPLEMENTATION PIP_ABI
unexport PIP_VERBOSE PIP_QUIET PIP_HELP PIP_VERSION PIP_LOG PIP_ISOLATED
unexport VIRTUAL_ENV CONDA_PREFIX SCRAPY_PROJECT SCRAPY_SETTINGS_MODULE PYTEST_ADDOPTS PYTEST_PLUGINS MYPYPATH RUFF_CONFIG

VENV := .venv
PY := $(VENV)/bin/python
PYTEST ?= -n auto
PAGES ?= 2000
ROUNDS ?= 3
GZIP ?= off
N ?= 100

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test torture lint types bench setup pywb clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: $(VENV)/.installed ## crawl the built-in replica and show what came of it
	@$(PY) -m kcnacrawl.demo

test: $(VENV)/.installed-tests .pywb/.installed .replaywebpage/.installed lint types ## lint, types and the whole test suite
	@bash tests/setup/debian.sh "make test" wget=wget chromium=chromium strace=strace faketime=faketime
	@$(PY) -m pytest $(PYTEST)

torture: $(VENV)/.installed-tests ## break crawls in every way N times each; N=100
	@bash tests/setup/debian.sh "make torture" strace=strace faketime=faketime
	@TORTURE=$(N) TORTURE_STOP=60 $(PY) -m pytest tests/torture $(PYTEST)

lint: $(VENV)/.installed-tests ## ruff: rules and format
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(VENV)/.installed-tests ## mypy, strict
	@$(PY) -m mypy --strict

bench: $(VENV)/.installed-tests ## speed and size beside bare Scrapy, wget and the libraries of the field; PAGES=2000 ROUNDS=3 GZIP=off|on|static
	@bash tests/setup/debian.sh "make bench" nginx=nginx-light wget=wget
	@$(PY) -m tests.bench --pages $(PAGES) --rounds $(ROUNDS) --gzip $(GZIP) $(BENCH)
	@$(PY) -m tests.bench.stored
	@$(PY) -m tests.bench.verified
	@$(PY) -m tests.bench.nights

setup: $(VENV)/.installed ## the virtual environment alone

pywb: .pywb/.installed ## pywb in an environment of its own, for scrapy replay

clean: ## remove the virtual environments and caches; output/ stays
	@rm -rf $(VENV) .pywb .replaywebpage .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
	@find kcnacrawl tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are written last, so an installation that was broken off is taken up again.
$(VENV)/.installed: requirements.txt tests/setup/venv.sh
	@bash tests/setup/venv.sh $(VENV) requirements.txt
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.installed tests/requirements.txt
	@bash tests/setup/venv.sh $(VENV) tests/requirements.txt
	@touch $@

.pywb/.installed: tests/setup/pywb.sh tests/setup/pywb.txt tests/setup/venv.sh
	@bash tests/setup/pywb.sh .pywb
	@touch $@

.replaywebpage/.installed: tests/setup/replaywebpage.sh
	@bash tests/setup/replaywebpage.sh .replaywebpage
	@touch $@
