# On a fresh machine: `make demo`, then `make test`. Both need Python 3.11 or newer and make.
PYTHON ?= python3
BIN := .venv/bin
# The requirements files are complete, so pip resolves nothing.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= eu-west-1
SAM := .venv-sam/bin
ARCHITECTURES := arm64 x86_64
BUILDS := $(foreach a,$(ARCHITECTURES),$(a)=.aws-sam/$(a))

.PHONY: help demo serve test check lint format types proof test-connector-4 package validate requirements clean

help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

demo: .venv/installed  ## rotate three times on local servers, draw demo.svg
	@$(BIN)/python -m sandbox demo

serve: .venv/installed  ## keep the local servers up for other clients
	@$(BIN)/python -m sandbox serve

test: .venv/installed  ## all tests
	$(BIN)/python -m pytest -q -n auto

check: lint types test  ## all that must hold before a commit

proof: .venv/installed  ## the long form of the fault tests, with a table (a quarter of an hour or more)
	@$(BIN)/python -m tests.proof

lint: .venv/installed  ## ruff: rules and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/installed  ## rewrite the formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/installed  ## mypy, strict
	$(BIN)/mypy

test-connector-4: .venv-connector-4/installed  ## the suite on the connector's 4.x line
	.venv-connector-4/bin/python -m pytest -q -n auto tests

validate: .venv-sam/installed  ## lint template.yaml, and what SAM makes of it
	$(SAM)/sam validate --lint
	@mkdir -p .aws-sam
	$(SAM)/python -m layers.translate template.yaml > .aws-sam/translated.json
	$(SAM)/cfn-lint -- .aws-sam/translated.json

package: $(ARCHITECTURES:%=build-%)  ## build for both architectures, check and print the sizes
	$(SAM)/python -m layers.check_package $(BUILDS)
	$(SAM)/python -m layers.check_imports $(BUILDS)

build-%: .venv-sam/installed
	PYTHON=$(CURDIR)/$(SAM)/python $(SAM)/sam build --build-dir .aws-sam/$* --parameter-overrides Architecture=$*

requirements:  ## pin every dependency again (needs uv)
	requirements/compile.sh

clean:  ## remove what the targets above made
	rm -rf .venv .venv-* .aws-sam build demo.svg .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A finished environment has the file `installed`, newer than its requirements.
.venv/installed: requirements/dev.txt
.venv-connector-4/installed: requirements/connector-4.txt
.venv-sam/installed: requirements/sam.txt
.venv/installed .venv-connector-4/installed .venv-sam/installed:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.x")'
	@echo "installing into $(@D) (a minute, once)"
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python $(PIP_INSTALL) $<
	@touch $@
