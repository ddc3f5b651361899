"""Messages out of notifications: prefixes taken off, byte streams cut into frames or lines, parts put together.

Each framer takes the payloads of one channel in order and keeps what is unfinished: never more than one message.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import repeat
from typing import Final, Protocol

import numpy as np

from ..profiles.model import Framing, Join, Params, Stream, number_of
from ..samples import IntArray
from .checksums import holds, whole_frames

LONGEST_LINE: Final = 1024
"""Bytes; text that goes on longer without an end is no line of a sensor."""
_NEW_LINE: Final = 0x0A


class Framer(Protocol):
    """Makes messages of payloads."""

    @property
    def malformed(self) -> int:
        """How often something had to be thrown away."""

    @property
    def unknown(self) -> int:
        """How many payloads were not for this stream."""

    def feed(self, payloads: Sequence[bytes]) -> tuple[Sequence[bytes], IntArray]:
        """Messages that became complete, and for each the position of the payload that completed it."""


def framer_for(stream: Stream, params: Params) -> Framer | None:
    """What a stream needs before its messages can be read; None where each payload is a message."""
    if stream.framing is not None:
        inner: Framer = Lines() if stream.framing.line else Frames(stream.framing)
        return Prefixed(stream.prefix, inner) if stream.prefix else inner
    if stream.join is not None:
        return Parts(stream.join, params)
    return None


class Prefixed:
    """Takes fixed bytes off the front of each payload."""

    def __init__(self, prefix: bytes, inner: Framer) -> None:
        self._prefix = prefix
        self._inner = inner
        self._wrong = 0

    @property
    def malformed(self) -> int:
        """Payloads without the prefix, and what the inner framer threw away."""
        return self._wrong + self._inner.malformed

    @property
    def unknown(self) -> int:
        """None: whatever comes is for this stream."""
        return 0

    def feed(self, payloads: Sequence[bytes]) -> tuple[Sequence[bytes], IntArray]:
        """See `Framer`."""
        begins = list(map(bytes.startswith, payloads, repeat(self._prefix)))
        if all(begins):
            return self._inner.feed(list(map(bytes.removeprefix, payloads, repeat(self._prefix))))
        right = np.flatnonzero(begins)
        self._wrong += len(payloads) - len(right)
        messages, positions = self._inner.feed([payloads[i].removeprefix(self._prefix) for i in right.tolist()])
        return messages, right[positions]


class Frames:
    """Cuts a byte stream at sync bytes; finds its way back after bytes that are no frame.

    `malformed` counts how often the next frame did not follow, or had a wrong checksum.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._rest = b""
        self._rest_begins = False  # whether it stood at the beginning of a payload
        self._aligned = False
        self.malformed = 0
        self.unknown = 0

    def feed(self, payloads: Sequence[bytes]) -> tuple[Sequence[bytes], IntArray]:
        """See `Framer`."""
        sound = whole_frames(payloads, self._framing)
        if not self._rest and sound.all():  # the usual case: every payload is a frame
            self._aligned |= bool(payloads)
            return payloads, np.arange(len(payloads))
        messages: list[bytes] = []
        positions: list[int] = []
        others = [*np.flatnonzero(~sound).tolist(), len(payloads)]
        at = 0
        while at < len(payloads):
            if sound[at] and not self._rest:  # a payload is a frame, and so are some behind it
                upto = others[bisect_left(others, at)]
                messages += payloads[at:upto]
                positions += range(at, upto)
                self._aligned = True
                at = upto
                continue
            found = self._cut(payloads[at])
            messages += found
            positions += [at] * len(found)
            at += 1
        return messages, np.array(positions, np.int64)

    def _cut(self, payload: bytes) -> list[bytes]:
        sync, checksum = self._framing.sync, self._framing.checksum
        data, at = self._rest + payload, 0
        begins = {len(self._rest), 0 if self._rest_begins else len(self._rest)}
        frames = []
        while True:
            start = data.find(sync, at)
            if start < 0:
                start = len(data) - _overlap(data[at:], sync)
            if start > at:
                self.malformed += self._aligned
                self._aligned = False
            at = start
            size = self._size(data, at)
            if size is None or len(data) < at + size:
                break
            frame = data[at : at + size]
            follows = data[at + size : at + size + 1]
            if checksum is not None:
                sound = holds(frame, checksum)
            else:  # sync bytes can stand inside a frame too: out of step, a payload must begin or a frame follow
                sound = self._aligned or at in begins or follows in (b"", sync[:1])
            if not sound:
                self.malformed += self._aligned
                self._aligned = False
                at += 1
                continue
            self._aligned = True
            frames.append(frame)
            at += size
        self._rest_begins = at in begins
        self._rest = data[at:]
        return frames

    def _size(self, data: bytes, at: int) -> int | None:
        """Length of the frame at `at`; None while that is not known."""
        framing = self._framing
        if framing.length is not None:
            return framing.length
        assert framing.length_at is not None
        place = at + framing.length_at
        return data[place] + framing.overhead if place < len(data) else None


