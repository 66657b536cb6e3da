"""Cuts what botocore parses for its first clients: its list of endpoints, and its models.

The list of all services' endpoints is a megabyte of JSON, and most of a model is the API's
documentation. All partitions, Regions, operations and shapes stay.
"""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_MODEL = "service-2.json.gz"


def cut(data: Path, services: Iterable[str]) -> None:
    """Rewrite the files of ``data``, botocore's folder of models, which must hold these."""
    models = [_model(folder) for service in services for folder in (data / service).iterdir()]
    # A service stands in the list under the prefix that its own model names.
    prefixes = frozenset(str(model["metadata"]["endpointPrefix"]) for model in models)
    path = data / "endpoints.json"
    _write(path, with_services(json.loads(path.read_text("utf-8")), prefixes))


def _model(folder: Path) -> Any:  # noqa: ANN401
    """Rewrite the model of one version of a service, and return it.

    Not compressed: how small zlib makes a file depends on its release.
    """
    path = folder / _MODEL
    model = without_documentation(json.loads(gzip.decompress(path.read_bytes())))
    _write(path.with_suffix(""), model)
    path.unlink()
    return model


def with_services(document: dict[str, Any], prefixes: frozenset[str]) -> dict[str, Any]:
    """Return a list of endpoints with these services only; all else in it stays."""
    partitions = [
        {**one, "services": {k: v for k, v in one["services"].items() if k in prefixes}}
        for one in document["partitions"]
    ]
    return {**document, "partitions": partitions}


def without_documentation(value: Any) -> Any:  # noqa: ANN401
    """Return a model without its texts. A shape or a member may be named ``documentation``."""
    if isinstance(value, list):
        return [without_documentation(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_documentation(inner)
        for name, inner in value.items()
        if name != "documentation" or not isinstance(inner, str)
    }


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")), "utf-8")
