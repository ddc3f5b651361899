"""Recordings for other programs; the form goes by the ending of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ...errors import UsageError
from .bundle import Bundle, SensorSamples
from .edf import write_edf
from .table_files import samples_metadata, samples_table, write_tables
from .xdf import write_xdf

WRITERS: Final[Mapping[str, Callable[[Bundle, Path], list[Path]]]] = {
    ".csv": write_tables,
    ".parquet": write_tables,
    ".edf": write_edf,
    ".xdf": write_xdf,
}


def writer_for(path: Path) -> Callable[[Bundle, Path], list[Path]]:
    """What writes a file of this name; it returns the files it wrote.

    Raises
    ------
    UsageError
        The ending names no form.
    """
    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    writer = WRITERS.get(ending.lower())
    if writer is None or (path.suffix == ".gz" and ending.lower() != ".csv"):
        raise UsageError(f"The ending of {path} names no form.", "Choose one of .csv, .csv.gz, .parquet, .edf, .xdf.")
    return writer


__all__ = ["WRITERS", "Bundle", "SensorSamples", "samples_metadata", "samples_table", "writer_for"]
