"""Takes symbols and debug information out of a shared object, whatever processor it is for.

The program headers say which bytes are loaded when the library is. What a linker adds for people
and debuggers (``.symtab``, ``.debug_*``) follows behind them, with the table of all sections at the
end. So a library is cut behind its last loaded byte and gets a shorter table. binutils' strip does
the same for its own processor only, and would have to be the same release on every machine.
https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from layers.artifacts import elf_architecture, files

_IDENTIFIED = b"\x7fELF\x02\x01"  # 64 bits, little-endian: both processors of Lambda
_HEADER_OFFSETS = struct.Struct("<32xQQ")  # of the program headers, of the section headers
_HEADER_COUNTS = struct.Struct("<54xHHHHH")  # size and number of both, index of the names
_PROGRAM_HEADER = struct.Struct("<8xQ16xQ16x")  # offset and size in the file
_SECTION = struct.Struct("<IIQQQQIIQQ")
_LOADED = 0x2  # SHF_ALLOC
_ALIGNMENT = 8


@dataclass(frozen=True)
class _Section:
    """A section header: ``fields`` are all of it, in order."""

    fields: tuple[int, ...]

    @property
    def loaded(self) -> bool:
        return bool(self.fields[2] & _LOADED)

    @property
    def place(self) -> tuple[int, int]:
        """Offset and size in the file."""
        return self.fields[4], self.fields[5]

    def moved(self, offset: int) -> bytes:
        return _SECTION.pack(*self.fields[:4], offset, *self.fields[5:])


def strip_libraries(site: Path) -> None:
    """Strip every shared object under ``site``. Raises ValueError that names the file."""
    for path in files(site):
        if elf_architecture(path) is None:
            continue
        try:
            shorter = stripped(path.read_bytes())
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        path.write_bytes(shorter)


def stripped(library: bytes) -> bytes:
    """Return the library without what isn't loaded.

    Raises ValueError when it is no ELF file of 64 bits, or is laid out in another way than above:
    then this module has to learn it.
    """
    if not library.startswith(_IDENTIFIED):
        raise ValueError("no ELF file of 64 bits, little-endian")
    sections, names = _sections(library)
    count = 1 + sum(section.loaded for section in sections)  # the first one is always empty
    if not all(section.loaded for section in sections[1:count]):
        raise ValueError("a section that is loaded stands behind one that is not")
    end = _end_of_loaded(library)
    offset, size = names.place
    head = library[:end] + library[offset : offset + size]
    head += bytes(-len(head) % _ALIGNMENT)
    kept = [_SECTION.pack(*section.fields) for section in sections[:count]]
    return _with_table(head, [*kept, names.moved(end)])


def _sections(library: bytes) -> tuple[list[_Section], _Section]:
    """Return all sections, and the one that holds their names."""
    _, table = _HEADER_OFFSETS.unpack_from(library)
    *_, size, count, names = _HEADER_COUNTS.unpack_from(library)
    found = [_Section(_SECTION.unpack_from(library, table + i * size)) for i in range(count)]
    return found, found[names]


def _end_of_loaded(library: bytes) -> int:
    table, _ = _HEADER_OFFSETS.unpack_from(library)
    size, count, *_ = _HEADER_COUNTS.unpack_from(library)
    places = (_PROGRAM_HEADER.unpack_from(library, table + i * size) for i in range(count))
    return int(max([table + count * size, *(offset + length for offset, length in places)]))


def _with_table(head: bytes, sections: list[bytes]) -> bytes:
    """Put the table behind ``head``, and its place and length into the file's header."""
    image = bytearray(head)
    struct.pack_into("<Q", image, 40, len(head))  # e_shoff
    struct.pack_into("<HH", image, 60, len(sections), len(sections) - 1)  # e_shnum, e_shstrndx
    return bytes(image) + b"".join(sections)
