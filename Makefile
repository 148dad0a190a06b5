# Courtside. `make help` lists every word.

PORT     ?= 8000
DATA_DIR ?= .data/demo
JOBS     ?= $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)
TESTS    ?=
SCRATCH  := $(shell test "$$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 6000000 2>/dev/null && echo /dev/shm || echo "$${TMPDIR:-/tmp}")
KILLS    ?= 200

PY       := .venv/bin/python
FLASK    := $(PY) -m flask --app wsgi
PYTEST   := $(PY) -m pytest

# Whoever starts a hundred processes keeps what was compiled for the first.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv venv-dev demo demo-reset setup serve test check format migration looks papers bench bench-answers bench-files bench-record crash mail-crash races simulate lock clean
.SILENT:

help: ## Show these words
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: ## Make .venv with what the portal runs on
	deploy/make/venv requirements.txt

venv-dev:
	deploy/make/venv requirements-dev.txt

demo: venv ## Serve a lively demo firm on http://127.0.0.1:8000 (PORT=, DATA_DIR=)
	deploy/make/demo-data keep "$(DATA_DIR)"
	exec env PORTAL_MODE=demo PORT="$(PORT)" DATA_DIR="$(DATA_DIR)" $(FLASK) demo

demo-reset: ## Throw the demo's data away (the next `make demo` starts over)
	deploy/make/demo-data reset "$(DATA_DIR)"

setup: venv ## Name a real firm and its first staff member
	PORTAL_MODE=production $(FLASK) setup --then "make serve"

serve: venv ## Serve a real firm (settings come from the environment, see README)
	exec env PORTAL_MODE=production $(FLASK) serve

test: venv-dev ## Run the whole suite, browser and PostgreSQL included (TESTS= for a part, JOBS= at once, BOTH=1 for all pages on PostgreSQL too)
	$(PY) -m tests.support.postgres
	chromium="$$($(PY) -m tests.support.chromium --install)" || exit 1; \
	clamd="$$($(PY) -m tests.support.clamd --install)" || exit 1; \
	nginx="$$($(PY) -m tests.support.nginx --install)" || exit 1; \
	CHROMIUM="$$chromium" CLAMD="$$clamd" NGINX="$$nginx" TMPDIR="$(SCRATCH)" $(PYTEST) -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

check: venv-dev ## Lint, format, types, templates and the house rules
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict portal config.py wsgi.py
	$(PY) -m djlint --lint --quiet templates
	$(PYTEST) -q tests/test_architecture.py

format: venv-dev ## Put Python code into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

migration: venv-dev ## Write the first migration anew from the models (only until the first release)
	$(PY) -m migrations.make

looks: venv-dev ## Take pictures of every page: light, dark, left to right, right to left
	chromium="$$($(PY) -m tests.support.chromium --install)" || exit 1; \
	CHROMIUM="$$chromium" $(PYTEST) -m looks $(TESTS)

papers: venv-dev ## Have Apache Preflight say whether receipts are PDF/A (needs Java)
	$(PY) -m tests.support.preflight

bench: venv ## Measure the main pages beside a bare limit (nothing fails here)
	$(PY) -m bench.pages $(CLIENTS)

bench-answers: venv-dev ## Measure saving answers, fifty people at once, beside a bare one-row UPDATE (nothing fails here)
	$(PY) -m bench.answers

bench-files: venv-dev ## Measure sending and fetching files beside nginx and others (SIZE=full, FILES_MB=, ROUNDS=)
	$(PY) -m bench.files $(SIZE)

bench-record: venv ## Measure how long 100,000 entries of the record take to be found whole, beside bare SHA-256 (nothing fails here)
	$(PY) -m bench.record

crash: venv-dev ## Kill web and worker at every named point, then at random, while people send files; count what is lost (KILLS=, STORE=s3, DATABASE=postgresql)
	clamd="$$($(PY) -m tests.support.clamd --install)" || exit 1; \
	set -e; for much in "--points" "--kills $(KILLS)"; do CLAMD="$$clamd" $(PY) -m tests.crash $$much \
		$(if $(filter s3,$(STORE)),--s3) $(if $(filter postgresql,$(DATABASE)),--postgres); done

mail-crash: venv-dev ## Kill the mail worker at random lines while the mail server says no, not now, nothing, or is away for a day; count every mail (KILLS=)
	$(PY) -m tests.crash.mails --kills $(KILLS)

races: venv-dev ## Race every pair of acts on a decision, on both databases (RACES=1000 rounds each)
	RACES=$(or $(RACES),1000) $(PYTEST) -n 2 tests/races/test_decisions.py tests/races/test_decision_pairs.py tests/races/test_silence.py

simulate: venv-dev ## Let clients be reminded for a year and check every single mail (CLIENTS=300 DAYS=365 LOOKS=12 a day)
	$(PY) -m tests.simulation $(or $(CLIENTS),300) $(or $(DAYS),365) $(or $(LOOKS),12)

lock: venv ## Choose package versions anew from deploy/make/requirements*.in
	deploy/make/lock

clean: ## Remove .venv and everything tools left behind (data stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.data/*' -prune -exec rm -rf {} +
