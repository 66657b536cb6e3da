"""Symbols leave a native library, and it still is one."""

import importlib.util
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from layers.strip import strip_libraries, stripped

FOUND = importlib.util.find_spec("_cffi_backend")
assert FOUND is not None
LIBRARY = Path(str(FOUND.origin))
LOADED = 0x2
SECTION = struct.Struct("<IIQQQQIIQQ")


def made_up(machine: int, flags: tuple[int, ...] = (0, LOADED, 0, 0)) -> bytes:
    """A library of one segment, "code", and sections: none, .text, .debug, .shstrtab."""
    header = b"\x7fELF\x02\x01".ljust(18, b"\0") + struct.pack("<H", machine)
    names = b"\0.text\0.debug\0.shstrtab\0"
    offsets = (0, 120, 124, 224)
    sizes = (0, 4, 100, len(names))
    table = 224 + len(names)
    header = header.ljust(32, b"\0") + struct.pack("<QQ", 64, table)
    header = header.ljust(54, b"\0") + struct.pack("<HHHHH", 56, 1, 64, 4, 3)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, 124, 124, 4096)
    sections = [
        SECTION.pack(name, 1, flag, 0, offset, size, 0, 0, 1, 0)
        for name, flag, offset, size in zip((0, 1, 7, 14), flags, offsets, sizes, strict=True)
    ]
    return header + segment + b"code" + b"D" * 100 + names + b"".join(sections)


@pytest.mark.parametrize("machine", [62, 183], ids=["x86_64", "arm64"])
def test_what_is_not_loaded_goes_whatever_the_processor(machine: int) -> None:
    whole = made_up(machine)
    short = stripped(whole)
    assert b"D" not in short.replace(b".debug", b"")
    assert short[:40] == whole[:40]
    assert short[42:60] == whole[42:60]
    assert short[64:124] == whole[64:124], "the loaded bytes"
    table, count, names = (
        *struct.unpack_from("<Q", short, 40),
        *struct.unpack_from("<HH", short, 60),
    )
    kept = [SECTION.unpack_from(short, table + i * 64) for i in range(count)]
    assert table % 8 == 0
    assert len(short) == table + count * 64
    start, size = kept[names][4:6]
    assert short[start : start + size] == b"\0.text\0.debug\0.shstrtab\0"
    assert [section[0] for section in kept] == [0, 1, 14]
    assert kept[1] == SECTION.unpack_from(whole, 224 + size + 64)


def test_a_second_time_changes_nothing() -> None:
    short = stripped(made_up(62))
    assert stripped(short) == short


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x7fELF\x01\x01" + bytes(60), "64 bits"),
        (b"not one", "64 bits"),
        (made_up(62, flags=(0, 0, LOADED, 0)), "behind one that is not"),
    ],
)
def test_a_layout_that_is_not_known_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        stripped(content)


def test_the_file_that_is_refused_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.so").write_bytes(b"\x7fELF\x01\x01" + bytes(60))
    with pytest.raises(ValueError, match=r"old\.so"):
        strip_libraries(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other formats")
def test_a_real_library_still_loads(tmp_path: Path) -> None:
    shutil.copyfile(LIBRARY, tmp_path / LIBRARY.name)
    (tmp_path / "notes.txt").write_text("no library")
    strip_libraries(tmp_path)
    assert (tmp_path / LIBRARY.name).stat().st_size < LIBRARY.stat().st_size
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import _cffi_backend as c; "
    program += "print(c.__file__, c.new_primitive_type('int'))"
    told = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert told.startswith(f"{tmp_path}/_cffi_backend")
