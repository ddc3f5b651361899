"""How a journal is known again: by its header and its content, not by its name or where it lies."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..recording.journal_format import FORMAT_NAME, JournalHeader, header_content
from ..recording.journal_reader import JournalReader
from ..recording.segments import unreadable

GZIP_TRAILER: Final = 8
"""Bytes at the end of a gzip file: checksum and length of what is inside (RFC 1952), so it need not be unpacked."""

_READ: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Identity:
    """`content` changes when the journal grows, `header` does not."""

    content: str
    header: str


def identify(reader: JournalReader) -> Identity:
    """The identity of a journal, the same whether its segments are compressed yet or not.

    Raises
    ------
    InputError
        A segment cannot be read.
    """
    header = _stamp(reader.header)
    digest = hashlib.sha256(header)
    for number, path in reader.segments.items():
        digest.update(f"{number} ".encode() + _checksum(path))
    return Identity(digest.hexdigest()[:24], hashlib.sha256(header).hexdigest()[:24])


def _stamp(header: JournalHeader) -> bytes:
    """The header's content in a form that no later version of the format changes: what was derived stays known."""
    first = {"format": FORMAT_NAME, "version": "1.0", "segment": 0}
    return json.dumps(first | header_content(header), separators=(",", ":")).encode("ascii") + b"\n"


def _checksum(path: Path) -> bytes:
    """CRC-32 and length (modulo 2³²) of a segment's content, as a gzip file ends with."""
    try:
        if not path.exists():  # compressed since the folder was listed
            path = path.with_name(path.name + ".gz")
        with path.open("rb") as file:
            if path.suffix == ".gz":
                file.seek(max(0, path.stat().st_size - GZIP_TRAILER))
                return file.read()
            check, size = 0, 0
            while block := file.read(_READ):
                check, size = zlib.crc32(block, check), size + len(block)
    except OSError as error:
        raise unreadable(path, error) from None
    return check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
