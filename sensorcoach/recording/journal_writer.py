"""Writes a journal: append-only, whole lines, on disk before anything is decoded.

When a line goes to the system (every second), when it is forced to the disk (every ten) and when a new segment begins
(every hour) depend on the stream times of the items alone; the writer asks no clock. Not thread-safe: one thread owns a
writer, and it should be one that may wait for the disk, for `fsync` and compression take their time.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ..errors import OutputError
from ..samples import NS
from .journal_format import Item, JournalHeader, Note, encode_header, encode_item
from .segments import claim, segment_path

SEGMENT_S: Final = 3600.0
SYNC_S: Final = 10.0
"""A power cut costs at most this much; a killed process at most `FLUSH_S`."""
FLUSH_S: Final = 1.0
FLUSH_BYTES: Final = 256 << 10
HELD_BYTES: Final = 16 << 20
"""What waits in memory while the disk takes nothing: more than an hour of six axes at 100 Hz. The oldest goes first."""

GZIP_LEVEL: Final = 6
"""A day of six axes takes 4 s of CPU to compress; at level 9 it takes 25 s, for one per cent."""

_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)


class JournalWriter:
    """A new journal folder.

    Parameters
    ----------
    folder : Path
        Must not exist; its parents are made.
    header : JournalHeader
    segment_s, sync_s : float, s
        Stream time per segment, and between calls of fsync.
    compress : bool
        Gzip a segment once it is closed.

    Raises
    ------
    OutputError
        From the constructor when the journal cannot be made. From `append`, `flush` and `close` when the disk takes
        nothing: the lines are kept (up to `HELD_BYTES`) and tried again with the next flush, so the caller tells the
        wearer and goes on. What had to be dropped is said in a note in the journal.

    Attributes
    ----------
    lost : int
        Lines that are not in the journal as they should be; counted to the end once it is closed.
    """

    def __init__(
        self,
        folder: str | Path,
        header: JournalHeader,
        *,
        segment_s: float = SEGMENT_S,
        sync_s: float = SYNC_S,
        compress: bool = True,
    ) -> None:
        self.folder = Path(folder)
        self._header = header
        self._packable = header.packable()
        self._segment_ns, self._sync_ns = round(segment_s * NS), round(sync_s * NS)
        self._compress = compress
        self._number = 0
        self._file = -1  # descriptor of the open segment
        self._good_size = 0  # of the open segment: everything before it is whole lines
        self._torn = False  # half a line stands at the end of the segment and could not be taken away
        self._held: deque[bytes] = deque()
        self._held_bytes = 0
        self._lost = 0  # lines that the next note has to tell of
        self.lost = 0
        self._span: int | None = None  # the segment's index in stream time
        self._now_ns = self._flushed_ns = self._synced_ns = 0  # stream time of the last item, try and sync
        self._failing = False
        self._closed = False
        self._make_folder()
        try:
            self._open_segment()
        except OutputError:
            with contextlib.suppress(OSError):
                self.folder.rmdir()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, item: Item | Note) -> None:
        """Add one item. Stream times should not decrease; an hour that is over begins a new segment."""
        if self._closed:
            raise OutputError(f"The recording {self.folder} is closed.")
        line = encode_item(item, self._header.default_sensor, self._packable)
        self._now_ns = max(self._now_ns, item.t_ns)
        span = self._now_ns // self._segment_ns
        if self._span is None:
            self._span, self._flushed_ns, self._synced_ns = span, self._now_ns, self._now_ns
        try:
            if span > self._span and not self._waiting():
                self.flush(sync=True)
                self._finish_segment()
                self._span = span
        finally:  # whatever befalls the old segment, the item is kept
            self._hold(line)
        full = self._held_bytes >= FLUSH_BYTES and not self._failing
        if full or self._now_ns - self._flushed_ns >= FLUSH_S * NS:
            self.flush(sync=self._now_ns - self._synced_ns >= self._sync_ns)

    def flush(self, *, sync: bool = False) -> None:
        """Hand everything to the system, so that it outlives this process; with `sync` to the disk."""
        self._flushed_ns = self._now_ns
        self._failing = True
        if self._file < 0:
            self._open_segment()
        note = b""
        if self._lost:
            text = f"{self._lost} lines before this one are lost: nothing could be written"
            note = encode_item(Note(self._now_ns, text), self._header.default_sensor)
        try:
            self._write(note + b"".join(self._held))
            self._held.clear()
            self._held_bytes = self._lost = 0
            if sync:
                os.fsync(self._file)
                self._synced_ns = self._now_ns
        except OSError as error:
            raise self._failure(error) from None
        self._failing = False

    def close(self) -> None:
        """Write what is left and finish the last segment. Closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        try:
            self.flush(sync=True)
        finally:
            self.lost += len(self._held)
            self._finish_segment()

    def _waiting(self) -> bool:
        """Whether it is too early to try again after a failure."""
        return self._failing and self._now_ns - self._flushed_ns < FLUSH_S * NS

    def _hold(self, line: bytes) -> None:
        self._held.append(line)
        self._held_bytes += len(line)
        while self._held_bytes > HELD_BYTES:
            self._held_bytes -= len(self._held.popleft())
            self._lost += 1
            self.lost += 1

    def _write(self, data: bytes) -> None:
        """All of `data`, or none of it: a segment never keeps half a line that more lines could follow."""
        rest = memoryview(b"\n" + data if self._torn and data else data)
        size = len(rest)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            if len(rest) < size:
                try:
                    os.ftruncate(self._file, self._good_size)
                except OSError:
                    self._torn = True
                    self.lost += 1
                    self._good_size += size - len(rest)
            raise
        self._torn = False
        self._good_size += size

    def _make_folder(self) -> None:
        try:
            self.folder.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)  # names tell of wearers, too
            self.folder.mkdir(mode=_FOLDER_MODE)
        except FileExistsError:
            raise OutputError(
                f"{self.folder} exists already; recordings are never overwritten.", "Choose another name."
            ) from None
        except OSError as error:
            raise self._failure(error) from None

    def _open_segment(self) -> None:
        """Begin the next segment with its header; on failure nothing is left behind."""
        path = segment_path(self.folder, self._number + 1)
        line = encode_header(self._header, self._number + 1)
        try:
            self._file = os.open(path, _NEW_FILE, _FILE_MODE)
            claim(self._file)
            self._good_size, self._torn = 0, False
            self._write(line)
            os.fsync(self._file)
            _sync_folder(self.folder)
        except OSError as error:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
                with contextlib.suppress(OSError):
                    path.unlink()
            raise self._failure(error) from None
        self._number += 1

    def _finish_segment(self) -> None:
        if self._file < 0:
            return
        os.close(self._file)
        self._file = -1
        if self._compress:
            with contextlib.suppress(OSError):  # no room for the second copy: the plain segment is as good
                compress_segment(self.folder, self._number)

    def _failure(self, error: OSError) -> OutputError:
        reason = error.strerror or str(error)
        return OutputError(
            f"The recording {self.folder} cannot be written: {reason}.",
            "Free some space, or choose another folder that may be written to.",
        )


def compress_segment(folder: Path, number: int) -> None:
    """Replace a closed segment by its gzipped form; at every moment at least one of the two is whole.

    The result depends on the content alone (no name or time inside). Raises OSError and leaves the segment as it was.
    """
    plain, gzipped = segment_path(folder, number), segment_path(folder, number, gzipped=True)
    part = folder / f".{gzipped.name}.part"
    try:
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), _FILE_MODE)
        with plain.open("rb") as source, os.fdopen(file, "wb") as target:
            with gzip.GzipFile("", "wb", GZIP_LEVEL, target, mtime=0) as packed:
                shutil.copyfileobj(source, packed, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        part.replace(gzipped)
        plain.unlink()
        _sync_folder(folder)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make new names outlive a power cut, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
