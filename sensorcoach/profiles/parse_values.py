"""Values that appear all over a profile: channels, conditions, numbers that a parameter selects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast

from ..errors import ProfileError
from .model import ByParam, Condition, Number, Param, Params
from .reader import Table, is_number, nearest, shown


def read_channel(table: Table, key: str, gatt: Collection[str], default: str | None = None) -> str:
    """The name of a characteristic of this profile."""
    if key not in table and default is not None:
        return table.text(key, default)
    name = table.text(key, meant="the name of a characteristic from [gatt]")
    if name not in gatt:
        raise table.wrong(key, f"a characteristic from [gatt] ({', '.join(gatt)})", nearest(name, gatt))
    return name


def read_conditions(table: Table, key: str = "when") -> tuple[Condition, ...]:
    """Conditions on bytes: `[{ at = 0, eq = "02" }, { at = 9, eq = "01", mask = "7f" }]`."""
    conditions = []
    for item in table.tables(key):
        eq = item.bytes_("eq")
        mask = item.bytes_("mask", b"\xff" * len(eq))
        if not eq:
            raise item.wrong("eq", "at least one byte")
        if len(mask) != len(eq):
            raise item.wrong("mask", f"as many bytes as eq has ({len(eq)})")
        if any(e & ~m for e, m in zip(eq, mask, strict=True)):
            raise item.wrong("eq", "bytes with no bit outside the mask")
        conditions.append((item.integer("at", high=512), eq, mask))
        item.close()
    return tuple(conditions)


def read_number(table: Table, key: str, params: Mapping[str, Param], default: Number | None = None) -> Number:
    """A number, a fraction such as `"16/32768"`, or one by parameter: `{ by = "range_g", 2 = …, 4 = … }`."""
    value = table.anything(key)
    if value is None and default is not None:
        return default
    if isinstance(value, Mapping):
        by = value.get("by")
        if not isinstance(by, str) or by not in params:
            raise table.wrong(key, f"a table with by = one of {', '.join(params)}", nearest(str(by), params))
        values = {key_number(k): _plain_number(v) for k, v in value.items() if k != "by"}
        if set(values) != set(params[by].choices) or None in values.values():
            known = ", ".join(f"{c:g}" for c in params[by].choices)
            raise table.wrong(key, f"a number for each {by} ({known})")
        return ByParam(by, cast(dict[float, float], values))
    number = _plain_number(value)
    if number is None:
        raise table.wrong(key, 'a number, a fraction such as "1/65.6", or a table with by = parameter')
    return number


def _plain_number(value: object) -> float | None:
    if is_number(value):
        return float(cast(float, value))
    if isinstance(value, str) and value.count("/") == 1:
        try:
            above, below = (float(part) for part in value.split("/"))
            return above / below
        except (ValueError, ZeroDivisionError):
            return None
    return None


def key_number(key: str) -> float | None:
    """A table key read as a number; None where it is none."""
    try:
        return float(key)
    except ValueError:
        return None


def read_chosen(table: Table, key: str, params: Mapping[str, Param]) -> Params:
    """A table of parameter values, each one of that parameter's choices."""
    chosen = table.items(key)
    for name, value in chosen.items():
        if name not in params:
            raise ProfileError(
                f"{table.source}: {table.key(key)}.{name} is not a parameter; one of {', '.join(params)} is meant.",
                nearest(name, params),
            )
        if value not in params[name].choices:
            known = ", ".join(f"{c:g}" for c in params[name].choices)
            raise ProfileError(f"{table.source}: {table.key(key)}.{name} is {shown(value)}; one of {known} is meant.")
    return {name: float(value) for name, value in chosen.items()}
