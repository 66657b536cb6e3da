"""Print the sizes of built packages and refuse one that Lambda, or we, would not take.

Usage: python -m layers.check_package arm64=.aws-sam/arm64/build x86_64=.aws-sam/x86_64/build
Exit status 1 when anything is wrong; each finding is one line on standard error.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from layers.artifacts import elf_architecture, files, unzipped_bytes, zipped_bytes
from layers.built import BuiltFunction, functions

LAYER_LIMIT_BYTES = 50_000_000  # our own: cold starts grow with the layer
TOTAL_LIMIT_BYTES = 250_000_000  # Lambda's quota for the function with its layers, unzipped


@dataclass(frozen=True)
class Package:
    """One build: every function and layer that its template names."""

    architecture: str
    build: Path

    @cached_property
    def functions(self) -> list[BuiltFunction]:
        """The functions; none when nothing was built."""
        try:
            return functions(self.build)
        except FileNotFoundError:
            return []

    @property
    def layers(self) -> dict[str, Path]:
        """Folders that become /opt, by logical id."""
        return {name: path for f in self.functions for name, path in f.layers.items()}

    @property
    def parts(self) -> dict[str, Path]:
        """All that is uploaded: the functions' folders (/var/task) and the layers'."""
        return {f.logical_id: f.code for f in self.functions} | self.layers


def findings(package: Package) -> Iterator[str]:
    """Yield what is wrong with ``package``, one sentence each. Nothing means it may ship."""
    if not package.functions:
        yield f"{package.build} holds no built function: run sam build first."
    for folder in package.parts.values():
        if not any(files(folder)):
            yield f"{folder} is empty or missing: run sam build first."
    yield from _too_large(package)
    yield from _foreign_libraries(package)
    for function in package.functions:
        yield from _code_findings(function)


def _too_large(package: Package) -> Iterator[str]:
    for layer in package.layers.values():
        if (size := unzipped_bytes(layer)) > LAYER_LIMIT_BYTES:
            yield f"{layer} has {size:,} bytes; the limit is {LAYER_LIMIT_BYTES:,}."
    for function in package.functions:
        total = sum(unzipped_bytes(folder) for folder in (function.code, *function.layers.values()))
        if total > TOTAL_LIMIT_BYTES:
            yield (
                f"{function.code} and its layers have {total:,} bytes; "
                f"Lambda's limit is {TOTAL_LIMIT_BYTES:,}."
            )


def _foreign_libraries(package: Package) -> Iterator[str]:
    for folder in package.parts.values():
        for path in files(folder):
            found = elf_architecture(path)
            if found not in (None, package.architecture):
                yield f"{path} is built for {found}; this package is for {package.architecture}."


def _code_findings(function: BuiltFunction) -> Iterator[str]:
    names = sorted({path.relative_to(function.code).parts[0] for path in files(function.code)})
    if names not in ([], ["rotation"]):
        yield f"{function.code} holds {names}; only the rotation package is deployed."
    name = function.handler.rpartition(".")[2]
    if name not in _defined(function.handler_module):
        yield f"{function.logical_id}: {function.handler_module} defines no {name}."


def _defined(module: Path) -> set[str]:
    """Names of the functions that a module defines; none when there is no such file."""
    if not module.is_file():
        return set()
    statements = ast.parse(module.read_bytes()).body
    return {node.name for node in statements if isinstance(node, ast.FunctionDef)}


def table(packages: list[Package]) -> str:
    """Return the sizes as text, one line a part. MB are millions of bytes."""
    lines = [f"{'architecture':<13} {'part':<18} {'unzipped MB':>11} {'zip MB':>7}"]
    for package in packages:
        for part, folder in package.parts.items():
            sizes = f"{unzipped_bytes(folder) / 1e6:>11.2f} {zipped_bytes(folder) / 1e6:>7.2f}"
            lines.append(f"{package.architecture:<13} {part:<18} {sizes}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Check every ``architecture=build folder`` argument; return the exit status."""
    pairs = [argument.partition("=") for argument in arguments]
    packages = [Package(architecture, Path(build)) for architecture, _, build in pairs]
    sys.stdout.write(table(packages))
    problems = [line for package in packages for line in findings(package)]
    sys.stderr.writelines(f"error: {line}\n" for line in problems)
    return 1 if problems or not packages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
