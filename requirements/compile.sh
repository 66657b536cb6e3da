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
pin requirements/connector-4.txt requirements/connector-4.in requirements/tools.in
pin requirements/sam.txt requirements/sam.in
