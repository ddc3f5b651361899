"""Set-up, start and stop as a state machine without I/O: it says what to do next and is told what happened.

A transport drives it like this::

    talk = Conversation(profile, "start", params)
    while not isinstance(action := talk.next_action(), Done):
        if isinstance(action, Failed): raise action.error
        ... do it ...
        talk.on_done()            # after Subscribe, Unsubscribe, Write, Sleep
        talk.on_read(data)        # after Read
        talk.on_error("why")      # when any of these did not work
        talk.on_timeout()         # when an Await lasted `timeout_s` without an end

and passes every notification to `on_notification` as soon as it comes, also while something else is being done: a reply
may overtake the acknowledgement of the write that asked for it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import DeviceError
from ..profiles.model import NUMBER_TYPES, DeviceProfile, Expect, Params, Step
from ..profiles.parse_steps import PLACEHOLDER

Part = Literal["identify", "setup", "start", "stop"]


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask for the notifications (or indications) of a channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """End the notifications of a channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write to a channel, with or without the device's acknowledgement."""

    channel: str
    data: bytes
    response: bool


@dataclass(frozen=True, slots=True)
class Read:
    """Read a channel's value."""

    channel: str


@dataclass(frozen=True, slots=True)
class Sleep:
    """Do nothing for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Await:
    """Wait for a notification on `channel`; look at `next_action` again after each one."""

    channel: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The conversation cannot go on."""

    error: DeviceError


Action = Subscribe | Unsubscribe | Write | Read | Sleep | Await | Done | Failed


class Conversation:
    """One conversation with a device.

    Parameters
    ----------
    profile : DeviceProfile
    part : {"identify", "setup", "start", "stop"}, or a sequence of steps
        Which of the profile's conversations; or steps of one's own (battery, haptic).
    params : mapping, optional
        Chosen parameters; defaults fill the rest.
    values : mapping, optional
        Values of further placeholders, such as `ms` of a buzz.

    Raises
    ------
    UsageError
        A parameter this device does not have.
    """

    def __init__(
        self,
        profile: DeviceProfile,
        part: Part | Sequence[Step],
        params: Mapping[str, float] | None = None,
        values: Mapping[str, float] | None = None,
    ) -> None:
        self._profile = profile
        self._steps = tuple(profile.conversations.get(part, ()) if isinstance(part, str) else part)
        self._params = {**profile.resolve(params), **(values or {})}
        self._actions = [action for step in self._steps for action in self._of(step)]
        self._at = 0
        self._early: bytes | None = None
        self._failed: Failed | None = None

    def next_action(self) -> Action:
        """What to do now; the same again until something happened."""
        if self._failed:
            return self._failed
        return self._actions[self._at][0] if self._at < len(self._actions) else Done()

    def on_done(self) -> None:
        """What was to be done is done."""
        if isinstance(self.next_action(), Subscribe | Unsubscribe | Write | Sleep):
            self._advance()

    def on_read(self, data: bytes) -> None:
        """The value that a `Read` gave."""
        if isinstance(self.next_action(), Read):
            expect = self._actions[self._at][1].expect
            self._advance()
            if expect is not None:
                self.on_notification(expect.channel, data)

    def on_notification(self, channel: str, data: bytes) -> None:
        """A notification came (of whatever channel, at whatever time)."""
        if self._failed or self._at >= len(self._actions):
            return
        action, step = self._actions[self._at]
        expect = step.expect
        if expect is None or channel != expect.channel or not data.startswith(expect.prefix):
            return
        if isinstance(action, Await):
            self._judge(expect, data)
        elif isinstance(action, Write | Read):
            self._early = data

    def on_timeout(self) -> None:
        """An `Await` lasted its time without the reply."""
        action = self.next_action()
        if not isinstance(action, Await):
            return
        expect = self._actions[self._at][1].expect
        if expect is not None and expect.optional:
            self._advance()
        else:
            self._fail(
                f"{self._profile.title} did not answer within {action.timeout_s:g} s.",
                "Switch it off and on, close other programs that use it, and try again.",
            )

    def on_error(self, reason: str) -> None:
        """What was to be done did not work."""
        action, step = self._actions[self._at] if self._at < len(self._actions) else (Done(), Step("sleep"))
        if step.optional:
            while self._at < len(self._actions) and self._actions[self._at][1] is step:
                self._advance()
        elif not isinstance(action, Done):
            what = type(action).__name__.lower()
            self._fail(
                f"{self._profile.title}: {what} of {step.channel or 'the device'} failed: {reason}.", "Try again."
            )

    def _of(self, step: Step) -> list[tuple[Action, Step]]:
        """A step as one or more actions."""
        actions: list[Action]
        match step.action:
            case "subscribe":
                actions = [Subscribe(step.channel)]
            case "unsubscribe":
                actions = [Unsubscribe(step.channel)]
            case "read":
                actions = [Read(step.channel)]
            case "sleep":
                actions = [Sleep(step.sleep_s)]
            case "write":
                data = render(step, self._profile, self._params)
                size = step.chunk or max(1, len(data))
                actions = [Write(step.channel, data[i : i + size], step.response) for i in range(0, len(data), size)]
            case "expect":
                actions = []
        if step.expect is not None:
            actions.append(Await(step.expect.channel, step.expect.timeout_s))
        return [(action, step) for action in actions]

    def _advance(self) -> None:
        self._at += 1
        early, self._early = self._early, None
        if early is not None and self._at < len(self._actions):
            action, step = self._actions[self._at]
            if isinstance(action, Await) and step.expect is not None:
                self._judge(step.expect, early)
            elif isinstance(action, Write):
                self._early = early  # more pieces of the same text are to be written

    def _judge(self, expect: Expect, data: bytes) -> None:
        if expect.status_at is None:
            return self._advance()
        if len(data) <= expect.status_at:
            return self._fail(
                f"{self._profile.title} gave an answer that is too short ({data.hex(' ')}).", "Try again."
            )
        status = data[expect.status_at]
        if status in expect.ok:
            return self._advance()
        meaning = expect.meanings.get(status)
        words = f"refused: it was asked for {meaning}" if meaning else "refused"
        return self._fail(
            f"{self._profile.title} {words} (status {status}).", "Choose other settings, or restart the device."
        )

    def _fail(self, message: str, advice: str) -> None:
        self._failed = Failed(DeviceError(message, advice))


def render(step: Step, profile: DeviceProfile, values: Params) -> bytes:
    """The bytes of a write step, with parameters filled in."""

    def hex_of(found: re.Match[str]) -> str:
        name, kind = found.groups()
        if not kind:
            return profile.params[name].codes[values[name]].hex()
        return _packed(values[name], kind).hex()

    def text_of(found: re.Match[str]) -> str:
        return f"{values[found[1]]:g}" if found[1] in values else found[0]

    if step.is_text:
        return PLACEHOLDER.sub(text_of, step.template).encode()
    return bytes.fromhex(PLACEHOLDER.sub(hex_of, step.template))


def _packed(value: float, kind: str) -> bytes:
    order, code = NUMBER_TYPES[kind][0], NUMBER_TYPES[kind][1:]
    letters = {
        "i1": "b",
        "u1": "B",
        "i2": "h",
        "u2": "H",
        "i4": "i",
        "u4": "I",
        "i8": "q",
        "u8": "Q",
        "f4": "f",
        "f8": "d",
    }
    return struct.pack(order + letters[code], value if code[0] == "f" else int(value))
