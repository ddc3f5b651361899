"""Reads the `[[stream]]` tables of a profile: framing, joins, samples, device time, scales."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal, cast

from ..errors import ProfileError
from .model import (
    ACC_FIELDS,
    ACC_UNITS_MS2,
    GYRO_FIELDS,
    GYRO_UNITS_RADS,
    NUMBER_TYPES,
    TEXT_TYPE,
    TIME_UNITS_NS,
    ByParam,
    Checksum,
    Counter,
    DeviceTime,
    Field,
    Framing,
    Join,
    Param,
    Quantity,
    Samples,
    ScaleFrom,
    Stream,
)
from .parse_values import read_channel, read_conditions, read_number
from .reader import Table, nearest, shown

_FIELD: Final = re.compile(r"([a-z_][a-z0-9_]*):([a-z0-9]+)")
_INTEGERS: Final = tuple(t for t in NUMBER_TYPES if t[0] in "iu")


def read_stream(table: Table, gatt: Collection[str], params: Mapping[str, Param]) -> Stream:
    """One `[[stream]]` table."""
    inner = table.table("samples")
    if inner is None:
        raise table.wrong("samples", "a table that says where the samples stand")
    samples = _read_samples(inner, params)
    names = [f.name for group in samples.groups for f in group]
    acc = _read_quantity(table, "acc", ACC_UNITS_MS2, ACC_FIELDS, names, gatt, params)
    gyro = _read_quantity(table, "gyro", GYRO_UNITS_RADS, GYRO_FIELDS, names, gatt, params)
    if acc is None and gyro is None:
        raise ProfileError(f"{table.source}: {table.path} has neither acc nor gyro; at least one of them is meant.")
    clock = table.table("time")
    time = _read_time(clock, samples) if clock else None
    framing, join = _read_framing(table), _read_join(table, params)
    if (samples.codec == "text-csv") != (framing is not None and framing.line):
        raise inner.wrong("codec", "'text-csv' together with framing.line = true, or neither,")
    stream = Stream(
        channel=read_channel(table, "channel", gatt),
        when=read_conditions(table),
        length=table.maybe_integer("length", low=1, high=4096),
        prefix=table.bytes_("prefix", b""),
        framing=framing,
        join=join,
        samples=samples,
        time=time,
        on_change=table.flag("on_change", False),
        counter=_read_counter(table),
        acc=acc,
        gyro=gyro,
    )
    table.close()
    if samples.codec and (stream.counter is not None or samples.count_at is not None):
        raise table.wrong(
            "counter" if stream.counter else "samples", "a message without a counter or count_at (a codec)"
        )
    if samples.codec == "text-csv" and time is not None and time.at is not None:
        raise table.wrong("time", 'field = "…" (text has no numbers at fixed places)')
    if stream.on_change and time is not None:
        raise table.wrong("on_change", "false (or no time table: a device that sends on change is dated by arrival)")
    return stream


def _read_samples(table: Table, params: Mapping[str, Param]) -> Samples:
    codec = cast(Literal["", "polar-delta", "text-csv"], table.word("codec", ("", "polar-delta", "text-csv"), ""))
    groups = _read_groups(table, codec == "text-csv")
    value = table.anything("count")
    count_at = table.maybe_integer("count_at", high=512)
    count = None if value in (None, "fill") or count_at is not None else read_number(table, "count", params)
    counts = count.values.values() if isinstance(count, ByParam) else (count,)
    if any(c is not None and (c < 1 or c != int(c)) for c in counts):
        raise table.wrong("count", 'a whole number of samples, or "fill"')
    if value is not None and count_at is not None:
        raise table.wrong("count", "count or count_at, not both,")
    per_packet = read_number(table, "per_packet", params, default=count if count is not None else 1.0)
    samples = Samples(table.integer("at", 0, high=4096), groups, count, count_at, per_packet, codec)
    table.close()
    return samples


def _read_groups(table: Table, is_text: bool) -> tuple[tuple[Field, ...], ...]:
    layout = table.word("layout", ("interleaved", "planar"), "interleaved")
    value = table.anything("fields")
    groups = value if layout == "planar" else [value]
    meant = 'a list such as ["ax:i16", "ay:i16", "az:i16"]' + (" per array" if layout == "planar" else "")
    if not isinstance(groups, list) or not all(isinstance(g, list) and g for g in groups):
        raise table.wrong("fields", meant)
    read = tuple(tuple(_read_field(table, item, is_text, meant) for item in group) for group in groups)
    names = [f.name for group in read for f in group if f.name != "_"]
    for name in names:
        if names.count(name) > 1:
            raise table.wrong(
                "fields", f"each name once (unused bytes are named _), but {name!r} comes twice: a list without repeats"
            )
    return read


def _read_field(table: Table, item: Any, is_text: bool, meant: str) -> Field:
    parts = _FIELD.fullmatch(item) if isinstance(item, str) else None
    types = (TEXT_TYPE,) if is_text else tuple(NUMBER_TYPES)
    if parts is None or parts[2] not in types:
        advice = nearest(parts[2], types) if parts else ""
        raise ProfileError(
            f"{table.source}: {table.key('fields')} holds {shown(item)}; {meant} is meant, "
            f"with types {', '.join(types)}.",
            advice,
        )
    return Field(parts[1], parts[2])


def _read_quantity(
    table: Table,
    key: str,
    units: Mapping[str, float],
    fields: tuple[str, ...],
    names: Collection[str],
    gatt: Collection[str],
    params: Mapping[str, Param],
) -> Quantity | None:
    inner = table.table(key)
    if inner is None:
        return None
    if not set(fields) <= set(names):
        raise table.wrong("samples", f"fields with {', '.join(fields)} for {key}")
    scale_from = inner.table("scale_from")
    quantity = Quantity(
        read_number(inner, "scale", params),
        units[inner.word("unit", tuple(units))],
        _read_scale_from(scale_from, gatt) if scale_from else None,
    )
    inner.close()
    return quantity


def _read_scale_from(table: Table, gatt: Collection[str]) -> ScaleFrom:
    read = ScaleFrom(
        read_channel(table, "channel", gatt),
        read_conditions(table),
        table.integer("at", high=512),
        table.word("type", tuple(NUMBER_TYPES)),
        table.number("default", 1.0, low=1e-4, high=1e4),
    )
    table.close()
    return read


def _read_time(table: Table, samples: Samples) -> DeviceTime:
    names = {f.name: f.type for group in samples.groups for f in group}
    unit_ns = TIME_UNITS_NS[table.word("unit", tuple(TIME_UNITS_NS))]
    tick_ns = unit_ns * table.integer("step", 1, low=1, high=1_000_000)
    marks = cast(Literal["first", "last"], table.word("marks", ("first", "last")))
    if "field" in table:
        name = table.text("field")
        if name not in names:
            raise table.wrong("field", "one of samples.fields", nearest(name, names))
        if samples.count != 1.0:
            raise table.wrong("field", "at = offset (a time in the fields needs samples.count = 1)")
        time = DeviceTime(None, name, names[name], tick_ns, marks)
    else:
        time = DeviceTime(table.integer("at", high=512), "", table.word("type", _INTEGERS), tick_ns, marks)
    table.close()
    return time


def _read_counter(table: Table) -> Counter | None:
    inner = table.table("counter")
    if inner is None:
        return None
    counter = Counter(
        inner.integer("at", high=512),
        inner.word("type", _INTEGERS),
        cast(Literal["samples", "packets"], inner.word("counts", ("samples", "packets"))),
    )
    inner.close()
    return counter


def _read_framing(table: Table) -> Framing | None:
    inner = table.table("framing")
    if inner is None:
        return None
    checksum = inner.table("checksum")
    framing = Framing(
        sync=inner.bytes_("sync", b""),
        length=inner.maybe_integer("length", low=1, high=4096),
        length_at=inner.maybe_integer("length_at", high=64),
        overhead=inner.integer("overhead", 0, high=64),
        checksum=_read_checksum(checksum) if checksum else None,
        line=inner.flag("line", False),
    )
    inner.close()
    ways = (framing.line, framing.length is not None, framing.length_at is not None)
    if sum(ways) != 1 or framing.line == bool(framing.sync):
        raise table.wrong("framing", "sync with length, sync with length_at and overhead, or line = true,")
    return framing


def _read_checksum(table: Table) -> Checksum:
    kind = cast(Literal["sum8", "xor8", "crc16", "crc32"], table.word("kind", ("sum8", "xor8", "crc16", "crc32")))
    checksum = Checksum(kind, table.integer("at", low=-4, high=64), table.integer("start", 0, high=64))
    table.close()
    return checksum


def _read_join(table: Table, params: Mapping[str, Param]) -> Join | None:
    inner = table.table("join")
    if inner is None:
        return None
    join = Join(
        inner.bytes_("first"),
        inner.bytes_("following"),
        inner.integer("strip", 0, high=64),
        read_number(inner, "total", params),
        inner.integer("part", 152, low=8, high=512),
    )
    inner.close()
    if not join.first or not join.following:
        raise inner.wrong("first" if not join.first else "following", "at least one byte")
    return join


def check_alternatives(streams: Sequence[Stream], source: str) -> None:
    """Streams with acceleration are forms of one stream, so their clock and what they carry must be the same.

    Raises
    ------
    ProfileError
    """
    for group in ([s for s in streams if s.acc], [s for s in streams if not s.acc]):
        for i, stream in enumerate(group[1:], 1):
            for key in ("time", "counter", "on_change"):
                if getattr(stream, key) != getattr(group[0], key):
                    raise ProfileError(
                        f"{source}: stream {i}'s {key} differs from that of the first one; streams are "
                        "alternative forms of the same samples, so the same is meant."
                    )
            if (stream.gyro is None) != (group[0].gyro is None):
                raise ProfileError(f"{source}: some streams have gyro beside acc, some not; the same in all is meant.")
    if any(s.acc and s.gyro for s in streams) and not all(s.acc for s in streams):
        raise ProfileError(f"{source}: gyro comes both beside acc and in a stream of its own; one of the two is meant.")
