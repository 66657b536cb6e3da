"""Print the sizes of built packages and refuse one that Lambda, or we, would not take.

Usage: python -m layers.check_package arm64=.aws-sam/arm64 x86_64=.aws-sam/x86_64
Exit status 1 when anything is wrong; each finding is one line on standard error.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from layers.artifacts import elf_architecture, files, unzipped_bytes, zipped_bytes

LAYER_LIMIT_BYTES = 60_000_000  # our own: cold starts grow with the layer
TOTAL_LIMIT_BYTES = 250_000_000  # Lambda's quota for the function with its layers, unzipped


@dataclass(frozen=True)
class Package:
    """One build: the function's and the layer's folder, as `sam build` names them."""

    architecture: str
    build: Path

    @property
    def function(self) -> Path:
        """Folder that becomes /var/task."""
        return self.build / "RotationFunction"

    @property
    def layer(self) -> Path:
        """Folder that becomes /opt."""
        return self.build / "DependenciesLayer"


def findings(package: Package) -> Iterator[str]:
    """Yield what is wrong with ``package``, one sentence each. Nothing means it may ship."""
    for folder in (package.function, package.layer):
        if not any(files(folder)):
            yield f"{folder} is empty or missing: run sam build first."
    yield from _too_large(package)
    yield from _foreign_libraries(package)
    strangers = sorted({p.relative_to(package.function).parts[0] for p in files(package.function)})
    if strangers not in ([], ["rotation"]):
        yield f"{package.function} holds {strangers}; only the rotation package is deployed."


def _too_large(package: Package) -> Iterator[str]:
    layer = unzipped_bytes(package.layer)
    total = layer + unzipped_bytes(package.function)
    if layer > LAYER_LIMIT_BYTES:
        yield f"{package.layer} has {layer:,} bytes; the limit is {LAYER_LIMIT_BYTES:,}."
    if total > TOTAL_LIMIT_BYTES:
        yield f"{package.build} has {total:,} bytes; Lambda's limit is {TOTAL_LIMIT_BYTES:,}."


def _foreign_libraries(package: Package) -> Iterator[str]:
    for folder in (package.function, package.layer):
        for path in files(folder):
            found = elf_architecture(path)
            if found not in (None, package.architecture):
                yield f"{path} is built for {found}; this package is for {package.architecture}."


def table(packages: list[Package]) -> str:
    """Return the sizes as text, one line a part. MB are millions of bytes."""
    lines = [f"{'architecture':<13} {'part':<9} {'unzipped MB':>11} {'zip MB':>7}"]
    for package in packages:
        for part, folder in (("function", package.function), ("layer", package.layer)):
            sizes = f"{unzipped_bytes(folder) / 1e6:>11.2f} {zipped_bytes(folder) / 1e6:>7.2f}"
            lines.append(f"{package.architecture:<13} {part:<9} {sizes}")
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
