"""From the tables of a profile file to a `DeviceProfile`, or a `ProfileError` that says exactly what is wrong."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from ..errors import ProfileError
from .model import (
    Characteristic,
    Check,
    Connect,
    DeviceProfile,
    Matcher,
    Param,
    Params,
    Trust,
)
from .parse_steps import read_battery, read_haptic, read_steps
from .parse_streams import check_alternatives, read_stream
from .parse_values import key_number, read_chosen
from .parse_vectors import read_vector
from .reader import Table, is_number, nearest, parse_hex

SCHEMA: Final = 1
CONVERSATIONS: Final = ("identify", "setup", "start", "stop")
PROPERTIES: Final = ("read", "write", "write-without-response", "notify", "indicate")

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_AXIS: Final = re.compile(r"[+-]?[xyz]")


def profile_from_dict(data: Mapping[str, Any], source: str) -> DeviceProfile:
    """Check and read the tables of a profile.

    Parameters
    ----------
    data : mapping
        As TOML gave it, or `DeviceProfile.to_dict` from a journal's header.
    source : str
        Where it came from; named in every complaint.

    Raises
    ------
    ProfileError
        Names source, key, what was found and what was meant.
    """
    top = Table(data, source)
    if top.integer("schema", low=1, high=99) != SCHEMA:
        raise top.wrong("schema", f"{SCHEMA}, the version of the profile language this program knows,")
    name = top.text("name")
    if not _NAME.fullmatch(name):
        raise top.wrong("name", "a name of small letters, digits and underscores")
    _refuse_without_gravity(top)
    gatt = _read_gatt(top)
    params = _read_params(top)
    uses = {use: _read_use(top, use, params) for use in top.items("use")}
    conversation = top.table("conversation")
    conversations = {part: read_steps(conversation, part, gatt, params) for part in CONVERSATIONS if conversation}
    if conversation:
        conversation.close()
    streams = tuple(read_stream(t, gatt, params) for t in top.tables("stream"))
    if not any(s.acc for s in streams):
        raise ProfileError(f"{source}: no [[stream]] has an acc table; at least one stream with acceleration is meant.")
    check_alternatives(streams, source)
    heart = top.text("heart_channel", "")
    if heart and heart not in gatt:
        raise top.wrong("heart_channel", "a name from [gatt]", nearest(heart, gatt))
    profile = DeviceProfile(
        name=name,
        title=top.text("title"),
        source=source,
        trust=cast(Trust, top.word("trust", ("A", "B", "C"))),
        sources=top.texts("sources"),
        notes=top.texts("notes", ()),
        axes=_read_axes(top),
        matchers=_read_matchers(top),
        priority=top.integer("priority", 0, low=-100, high=100),
        connect=_read_connect(top),
        gatt=gatt,
        params=params,
        uses=uses,
        conversations=conversations,
        streams=streams,
        heart_channel=heart,
        battery=read_battery(top.table("battery"), gatt, params),
        haptic=read_haptic(top.table("haptic"), gatt, params),
        vectors=tuple(read_vector(t, streams, gatt, params) for t in top.tables("vectors")),
        check=_read_check(top),
        raw=_plain(data, source),
    )
    top.close()
    if not profile.vectors:
        raise top.wrong("vectors", "at least one [[vectors]] table with packets of known content")
    return profile


def _refuse_without_gravity(top: Table) -> None:
    if not top.flag("gravity_included"):
        raise ProfileError(
            f"{top.source}: gravity_included is false, so this device cannot be used: without gravity in its signal "
            "there is no telling which way is down, hence no posture, and no breathing from slow tilt.",
            "If the device has another mode that sends raw acceleration, describe that mode instead.",
        )


def _uuid_list(table: Table, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    uuids = tuple(u.lower() for u in (table.texts(key) if default is None else table.texts(key, default)))
    for uuid in uuids:
        if not _UUID.fullmatch(uuid):
            raise table.wrong(
                key,
                "a full 128-bit UUID such as 0000180f-0000-1000-8000-00805f9b34fb",
                "Short forms hide vendors' look-alikes of the Bluetooth base, so they are not accepted.",
            )
    return uuids


def _read_gatt(top: Table) -> dict[str, Characteristic]:
    gatt: dict[str, Characteristic] = {}
    outer = top.table("gatt")
    for name in outer.data if outer else ():
        assert outer is not None
        table = outer.table(name)
        if table is None or not _NAME.fullmatch(name):
            raise outer.wrong(name, "a table with uuid, service and properties")
        properties = table.texts("properties")
        for word in properties:
            if word not in PROPERTIES:
                raise table.wrong("properties", f"a list of {', '.join(PROPERTIES)}", nearest(word, PROPERTIES))
        gatt[name] = Characteristic(_uuid_list(table, "uuid"), _uuid_list(table, "service")[0], properties)
        table.close()
    if not gatt:
        raise top.wrong("gatt", "a table of named characteristics")
    return gatt


def _read_params(top: Table) -> dict[str, Param]:
    params: dict[str, Param] = {}
    outer = top.table("params")
    for name in outer.data if outer else ():
        assert outer is not None
        table = outer.table(name)
        if table is None or not _NAME.fullmatch(name):
            raise outer.wrong(name, "a table with default and choices")
        choices, codes = _read_choices(table)
        default = table.number("default")
        if default not in choices:
            raise table.wrong("default", f"one of the choices {', '.join(f'{c:g}' for c in choices)}")
        params[name] = Param(default, choices, codes)
        table.close()
    if "rate_hz" not in params:
        raise ProfileError(f"{top.source}: params.rate_hz is missing; a table with default and choices is meant.")
    if min(params["rate_hz"].choices) <= 0:
        raise ProfileError(
            f"{top.source}: params.rate_hz.choices holds {min(params['rate_hz'].choices):g}; rates > 0 are meant."
        )
    return params


def _read_choices(table: Table) -> tuple[tuple[float, ...], dict[float, bytes]]:
    value = table.anything("choices")
    meant = 'a list of numbers, or a table of numbers and bytes such as { 25 = "19 00" }'
    if isinstance(value, list) and value and all(is_number(v) for v in value):
        return tuple(float(v) for v in value), {}
    if isinstance(value, Mapping) and value:
        codes = {key_number(k): parse_hex(v) for k, v in value.items()}
        if None not in codes and None not in codes.values():
            good = cast(dict[float, bytes], codes)
            return tuple(good), good
    raise table.wrong("choices", meant)


def _read_use(top: Table, use: str, params: Mapping[str, Param]) -> Params:
    uses = Table(top.items("use"), top.source, "use")
    if use not in ("live", "watch"):
        raise ProfileError(f"{top.source}: use.{use} is not known; use.live or use.watch is meant.")
    return read_chosen(uses, use, params)


def _read_matchers(top: Table) -> tuple[Matcher, ...]:
    matchers = []
    for table in top.tables("match"):
        manufacturer = table.maybe_integer("manufacturer_id", low=0, high=0xFFFF)
        services = _uuid_list(table, "service_uuid", ())
        matcher = Matcher(table.texts("local_name", ()), services, manufacturer)
        table.close()
        if matcher == Matcher():
            raise ProfileError(
                f"{top.source}: {table.path} is empty; local_name, service_uuid or manufacturer_id is meant."
            )
        matchers.append(matcher)
    return tuple(matchers)


def _read_connect(top: Table) -> Connect:
    table = top.table("connect")
    if table is None:
        return Connect()
    pair = cast(
        Literal["never", "on-auth-error", "always"], table.word("pair", ("never", "on-auth-error", "always"), "never")
    )
    connect = Connect(
        pair, table.integer("mtu_min", 23, low=23, high=517), table.number("settle_s", 0.0, low=0.0, high=60.0)
    )
    table.close()
    return connect


def _read_check(top: Table) -> Check:
    table = top.table("check")
    if table is None:
        return Check()
    check = Check(
        table.number("rest_tolerance", 0.15, low=0.01, high=1.0),
        table.number("rate_tolerance", 0.10, low=0.01, high=1.0),
    )
    table.close()
    return check


def _read_axes(top: Table) -> tuple[tuple[int, int], ...]:
    words = top.texts("axes", ("x", "y", "z"))
    letters = sorted(w[-1] for w in words)
    if letters != ["x", "y", "z"] or not all(_AXIS.fullmatch(w) for w in words):
        raise top.wrong("axes", 'each device axis once, with its sign, such as ["x", "-z", "y"],')
    return tuple(("xyz".index(w[-1]), -1 if w[0] == "-" else 1) for w in words)


def _plain(data: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A private copy that is known to survive JSON."""
    plain = copy.deepcopy(dict(data))
    try:
        json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ProfileError(f"{source}: holds a value that is no text, number, flag, list or table ({error}).") from None
    return plain
