"""Many packet lines of a journal at once: those that differ in nothing but their time and their data.

A writer gives the packets of one stream the same form, so most lines of a file have one of a few forms. The first line
of a form is read by `journal_format.decode_item`; the others are compared with it byte by byte, all together, and only
their digits and their base64 are read. What is not exactly of that form is left for `decode_item`, line by line.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..samples import IntArray, Packet
from .journal_format import JournalHeader, decode_item
from .packing import Rows, unpacked_rows

FEWEST: Final = 8
"""Lines of one length and padding; for fewer it is not worth while."""
MOST_FORMS: Final = 4
"""Forms looked for among those."""
SHORTEST: Final = len('=="}')
"""Bytes; a shorter line is none of a packet."""

FORM: Final = re.compile(
    rb'(?P<head>\{"t":)(?P<t>0|[1-9][0-9]{0,17})'
    rb'(?P<middle>,(?:"s":"[^"\\]*",)?"c":"[^"\\]*",(?:"d"|"r":\[(?P<at>[0-9]+),(?P<width>[0-9]+)\],"z"):")'
    rb'(?P<data>[A-Za-z0-9+/]+)(?P<pad>={0,2})(?P<tail>"\})'
)
"""A packet line as `encode_item` writes it, without anything that JSON would allow in other places."""


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Packets whose lines have one form.

    Attributes
    ----------
    places : int64 array, shape (n,)
        Which of the lines they are.
    sensor, channel : str
    t_ns : int64 array, shape (n,), ns
    payloads : array of bytes objects, shape (n,)
    """

    places: IntArray
    sensor: str
    channel: str
    t_ns: IntArray
    payloads: NDArray[Any]


def packets_alike(lines: Sequence[bytes], header: JournalHeader) -> Iterator[Alike]:
    """What can be read together; the places of all other lines are in none of the results.

    Every packet is exactly what `decode_item` would have read in its line.
    """
    lengths = np.fromiter(map(len, lines), np.int64, len(lines))
    order = np.argsort(lengths, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        if len(places) >= FEWEST and lengths[places[0]] >= SHORTEST:
            yield from _of_one_length([lines[i] for i in places.tolist()], places, header)


def _of_one_length(lines: list[bytes], places: IntArray, header: JournalHeader) -> Iterator[Alike]:
    """Where payloads vary in length, lines of one length end in all three paddings, each of them a form of its own."""
    rows = np.frombuffer(b"".join(lines), np.uint8).reshape(len(lines), len(lines[0]))
    padded = rows[:, -4:-2] == ord("=")
    padding = padded[:, 0].astype(np.int8) + padded[:, 1]
    for count in range(3):
        alike = padding == count
        if alike.all():
            yield from _of_one_shape(rows, places, header)
        elif np.count_nonzero(alike) >= FEWEST:
            yield from _of_one_shape(rows[alike], places[alike], header)


def _of_one_shape(rows: NDArray[np.uint8], places: IntArray, header: JournalHeader) -> Iterator[Alike]:
    for _ in range(MOST_FORMS):
        first = rows[0].tobytes()
        form = FORM.fullmatch(first)
        packet = None if form is None else _read(first, header)
        if form is None or packet is None:
            rows, places = rows[1:], places[1:]
        else:
            fit = _fitting(rows, form)
            mine = rows if fit.all() else rows[fit]
            payloads = _payloads(mine, form, len(packet.payload))
            if payloads is None:
                return
            t_ns = (mine[:, slice(*form.span("t"))] - ord("0")) @ _powers(len(form["t"]))
            yield Alike(places[fit], packet.sensor, packet.channel, t_ns, payloads)
            rows, places = rows[~fit], places[~fit]
        if len(rows) < FEWEST:
            return


def _read(line: bytes, header: JournalHeader) -> Packet | None:
    try:
        item = decode_item(line, header)
    except ValueError:
        return None
    return item if isinstance(item, Packet) else None


def _powers(digits: int) -> IntArray:
    return 10 ** np.arange(digits - 1, -1, -1, dtype=np.int64)


def _fitting(rows: NDArray[np.uint8], form: re.Match[bytes]) -> NDArray[np.bool_]:
    """Which lines have the same parts as the first, and digits where it has its time."""
    names = ("head", "middle", "pad", "tail") if form["pad"] else ("head", "middle", "tail")
    table = rows.view(
        {
            "names": names,
            "formats": [f"S{len(form[name])}" for name in names],
            "offsets": [form.start(name) for name in names],
            "itemsize": rows.shape[1],
        }
    )[:, 0]
    fit: NDArray[np.bool_] = rows[:, form.end("data") - 1] != ord("=")
    for name in names:
        fit &= table[name] == form[name]
    start, end = form.span("t")
    if not (rows[:, start:end] - ord("0") <= 9).all():
        for column in range(start, end):
            fit &= rows[:, column] - ord("0") <= 9
    if end - start > 1:
        fit &= rows[:, start] != ord("0")
    return fit


def _payloads(rows: NDArray[np.uint8], form: re.Match[bytes], length: int) -> NDArray[Any] | None:
    """Their payloads, or None where one of them is not base64."""
    pad = len(form["pad"])
    text = rows[:, form.start("data") : form.end("pad")]
    if pad:
        text = text.copy()
        text[:, -pad:] = ord("A")  # six bits that fall away again; so all can be read as one text
    try:
        data = a2b_base64(text.tobytes(), strict_mode=True)
    except ValueError:
        return None
    payloads = np.frombuffer(data, np.uint8).reshape(len(rows), length + pad)[:, :length]
    if form["at"] is not None:
        rows_at: Rows = int(form["at"]), int(form["width"])
        payloads = unpacked_rows(payloads, rows_at)
    return np.ascontiguousarray(payloads).view(f"V{length}")[:, 0].astype(object)