class Lines:
    """Cuts text into lines. `malformed` counts lines that were too long."""

    def __init__(self) -> None:
        self._rest = b""
        self.malformed = 0
        self.unknown = 0

    def feed(self, payloads: Sequence[bytes]) -> tuple[Sequence[bytes], IntArray]:
        """See `Framer`."""
        text = self._rest + b"".join(payloads)
        breaks = np.flatnonzero(np.frombuffer(text, np.uint8) == _NEW_LINE)
        if np.diff(breaks, prepend=-1, append=len(text)).max() > LONGEST_LINE + 1:
            return self._one_by_one(payloads)
        ends = len(self._rest) + np.cumsum(np.fromiter(map(len, payloads), np.int64, len(payloads)))
        plain = text.replace(b"\r\n", b"\n") if b"\r" in text else text
        *lines, self._rest = (text if b"\r" in plain else plain).split(b"\n")
        if b"\r" in plain:
            lines = [line.strip(b"\r") for line in lines]
        return lines, np.searchsorted(ends, breaks, side="right")

    def _one_by_one(self, payloads: Sequence[bytes]) -> tuple[list[bytes], IntArray]:
        """Where a line is longer than any can be: what is given up depends on how much of it came with each payload."""
        messages: list[bytes] = []
        positions: list[int] = []
        for i, payload in enumerate(payloads):
            *lines, self._rest = (self._rest + payload).split(b"\n")
            messages += [line.strip(b"\r") for line in lines]
            positions += [i] * len(lines)
            if len(self._rest) > LONGEST_LINE:
                self._rest = b""
                self.malformed += 1
        return messages, np.array(positions, np.int64)


class Parts:
    """Puts messages together that come in several notifications. `malformed` counts those with a part missing."""

    def __init__(self, join: Join, params: Params) -> None:
        self._join = join
        self._total = int(number_of(join.total, params))
        self._part = b""
        self.malformed = 0
        self.unknown = 0

    def feed(self, payloads: Sequence[bytes]) -> tuple[Sequence[bytes], IntArray]:
        """See `Framer`."""
        messages: list[bytes] = []
        positions: list[int] = []
        for i, payload in enumerate(payloads):
            if payload.startswith(self._join.first):
                self.malformed += bool(self._part)
                self._part = payload
            elif payload.startswith(self._join.following):
                self.malformed += not self._part
                self._part = self._part and self._part + payload[self._join.strip :]
            else:
                self.unknown += 1
                continue
            if len(self._part) > self._total:
                self.malformed += 1
                self._part = b""
            elif len(self._part) == self._total:
                messages.append(self._part)
                positions.append(i)
                self._part = b""
        return messages, np.array(positions, np.int64)


def _overlap(data: bytes, sync: bytes) -> int:
    """How many bytes at the end of `data` may be the beginning of sync bytes."""
    return next((n for n in range(min(len(sync) - 1, len(data)), 0, -1) if data.endswith(sync[:n])), 0)
