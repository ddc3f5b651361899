"""What a virtual device understands and answers, worked out from the conversations in its profile."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ..profiles import DeviceProfile
from ..profiles.model import NUMBER_TYPES, Battery, Condition, Expect, Step
from ..profiles.parse_steps import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Command:
    """A write that belongs to a conversation: how to know it, what it sets, and what is answered."""

    part: str
    channel: str
    pattern: re.Pattern[bytes]
    names: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, bytes, int | None], ...]


def commands_of(profile: DeviceProfile, battery_percent: int) -> list[Command]:
    """Every write of the profile's conversations, and that which asks for the battery's charge."""
    commands = []
    for part, steps in profile.conversations.items():
        for i, step in enumerate(steps):
            if step.action != "write":
                continue
            expected = [step.expect] if step.expect else []
            for later in steps[i + 1 :]:
                if later.action != "expect" or later.expect is None:
                    break
                expected.append(later.expect)
            answers = tuple((e.channel, answer_to(e, profile), e.status_at) for e in expected)
            commands.append(_command(profile, part, step, answers))
    battery = profile.battery
    if battery is not None:
        told = ((battery.channel, battery_bytes(profile, battery, battery_percent), None),)
        commands += [_command(profile, "battery", step, told) for step in battery.ask if step.action == "write"]
    return commands


def _command(
    profile: DeviceProfile, part: str, step: Step, answers: tuple[tuple[str, bytes, int | None], ...]
) -> Command:
    pattern, names, at = b"", [], 0
    for found in PLACEHOLDER.finditer(step.template):
        name, kind = found[1], "text" if step.is_text else found[2] or ""
        if step.is_text and name not in profile.params:
            continue
        pattern += re.escape(_literal(step.template[at : found.start()], step.is_text))
        if kind == "text":
            pattern += rb"([-0-9.e+]+)"
        elif kind:
            pattern += b"(.{%d})" % np.dtype(NUMBER_TYPES[kind]).itemsize
        else:
            pattern += b"(" + b"|".join(re.escape(code) for code in profile.params[name].codes.values()) + b")"
        names.append((name, kind))
        at = found.end()
    pattern += re.escape(_literal(step.template[at:], step.is_text))
    return Command(part, step.channel, re.compile(pattern, re.DOTALL), tuple(names), answers)


def _literal(text: str, is_text: bool) -> bytes:
    return text.encode() if is_text else bytes.fromhex(text)


def answer_to(expect: Expect, profile: DeviceProfile | None = None) -> bytes:
    """A reply that fulfils what is expected, with a factor of one where the device is to name a scale."""
    reply = bytearray(expect.prefix)
    if expect.status_at is not None:
        reply += bytes(max(0, expect.status_at + 1 - len(reply)))
        reply[expect.status_at] = expect.ok[0]
    for stream in profile.streams if profile else ():
        for quantity in (stream.acc, stream.gyro):
            scale = None if quantity is None else quantity.scale_from
            if scale is not None and scale.channel == expect.channel and _compatible(reply, scale.when):
                _put_conditions(reply, scale.when)
                one = np.ones(1, NUMBER_TYPES[scale.type]).tobytes()
                reply += bytes(max(0, scale.at + len(one) - len(reply)))
                reply[scale.at : scale.at + len(one)] = one
    return bytes(reply)


def _compatible(reply: bytearray, when: tuple[Condition, ...]) -> bool:
    return all(reply[at : at + len(eq)] in (eq, eq[: max(0, len(reply) - at)]) for at, eq, _ in when)


def _put_conditions(message: bytearray, when: tuple[Condition, ...]) -> None:
    for at, eq, _ in when:
        message += bytes(max(0, at + len(eq) - len(message)))
        message[at : at + len(eq)] = eq


def battery_bytes(profile: DeviceProfile, battery: Battery, percent: int) -> bytes:
    """What the device says when its charge is so many percent; a whole frame where its channel carries frames."""
    value = float(percent)
    if battery.table:
        values, percents = zip(*battery.table, strict=True)
        value = float(np.interp(percent, percents, values))
    number = np.array([round(value / battery.scale)]).astype(NUMBER_TYPES[battery.type]).tobytes()
    message = bytearray(battery.at)
    _put_conditions(message, battery.when)
    message += bytes(max(0, battery.at + len(number) - len(message)))
    message[battery.at : battery.at + len(number)] = number
    framings = [s.framing for s in profile.streams if s.channel == battery.channel and s.framing is not None]
    whole = max((f.length or 0 for f in framings), default=0)
    message += bytes(max(0, whole - len(message)))
    return bytes(message)
