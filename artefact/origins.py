"""Where each module of a function's process came from.

PYTHONVERBOSE makes CPython itself say which file every module was loaded from, on standard
error, for as long as the process lives (Lib/importlib/_bootstrap_external.py). So the process is
the deployed one: no code of ours runs in it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from artefact.runtime import CLIENT_MODULES

VERBOSE = {"PYTHONVERBOSE": "1"}
FUNCTION, LAYER, CLIENT = "function", "layer", "runtime client"
STANDARD_LIBRARY = "standard library"

_LOADED = re.compile(
    r"^# (?:code object from|extension module '[^']+' loaded from) '?(/[^'\n]+)'?$", re.MULTILINE
)


def loaded_files(log: str) -> list[Path]:
    """List the files that a verbose interpreter said it loaded, in order."""
    return [Path(path) for path in _LOADED.findall(log)]


class Origins:
    """Sorts files into where they may come from. ``folders``: resolved folder by origin."""

    def __init__(self, folders: Mapping[Path, str]) -> None:
        # The longest path first: site-packages lies within the standard library's folder.
        self._folders = sorted(folders.items(), key=lambda item: -len(item[0].parts))

    def of(self, path: Path) -> str | None:
        """Name the origin of ``path``; None for a file from anywhere else."""
        for folder, origin in self._folders:
            if path.is_relative_to(folder):
                parts = path.relative_to(folder).parts
                return origin if _may_be_there(origin, parts) else None
        return None

    def count(self, files: list[Path]) -> Counter[str]:
        """Count the files of each origin; those from elsewhere are not counted."""
        return Counter(origin for path in files if (origin := self.of(path)))

    def findings(self, files: list[Path]) -> Iterator[str]:
        """Yield each file from elsewhere, and each origin from which nothing came."""
        for path in files:
            if self.of(path) is None:
                yield f"{path} was loaded; it is in no part of the artefact or the runtime."
        counted = self.count(files)
        for origin in (FUNCTION, LAYER, CLIENT, STANDARD_LIBRARY):
            if not counted[origin]:
                yield f"nothing was seen to come from the {origin}: this check saw too little."


def _may_be_there(origin: str, parts: tuple[str, ...]) -> bool:
    if origin == CLIENT:
        return parts[0].split(".")[0] in CLIENT_MODULES
    # What a person installed into this Python: Lambda has none of it.
    return origin != STANDARD_LIBRARY or "site-packages" not in parts
