"""The lines of a journal: the header, and what becomes of packets, ticks, commands and notes as JSON and back.

`docs/journal-format.md` describes the format for other readers.
"""

from __future__ import annotations

import json
import math
import types
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Final, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from ..errors import InputError
from ..events import COMMANDS, Command
from ..samples import Packet, Tick
from .packing import Rows, packed, rows_of, unpacked

FORMAT_NAME: Final = "sensorcoach-journal"
VERSION: Final = (2, 0)
"""Major: older readers must refuse. Minor: older readers may skip the lines they do not know.

1.0 had neither packed payloads nor a wearer; it is read like any other."""

INT64_LIMIT: Final = 2**63
_NOTHING: Final[Mapping[tuple[str, str], Rows]] = types.MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in the journal that the engine does not hear, such as "12 lines lost: the disk was full"."""

    t_ns: int
    text: str


Item: TypeAlias = Packet | Tick | Command
"""What a journal gives back, and exactly what the engine is fed."""


@dataclass(frozen=True, slots=True)
class SensorHeader:
    """One sensor of a journal.

    Attributes
    ----------
    name, site : str
        As in `samples.StreamInfo`.
    device_name, address : str
        What the radio called it; empty for none.
    profile : mapping
        The device profile as it stood in its TOML file, so that the journal can be decoded without it.
    params : mapping
        What was asked of the device: rate, range and the like.
    """

    name: str
    site: str
    device_name: str = ""
    address: str = ""
    profile: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """What every segment of a journal says first.

    Attributes
    ----------
    sensors : tuple of SensorHeader
        At least one; packets of the first do not name their sensor.
    created_wall_ns : int
        Unix time of the journal's creation, ns.
    utc_offset_s : int
        Offset of local time from UTC at that moment.
    origin_wall_ns : int
        Unix time at the zero of the stream clock, ns.
    writer : str
        Program and version that wrote it.
    wearer : str
        Who wore the sensors; empty where nobody said.
    """

    sensors: tuple[SensorHeader, ...]
    created_wall_ns: int = 0
    utc_offset_s: int = 0
    origin_wall_ns: int = 0
    writer: str = ""
    wearer: str = ""

    @property
    def default_sensor(self) -> str:
        """The sensor a packet line without a name belongs to."""
        return self.sensors[0].name

    def packable(self) -> dict[tuple[str, str], Rows]:
        """Sensors and channels whose payloads hold rows of samples, by their profiles."""
        return {
            (sensor.name, channel): rows for sensor in self.sensors for channel, rows in rows_of(sensor.profile).items()
        }


def encode_header(header: JournalHeader, segment: int) -> bytes:
    """First line of a segment."""
    first = {"format": FORMAT_NAME, "version": ".".join(map(str, VERSION)), "segment": segment}
    return _line(first | header_content(header))


def header_content(header: JournalHeader) -> dict[str, Any]:
    """What a header says of the recording, ready for JSON; where no wearer is named, that is left out."""
    content = {
        "created_wall_ns": header.created_wall_ns,
        "utc_offset_s": header.utc_offset_s,
        "origin_wall_ns": header.origin_wall_ns,
        "writer": header.writer,
        "sensors": [{f.name: getattr(sensor, f.name) for f in fields(sensor)} for sensor in header.sensors],
    }
    return content | ({"wearer": header.wearer} if header.wearer else {})


def decode_header(line: bytes, name: str) -> JournalHeader:
    """The header in a segment's first line.

    Raises
    ------
    InputError
        When a newer major version wrote it.
    ValueError
        When it is no header, with the reason in words.
    """
    content = parse_json(line)
    if not isinstance(content, dict) or content.get("format") != FORMAT_NAME:
        raise ValueError("another kind of content")
    version = str(content.get("version", ""))
    major, _, minor = version.partition(".")
    if not (major.isascii() and major.isdigit() and len(major) < 5 and minor):
        raise ValueError(f"unknown version {version[:20]!r}")
    if int(major) > VERSION[0]:
        raise InputError(
            f"{name} is a journal of version {version}; this sensorcoach reads up to version {VERSION[0]}.x.",
            "Update sensorcoach to read it.",
        )
    _line(content)  # numbers that JSON cannot say, such as 1e999, are refused here, not when it is written again
    listed = content.get("sensors")
    if not isinstance(listed, list) or not listed:
        raise ValueError("no sensors")
    sensors = tuple(_build(SensorHeader, entry) for entry in listed)
    return _build(JournalHeader, content | {"sensors": sensors})  # type: ignore[no-any-return]


def encode_item(item: Item | Note, default_sensor: str, packable: Mapping[tuple[str, str], Rows] = _NOTHING) -> bytes:
    """One item as a line, with its line feed.

    Parameters
    ----------
    packable : mapping
        As `JournalHeader.packable` says; payloads of other channels are written as they are.
    """
    if isinstance(item, Packet):
        origin = _origin(item.sensor, item.channel, default_sensor)
        rows = packable.get((item.sensor, item.channel))
        short = None if rows is None else packed(item.payload, rows)
        if rows is None or short is None:
            return b'{"t":%d,%b,"d":"%b"}\n' % (item.t_ns, origin, b2a_base64(item.payload, newline=False))
        return b'{"t":%d,%b,"r":[%d,%d],"z":"%b"}\n' % (item.t_ns, origin, *rows, b2a_base64(short, newline=False))
    if isinstance(item, Tick):
        return b'{"t":%d,"k":"tick","w":%d,"o":%d}\n' % (item.t_ns, item.wall_ns, item.utc_offset_s)
    if isinstance(item, Note):
        return _line({"t": item.t_ns, "k": "note", "text": item.text})
    content = {f.name: getattr(item, f.name) for f in fields(item) if f.name != "t_ns"}
    return _line({"t": item.t_ns, "k": "command", "command": item.kind} | content)


def decode_item(line: bytes, header: JournalHeader) -> Item | Note | None:
    """The item in a line; None for a kind of line this version does not know.

    Raises
    ------
    ValueError
        When the line is damaged, with the reason in words.
    """
    content = parse_json(line)
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    t_ns = _integer(content, "t")
    if "d" in content or "z" in content:
        return _packet(t_ns, content, header)
    kind = content.get("k")
    if kind == "tick":
        return Tick(t_ns, _integer(content, "w"), _integer(content, "o"))
    if kind == "note":
        return Note(t_ns, str(content.get("text", "")))
    if kind == "command":
        command = COMMANDS.get(str(content.get("command")))
        return None if command is None else _build(command, content | {"t_ns": t_ns})
    if isinstance(kind, str):
        return None
    raise ValueError("neither a packet nor any other kind of line")


def parse_json(line: bytes) -> Any:
    """One JSON value; every way in which bytes can fail to be one is a ValueError."""
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError("not readable as JSON") from None


def decode_payload(text: str) -> bytes:
    """Bytes from base64 text, strictly."""
    return a2b_base64(text, strict_mode=True)


def rows_from(value: Any) -> Rows:
    """The rows that a packed line names, or ValueError."""
    if not isinstance(value, list) or len(value) != 2 or any(type(v) is not int for v in value):
        raise ValueError("a packet that does not say where its rows are")
    return value[0], value[1]


def _packet(t_ns: int, content: dict[str, Any], header: JournalHeader) -> Packet:
    sensor, channel, data = content.get("s", header.default_sensor), content.get("c"), content.get("d")
    is_packed = "d" not in content
    if is_packed:
        data = content["z"]
    if not isinstance(channel, str) or not isinstance(data, str):
        raise ValueError("a packet without channel or data")
    if all(sensor != known.name for known in header.sensors):
        raise ValueError("a packet of a sensor that the header does not name")
    try:
        payload = decode_payload(data)
    except ValueError:
        raise ValueError("a packet whose data are not base64") from None
    return Packet(t_ns, sensor, channel, unpacked([payload], rows_from(content.get("r")))[0] if is_packed else payload)


@cache
def _origin(sensor: str, channel: str, default_sensor: str) -> bytes:
    named = {"c": channel} if sensor == default_sensor else {"s": sensor, "c": channel}
    return _line(named).strip(b"{}\n")


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def _integer(content: Mapping[str, Any], key: str) -> int:
    value = content.get(key)
    if type(value) is not int or not _is_number(value):
        raise ValueError(f"no whole number under {key!r}")
    return value


def _build(cls: Callable[..., Any], content: Any) -> Any:
    """A dataclass from a mapping, checked against its annotations; keys it does not know are left out."""
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    hints = _hints(cls)
    values = {}
    for f in fields(cls):  # type: ignore[arg-type]
        if f.name in content:
            values[f.name] = _coerce(hints[f.name], content[f.name], f.name)
        elif f.default is MISSING and f.default_factory is MISSING:
            raise ValueError(f"{f.name!r} is missing")
    return cls(**values)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _coerce(hint: Any, value: Any, name: str) -> Any:
    """`value` as the annotation `hint` wants it (plain types, tuples, mappings, optional), or ValueError."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        return _coerce(next(a for a in args if a is not type(None)), value, name)
    if origin is tuple and isinstance(value, list | tuple):
        if args[-1] is Ellipsis:
            return tuple(_coerce(args[0], v, name) for v in value)
        if len(args) == len(value):
            return tuple(_coerce(a, v, name) for a, v in zip(args, value, strict=True))
    if hint is float and _is_number(value):
        return float(value)
    if hint is str and isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is JSON but no text
    is_int = hint is int and type(value) is int and _is_number(value)
    is_mapping = origin is Mapping and isinstance(value, dict)
    if is_int or is_mapping or (is_dataclass(hint) and isinstance(value, cast("type", hint))):
        return value
    raise ValueError(f"{name!r} is not what it should be")


def _is_number(value: Any) -> bool:
    if type(value) is int:
        return -INT64_LIMIT <= value < INT64_LIMIT
    return type(value) is float and math.isfinite(value)
