"""Reads conversations, battery and haptic: what to write, read and wait for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final, Literal, cast

from ..errors import ProfileError
from .model import NUMBER_TYPES, Battery, Expect, Haptic, Param, Step
from .parse_values import key_number, read_channel, read_conditions
from .reader import HEX, Table, hex_problem, nearest, parse_hex

ACTIONS: Final = ("subscribe", "unsubscribe", "write", "read", "sleep", "expect")
PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?::([a-z0-9]+))?\}")
"""`{param}` or `{param:type}` in what is to be written."""


def read_steps(
    table: Table, key: str, gatt: Collection[str], params: Mapping[str, Param], extra: Collection[str] = ()
) -> tuple[Step, ...]:
    """A list of steps; `extra` names placeholders that are no parameters (such as `ms` of a buzz)."""
    return tuple(_read_step(item, gatt, params, extra) for item in table.tables(key))


def _read_step(table: Table, gatt: Collection[str], params: Mapping[str, Param], extra: Collection[str]) -> Step:
    found = [action for action in ACTIONS if action in table]
    if len(found) == 2 and found[1] == "expect":
        found = found[:1]
    if len(found) != 1:
        raise ProfileError(
            f"{table.source}: {table.path} has {found or 'no action'}; one of {', '.join(ACTIONS)} is meant."
        )
    action = cast(Literal["subscribe", "unsubscribe", "write", "read", "sleep", "expect"], found[0])
    channel = read_channel(table, action, gatt) if action not in ("sleep", "expect") else ""
    inner = table.table("expect")
    is_text = "text" in table
    step = Step(
        action,
        channel,
        template=_read_template(table, is_text, params, extra) if action == "write" else "",
        is_text=is_text,
        chunk=table.integer("chunk", 0, high=512),
        response=table.flag("response", True),
        sleep_s=table.number("sleep", 0.0, low=0.0, high=60.0),
        optional=table.flag("optional", False),
        expect=_read_expect(inner, channel, gatt) if inner else None,
    )
    table.close()
    return step


def _read_template(table: Table, is_text: bool, params: Mapping[str, Param], extra: Collection[str]) -> str:
    key = "text" if is_text else "hex"
    template = table.text(key)
    known = [*params, *extra]
    for name, kind in PLACEHOLDER.findall(template):
        if name not in known:
            if is_text:
                continue  # braces are ordinary characters in text
            raise table.wrong(key, f"a parameter ({', '.join(known)}) in the braces", nearest(name, known))
        if kind and kind not in NUMBER_TYPES:
            raise table.wrong(
                key, f"a number type after {{{name}: ({', '.join(NUMBER_TYPES)})", nearest(kind, NUMBER_TYPES)
            )
        if not is_text and not kind and not (name in params and params[name].codes):
            raise table.wrong(key, f"a type for {{{name}}} (such as {{{name}:u16}}), as its choices name no bytes,")
    pairs = PLACEHOLDER.sub(" ", template)
    if not is_text and parse_hex(pairs) is None:
        raise table.wrong(key, f"{HEX}, with {{param}} or {{param:u16}} among them,", hex_problem(pairs))
    return template


def _read_expect(table: Table, channel: str, gatt: Collection[str]) -> Expect:
    meanings = {key_number(code): text for code, text in table.items("meanings").items()}
    if not all(isinstance(code, float) and isinstance(text, str) for code, text in meanings.items()):
        raise table.wrong("meanings", 'a table of status numbers and words such as { 3 = "not supported" }')
    ok = table.anything("ok")
    if ok is not None and not (isinstance(ok, list) and ok and all(isinstance(v, int) and 0 <= v <= 255 for v in ok)):
        raise table.wrong("ok", "a list of status bytes such as [0, 6]")
    expect = Expect(
        channel=read_channel(table, "channel", gatt, default=channel or None),
        prefix=table.bytes_("prefix"),
        status_at=table.maybe_integer("status_at", high=64),
        ok=tuple(ok) if ok else (0,),
        meanings={int(cast(float, code)): text for code, text in meanings.items()},
        timeout_s=table.number("timeout", 5.0, low=0.1, high=60.0),
        optional=table.flag("optional", False),
    )
    table.close()
    return expect


def read_battery(table: Table | None, gatt: Collection[str], params: Mapping[str, Param]) -> Battery | None:
    """The `[battery]` table; a bare `channel` is the standard battery level."""
    if table is None:
        return None
    steps = table.anything("table") or []
    if not (isinstance(steps, list) and all(isinstance(s, list) and len(s) == 2 for s in steps)) or steps != sorted(
        steps
    ):
        raise table.wrong("table", "a list of [value, percent] pairs with rising values")
    battery = Battery(
        channel=read_channel(table, "channel", gatt),
        when=read_conditions(table),
        at=table.integer("at", 0, high=512),
        type=table.word("type", tuple(NUMBER_TYPES), "u8"),
        scale=table.number("scale", 1.0),
        table=tuple((float(value), float(percent)) for value, percent in steps),
        ask=read_steps(table, "ask", gatt, params),
        every_s=table.number("every", 300.0, low=10.0, high=86_400.0),
    )
    table.close()
    return battery


def read_haptic(table: Table | None, gatt: Collection[str], params: Mapping[str, Param]) -> Haptic | None:
    """The `[haptic]` table: steps to write, with `{ms:u16}` or `{ms}` for the length of the buzz."""
    if table is None:
        return None
    haptic = Haptic(
        read_steps(table, "steps", gatt, params, extra=("ms",)), table.integer("max_ms", 1000, low=1, high=60_000)
    )
    table.close()
    if not haptic.steps:
        raise table.wrong("steps", "at least one step")
    return haptic
