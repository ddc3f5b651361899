"""Writes tables (numpy structured arrays) as CSV, JSON lines or Parquet, in as many pieces as they come.

Not known is an empty field in CSV and null elsewhere. Numbers have as many decimals as they mean; times are exact.
"""

from __future__ import annotations

import gzip
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TextIO

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from .new_file import new_file, not_written

Table = NDArray[np.void]

FORMATS: Final = ("csv", "jsonl", "parquet")

EXACT: Final = -1
DECIMALS: Final[Mapping[str, int]] = MappingProxyType(
    {"_brpm": 2, "_deg": 2, "quality": 3, "depth": 3, "slouching": 0, "sigh": 0, "_s": EXACT}
)
"""Decimals by the end of a column's name; 6 for any other, but exact times in a column `t`."""

_ROWS_AT_ONCE: Final = 16_384
_NS_EXACT_S: Final = 4e6  # up to here a double holds every ns


class TableSink(ABC):
    """Takes the rows of one table."""

    @abstractmethod
    def write(self, rows: Table) -> None:
        """Add rows; all pieces have the same fields."""


@contextmanager
def open_table(
    target: str | Path | TextIO,
    dtype: np.dtype[Any],
    *,
    form: str | None = None,
    metadata: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[TableSink]:
    """A sink for the rows of a table.

    Parameters
    ----------
    target : path or text stream
        A file appears under its name only when the block ends without an error, whole, readable by its owner alone,
        in place of what was there; `.gz` packs it. A stream (standard output) is not closed.
    dtype : numpy dtype with fields
    form : `csv`, `jsonl`, `parquet`, or None
        None: by the file's name, CSV where that says nothing.
    metadata : mapping
        Leading `# key: value` lines of CSV, schema metadata of Parquet; JSON lines have none.

    Raises
    ------
    UsageError
        For a form that cannot be (unknown, or Parquet without pyarrow or to a stream).
    OutputError
        When the system does not take it. A broken pipe stays a BrokenPipeError: the reader has seen enough.
    """
    path = None if isinstance(target, io.TextIOBase) or hasattr(target, "write") else Path(str(target))
    form = form or _form_of(path)
    if form not in FORMATS:
        raise UsageError(f"There is no table format {form!r}.", f"Choose one of {', '.join(FORMATS)}.")
    try:
        if path is None:
            if form == "parquet":
                raise UsageError("Parquet cannot be written to a terminal or pipe.", "Name a file with -o.")
            assert not isinstance(target, str | Path)
            yield _text_sink(form, target, dtype, metadata)
            target.flush()
        else:
            with new_file(path) as part:
                if form == "parquet":
                    with _parquet_sink(part, dtype, metadata) as sink:
                        yield sink
                else:
                    with _text_file(part, packed=path.suffix == ".gz") as stream:
                        yield _text_sink(form, stream, dtype, metadata)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise not_written(path, error) from None


def write_table(
    table: Table,
    target: str | Path | TextIO,
    *,
    form: str | None = None,
    metadata: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Write a whole table; see `open_table`."""
    with open_table(target, table.dtype, form=form, metadata=metadata) as sink:
        sink.write(table)


class _CsvSink(TableSink):
    def __init__(self, stream: TextIO, dtype: np.dtype[Any], metadata: Mapping[str, object]) -> None:
        self._stream = stream
        self._names = dtype.names or ()
        for key, value in metadata.items():
            stream.write(f"# {' '.join(key.split())}: {' '.join(str(value).split())}\n")
        stream.write(",".join(self._names) + "\n")

    def write(self, rows: Table) -> None:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            piece = rows[start : start + _ROWS_AT_ONCE]
            columns = [_texts(name, piece[name], unknown="", quote=_quote_csv) for name in self._names]
            self._stream.write("\n".join(map(",".join, zip(*columns, strict=True))) + "\n")


class _JsonSink(TableSink):
    def __init__(self, stream: TextIO, dtype: np.dtype[Any]) -> None:
        self._stream = stream
        self._names = dtype.names or ()
        keys = (json.dumps(name).replace("%", "%%") for name in self._names)
        self._row = "{" + ", ".join(f"{key}: %s" for key in keys) + "}\n"

    def write(self, rows: Table) -> None:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            piece = rows[start : start + _ROWS_AT_ONCE]
            columns = [_texts(name, piece[name], unknown="null", quote=json.dumps) for name in self._names]
            self._stream.write("".join(map(self._row.__mod__, zip(*columns, strict=True))))


def _texts(name: str, column: NDArray[Any], *, unknown: str, quote: Any) -> list[str]:
    """A column's values as text."""
    if column.dtype.kind == "f":
        return _numbers(column.astype(np.float64), _decimals(name), unknown)
    if column.dtype.kind in "iub":
        return list(map(str, column.astype(np.int64).tolist()))
    words = column.astype(str).tolist()
    texts = {word: quote(word) for word in set(words)}
    return [texts[word] for word in words]


def _numbers(column: NDArray[np.float64], decimals: int, unknown: str) -> list[str]:
    column = np.where(np.isfinite(column), column, np.nan)
    if decimals == EXACT:
        tidy = np.where(np.abs(column) < _NS_EXACT_S, np.round(column, 9), column)
        text = "\n".join(map(repr, tidy.tolist()))
    else:
        column = np.round(column, decimals) + 0.0  # no "-0.00"
        text = "\n".join([f"%.{decimals}f"] * len(column)) % tuple(column.tolist())
    return text.replace("nan", unknown).split("\n")


def _decimals(name: str) -> int:
    return EXACT if name == "t" else next((n for end, n in DECIMALS.items() if name.endswith(end)), 6)


def _quote_csv(text: str) -> str:
    if any(c in text for c in ',"\r\n') or text.startswith("#"):
        return '"' + text.replace('"', '""') + '"'
    return text


def _text_sink(form: str, stream: TextIO, dtype: np.dtype[Any], metadata: Mapping[str, object]) -> TableSink:
    return _CsvSink(stream, dtype, metadata) if form == "csv" else _JsonSink(stream, dtype)


def _form_of(path: Path | None) -> str:
    endings = [] if path is None else [suffix[1:] for suffix in path.suffixes if suffix != ".gz"]
    known = next((ending for ending in endings if ending in FORMATS), None)
    if known is None and path is not None and endings and endings[-1].isalpha():
        raise UsageError(f"What form should {path.name} have?", f"End it in {', '.join(FORMATS)}, or say --format.")
    return known or "csv"


@contextmanager
def _text_file(path: Path, *, packed: bool) -> Iterator[TextIO]:
    with path.open("wb") as raw:
        if not packed:
            with io.TextIOWrapper(raw, encoding="utf-8", newline="\n") as stream:
                yield stream
            return
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as gz,
            io.TextIOWrapper(gz, encoding="utf-8", newline="\n") as stream,
        ):
            yield stream


@contextmanager
def _parquet_sink(path: Path, dtype: np.dtype[Any], metadata: Mapping[str, object]) -> Iterator[TableSink]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UsageError(
            "Parquet needs the package pyarrow.", 'Install it with: pip install "sensorcoach[parquet]"'
        ) from None
    names = dtype.names or ()
    types = {"f": pa.float64(), "i": pa.int64(), "u": pa.int64(), "b": pa.bool_()}
    schema = pa.schema(
        [(name, types.get(dtype[name].kind, pa.string())) for name in names],
        metadata={key: str(value) for key, value in metadata.items()},
    )

    class ParquetSink(TableSink):
        def write(self, rows: Table) -> None:
            columns = [
                pa.array(np.ascontiguousarray(rows[name]), type=field.type, from_pandas=True)
                for name, field in zip(names, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))

    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield ParquetSink()
