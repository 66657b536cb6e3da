"""What is installed: a client's versions, or why it is not there."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients.model import Client

_VERSIONS = (
    "import importlib.metadata as m, json, sys; "
    "print(json.dumps([m.version(name) for name in sys.argv[1:]]))"
)


class NotInstalledError(Exception):
    """A client is not there; the text says what is missing, and where the reason is."""


def versions(client: Client, environments: Path, logs: Path) -> list[str]:
    """Return the versions of the client's packages. Raises NotInstalledError."""
    folder = environments / client.environment
    try:
        # make writes it when all is there
        (folder / ("packages" if client.in_node else "installed")).stat()
        return _node_versions(client, folder) if client.in_node else _versions(client, folder)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise NotInstalledError(_reason(client, logs)) from error


def _versions(client: Client, folder: Path) -> list[str]:
    command = [str(folder / "bin" / "python"), "-c", _VERSIONS, *client.packages]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)
    found: list[str] = json.loads(answer.stdout)
    return found


def _node_versions(client: Client, folder: Path) -> list[str]:
    paths = (folder / "node_modules" / name / "package.json" for name in client.packages)
    return [json.loads(path.read_text(encoding="utf-8"))["version"] for path in paths]


def _reason(client: Client, logs: Path) -> str:
    """Return the last error of the installation, as make kept it."""
    log = logs / f"{client.environment.removeprefix('.')}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    errors = [
        line.strip() for line in lines if "error" in line.lower() and not line.startswith("make")
    ]
    why = errors[-1] if errors else "no installation was tried; see make clients"
    return f"{client.environment} is not installed: {why}"
