"""Shared by importers of text files: the line of column names at the head of a file, and a part from a table."""

from __future__ import annotations

from collections.abc import Mapping

from ...samples import FloatArray
from ..delimited import NumberTable
from ._parts import Kind, Part


def header_line(head: bytes) -> str:
    """The first line that is neither empty nor a remark, in lower case without quotes; "" where there is none."""
    for line in head.decode("utf-8-sig", "replace").splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            return text.lower().replace('"', "")
    return ""


def part_of(table: NumberTable, kind: Kind, t_s: FloatArray, values: FloatArray, metadata: Mapping[str, str]) -> Part:
    """A part whose rows are the rows of a table."""
    return Part(kind, table.rows(), t_s, values, table.problems, metadata)
