"""What one `sam build` made, as its own template names it.

`sam build --build-dir X` writes X/template.yaml with every CodeUri and ContentUri turned into a
folder beside it. The checks read that file instead of fixed names, so that a function added to
the template is checked without anybody thinking of it.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped,unused-ignore]

_MACHINES = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64"}
# None where no artefact can run: the libraries are for Linux.
HOST_ARCHITECTURE = _MACHINES.get(platform.machine()) if platform.system() == "Linux" else None


@dataclass(frozen=True)
class BuiltFunction:
    """A function of the build. ``environment`` holds the template's values, intrinsics included."""

    logical_id: str
    handler: str
    code: Path
    layers: Mapping[str, Path]
    environment: Mapping[str, object]

    @property
    def import_paths(self) -> tuple[Path, ...]:
        """The folders that Lambda puts on the import path from layers: /opt/python."""
        return tuple(folder / "python" for folder in self.layers.values())

    @property
    def handler_module(self) -> Path:
        """File that the handler's name points to, whether it exists or not."""
        module = self.handler.rpartition(".")[0]
        return self.code.joinpath(*module.split(".")).with_suffix(".py")


def functions(build: Path) -> list[BuiltFunction]:
    """List the functions of the build, as ordered in its template.

    Raises FileNotFoundError when nothing was built there, and ValueError for a layer that is not
    part of the template: what such a layer holds can't be checked here.
    """
    document = yaml.safe_load((build / "template.yaml").read_text(encoding="utf-8"))
    resources: dict[str, Any] = document["Resources"]
    shared: dict[str, Any] = document.get("Globals", {}).get("Function", {})
    return [
        _function(build, logical_id, resources, shared)
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def _function(
    build: Path, logical_id: str, resources: dict[str, Any], shared: dict[str, Any]
) -> BuiltFunction:
    """Read one function. Lists and maps of Globals are added to its own (SAM's Globals page)."""
    properties = resources[logical_id]["Properties"]
    layers = {}
    for reference in [*shared.get("Layers", []), *properties.get("Layers", [])]:
        name = reference.get("Ref") if isinstance(reference, dict) else None
        if name not in resources:
            raise ValueError(f"{logical_id} has a layer from elsewhere: {reference}")
        layers[name] = build / resources[name]["Properties"]["ContentUri"]
    return BuiltFunction(
        logical_id=logical_id,
        handler=properties["Handler"],
        code=build / properties["CodeUri"],
        layers=layers,
        environment=_variables(shared) | _variables(properties),
    )


def _variables(properties: dict[str, Any]) -> dict[str, object]:
    return dict(properties.get("Environment", {}).get("Variables", {}))
