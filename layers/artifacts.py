"""Facts about a built folder: its size, its native libraries; and how to make it repeatable."""

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

# Zip files can't hold a time before 1980; the second day is safe in every time zone.
_TIMESTAMP_SECONDS = 315_619_200  # 1980-01-02 00:00 UTC
_DIRECTORY_MODE = 0o755
_FILE_MODE = 0o644  # Lambda runs as another user and must be able to read every file

_ELF_MAGIC = b"\x7fELF"
_ELF_MACHINE_OFFSET = 18  # e_machine, two bytes, little-endian here (elf(5))
_ELF_MACHINES = {62: "x86_64", 183: "arm64"}


def files(folder: Path) -> Iterator[Path]:
    """Yield every file under ``folder``, sorted by path."""
    return iter(sorted(path for path in folder.rglob("*") if path.is_file()))


def unzipped_bytes(folder: Path) -> int:
    """Sum of the file sizes, as Lambda counts them against its limit."""
    return sum(path.stat().st_size for path in files(folder))


def zipped_bytes(folder: Path) -> int:
    """Size of the folder as one deflated zip file, built in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files(folder):
            archive.write(path, path.relative_to(folder))
    return len(buffer.getvalue())


def elf_architecture(path: Path) -> str | None:
    """Name the architecture of an ELF file: arm64, x86_64 or ``machine N``; None if not ELF."""
    with path.open("rb") as stream:
        header = stream.read(_ELF_MACHINE_OFFSET + 2)
    if not header.startswith(_ELF_MAGIC):
        return None
    machine = int.from_bytes(header[_ELF_MACHINE_OFFSET:], "little")
    return _ELF_MACHINES.get(machine, f"machine {machine}")


def normalise(folder: Path) -> None:
    """Give every file and folder one time and one mode, so that equal content zips alike."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(_DIRECTORY_MODE if path.is_dir() else _FILE_MODE)
        os.utime(path, (_TIMESTAMP_SECONDS, _TIMESTAMP_SECONDS))
