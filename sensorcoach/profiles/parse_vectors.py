"""Reads the `[[vectors]]` of a profile: packets of known content."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

from ..errors import ProfileError
from .model import ACC_UNITS_MS2, GYRO_UNITS_RADS, ExpectedRow, Param, Stream, Vector
from .parse_values import read_chosen
from .reader import HEX, Table, hex_problem, is_number, nearest, parse_hex, shown

_ACC_KEYS: Final = {"acc_g": ACC_UNITS_MS2["g"], "acc_ms2": 1.0}
_GYRO_KEYS: Final = {"gyr_dps": GYRO_UNITS_RADS["dps"], "gyr_rads": 1.0}


def read_vector(table: Table, streams: Sequence[Stream], gatt: Collection[str], params: Mapping[str, Param]) -> Vector:
    """One `[[vectors]]` table. Packets are `{ channel = …, hex = … }`, or bare hex for the first stream."""
    vector = Vector(
        what=table.text("what"),
        source=table.text("source"),
        params=read_chosen(table, "params", params),
        packets=_read_packets(table, streams, gatt),
        count=table.integer("count"),
        rows=tuple(_read_row(row) for row in table.tables("rows")),
        ticks=_read_numbers(table, "ticks"),
        malformed=table.integer("malformed", 0),
        battery_percent=_read_percent(table),
        rr_s=tuple(float(v) for v in _read_numbers(table, "rr_s")),
    )
    table.close()
    if vector.count and not vector.rows:
        raise table.wrong("rows", "at least one row with the values of a sample")
    return vector


def _read_packets(table: Table, streams: Sequence[Stream], gatt: Collection[str]) -> tuple[tuple[str, bytes], ...]:
    packets = []
    for item in cast(list[Any], table.anything("packets") or []):
        channel, text = (
            (item.get("channel"), item.get("hex")) if isinstance(item, Mapping) else (streams[0].channel, item)
        )
        payload = parse_hex(text)
        if channel not in gatt or payload is None:
            raise ProfileError(
                f"{table.source}: {table.key('packets')} holds {shown(item)}; {HEX}, or a table "
                "with a channel from [gatt] and hex, is meant.",
                hex_problem(text) if channel in gatt else nearest(str(channel), gatt),
            )
        packets.append((str(channel), payload))
    if not packets:
        raise table.wrong("packets", "a list of packets")
    return tuple(packets)


def _read_numbers(table: Table, key: str) -> tuple[Any, ...]:
    value = table.anything(key) or []
    if not isinstance(value, list) or not all(is_number(v) for v in value):
        raise table.wrong(key, "a list of numbers")
    return tuple(value)


def _read_percent(table: Table) -> float | None:
    value = table.number("battery_percent", -1.0, low=0, high=100)
    return None if value < 0 else value


def _read_row(table: Table) -> ExpectedRow:
    acc, acc_unit = _read_triple(table, _ACC_KEYS)
    gyr, gyr_unit = _read_triple(table, _GYRO_KEYS)
    tolerance = table.number("tolerance", 1e-3, low=0.0)
    row = ExpectedRow(table.integer("at", 0), acc, gyr, tolerance * acc_unit, tolerance * gyr_unit)
    table.close()
    return row


def _read_triple(table: Table, keys: Mapping[str, float]) -> tuple[tuple[float, float, float] | None, float]:
    found: tuple[float, float, float] | None = None
    unit = 1.0
    for key, si in keys.items():
        value = table.anything(key)
        if value is None:
            continue
        if not (isinstance(value, list) and len(value) == 3 and all(is_number(v) for v in value)):
            raise table.wrong(key, "a list of three numbers")
        found, unit = (value[0] * si, value[1] * si, value[2] * si), si
    return found, unit
