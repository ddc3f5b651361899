"""What a device profile says, as frozen values. `docs/adding-a-device.md` explains each of them for authors.

Bytes, scales and conversations are data; nothing here reads or decodes anything.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ..errors import UsageError
from ..samples import STANDARD_GRAVITY_MS2
from .reader import nearest

NUMBER_TYPES: Final[Mapping[str, str]] = {
    "i8": "<i1",
    "u8": "<u1",
    "i16": "<i2",
    "u16": "<u2",
    "i32": "<i4",
    "u32": "<u4",
    "i64": "<i8",
    "u64": "<u8",
    "f32": "<f4",
    "f64": "<f8",
    "i16be": ">i2",
    "u16be": ">u2",
    "i32be": ">i4",
    "u32be": ">u4",
    "i64be": ">i8",
    "u64be": ">u8",
    "f32be": ">f4",
    "f64be": ">f8",
}
"""Names of number types in profiles, and what numpy calls them. Little-endian unless the name says `be`."""

TEXT_TYPE: Final = "dec"
"""A number written as decimal text; only in codec `text-csv`."""

TIME_UNITS_NS: Final[Mapping[str, int]] = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
ACC_UNITS_MS2: Final[Mapping[str, float]] = {"g": STANDARD_GRAVITY_MS2, "m/s2": 1.0}
GYRO_UNITS_RADS: Final[Mapping[str, float]] = {"dps": 0.017453292519943295, "rad/s": 1.0}

ACC_FIELDS: Final = ("ax", "ay", "az")
GYRO_FIELDS: Final = ("gx", "gy", "gz")

Trust = Literal["A", "B", "C"]
TRUST_WORDS: Final[Mapping[str, str]] = {
    "A": "from the vendor's own source, document or test vectors",
    "B": "from several working community sources that agree",
    "C": "from one source only, or from sources that contradict each other: check what you see",
}

Params = Mapping[str, float]
Condition = tuple[int, bytes, bytes]
"""Offset, expected bytes, mask (both of the same length)."""


@dataclass(frozen=True, slots=True)
class ByParam:
    """A number that a parameter selects."""

    param: str
    values: Mapping[float, float]


Number = float | ByParam


def number_of(number: Number, params: Params) -> float:
    """The value of `number` under these (complete) parameters."""
    return number.values[params[number.param]] if isinstance(number, ByParam) else number


@dataclass(frozen=True, slots=True)
class Matcher:
    """What an advertisement must carry; everything given must fit (several matchers are alternatives)."""

    local_names: tuple[str, ...] = ()
    service_uuids: tuple[str, ...] = ()
    manufacturer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One GATT characteristic. `uuids`: full UUIDs, the usual one first, then variants seen in the field."""

    uuids: tuple[str, ...]
    service: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Param:
    """A setting with a closed list of values; `codes` are the bytes that stand for them on the wire, where given."""

    default: float
    choices: tuple[float, ...]
    codes: Mapping[float, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connect:
    """How the link must be made."""

    pair: Literal["never", "on-auth-error", "always"] = "never"
    mtu_min: int = 23
    settle_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Expect:
    """A reply to wait for: the first one on `channel` that starts with `prefix`, whatever comes in between.

    `ok` lists the good values of the byte at `status_at`; `meanings` says the others in words.
    """

    channel: str
    prefix: bytes
    status_at: int | None = None
    ok: tuple[int, ...] = (0,)
    meanings: Mapping[int, str] = field(default_factory=dict)
    timeout_s: float = 5.0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a conversation. `channel` is empty only for `sleep` and a lone `expect`.

    `template` holds what to write: hexadecimal pairs with `{param}` or `{param:u16}`, or, when `is_text`, text with
    `{param}`; text goes in pieces of `chunk` bytes.
    """

    action: Literal["subscribe", "unsubscribe", "write", "read", "sleep", "expect"]
    channel: str = ""
    template: str = ""
    is_text: bool = False
    chunk: int = 0
    response: bool = True
    sleep_s: float = 0.0
    optional: bool = False
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Checksum:
    """Checksum over frame bytes `start` up to `at` (or the end, where it stands before what it covers)."""

    kind: Literal["sum8", "xor8", "crc16", "crc32"]
    at: int
    start: int


@dataclass(frozen=True, slots=True)
class Framing:
    """How frames are found in a byte stream: by sync bytes and a length, or line by line."""

    sync: bytes = b""
    length: int | None = None
    length_at: int | None = None
    overhead: int = 0
    checksum: Checksum | None = None
    line: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """A message in several notifications, `total` bytes in all.

    One starts with `first`; each further one with `following`, and loses its `strip` leading bytes. No notification is
    longer than `part` bytes.
    """

    first: bytes
    following: bytes
    strip: int
    total: Number
    part: int


@dataclass(frozen=True, slots=True)
class Field:
    """One number of a sample."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Samples:
    """Where samples stand in a message.

    `groups` has one group of fields when samples are interleaved, several when each is an array of its own (planar).
    The number of samples is `count`, or the byte at `count_at`, or what fills the message.
    `per_packet` is how many a device usually sends together.
    """

    at: int
    groups: tuple[tuple[Field, ...], ...]
    count: Number | None = None
    count_at: int | None = None
    per_packet: Number = 1.0
    codec: Literal["", "polar-delta", "text-csv"] = ""


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """Where the device's own clock stands: at byte `at`, or in the field `field_name` of a one-sample message.

    One tick is `tick_ns`; the counter wraps at the width of `type`. `marks` says which sample of the message it dates.
    """

    at: int | None
    field_name: str
    type: str
    tick_ns: int
    marks: Literal["first", "last"]


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter in each message: of samples (the index of its first one) or of packets."""

    at: int
    type: str
    counts: Literal["samples", "packets"]


@dataclass(frozen=True, slots=True)
class ScaleFrom:
    """A factor that the device names itself, in a notification on `channel` that fits `when`; until then `default`."""

    channel: str
    when: tuple[Condition, ...]
    at: int
    type: str
    default: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """Scale of acceleration or angular rate: raw value × `scale` × `unit_si` is m/s² or rad/s."""

    scale: Number
    unit_si: float
    scale_from: ScaleFrom | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of message on one channel."""

    channel: str
    when: tuple[Condition, ...]
    length: int | None
    prefix: bytes
    framing: Framing | None
    join: Join | None
    samples: Samples
    time: DeviceTime | None
    on_change: bool
    counter: Counter | None
    acc: Quantity | None
    gyro: Quantity | None


@dataclass(frozen=True, slots=True)
class Battery:
    """Charge: the number at `at` of a notification on `channel` that fits `when`, × `scale`, through `table`.

    `table` holds rising (value, percent) pairs; `ask` is what to write every `every_s` where the device must be asked.
    """

    channel: str
    when: tuple[Condition, ...] = ()
    at: int = 0
    type: str = "u8"
    scale: float = 1.0
    table: tuple[tuple[float, float], ...] = ()
    ask: tuple[Step, ...] = ()
    every_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Haptic:
    """How to buzz: steps in which `{ms:u16}` or `{ms}` is the length of the buzz, at most `max_ms`."""

    steps: tuple[Step, ...]
    max_ms: int = 1000


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """What sample number `at` of a test vector must be, in SI units, within the tolerances."""

    at: int
    acc_ms2: tuple[float, float, float] | None
    gyr_rads: tuple[float, float, float] | None
    acc_tolerance_ms2: float
    gyr_tolerance_rads: float


@dataclass(frozen=True, slots=True)
class Vector:
    """Packets of known content."""

    what: str
    source: str
    params: Params
    packets: tuple[tuple[str, bytes], ...]
    count: int
    rows: tuple[ExpectedRow, ...]
    ticks: tuple[int, ...]
    malformed: int
    battery_percent: float | None
    rr_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Bounds of what is checked while a device streams."""

    rest_tolerance: float = 0.15
    rate_tolerance: float = 0.10


@dataclass(frozen=True, slots=True, eq=False)
class DeviceProfile:
    """Everything the program knows about one kind of device.

    Attributes
    ----------
    name, title : str
        Short name (the file's stem) and the name people know.
    trust : {"A", "B", "C"}
        How well founded the facts are; see `TRUST_WORDS`.
    axes : tuple of (int, int)
        For each axis x y z of the nominal body frame: the device axis it comes from (0..2) and its sign.
    conversations : mapping of str to steps
        `identify`, `setup`, `start`, `stop`; a missing one is empty.
    uses : mapping
        Parameters preferred for `live` and `watch`.
    heart_channel : str
        Channel of the standard heart rate measurement, or empty.
    raw : mapping
        The tables this was read from; JSON-ready.
    """

    name: str
    title: str
    source: str
    trust: Trust
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    axes: tuple[tuple[int, int], ...]
    matchers: tuple[Matcher, ...]
    priority: int
    connect: Connect
    gatt: Mapping[str, Characteristic]
    params: Mapping[str, Param]
    uses: Mapping[str, Params]
    conversations: Mapping[str, tuple[Step, ...]]
    streams: tuple[Stream, ...]
    heart_channel: str
    battery: Battery | None
    haptic: Haptic | None
    vectors: tuple[Vector, ...]
    check: Check
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def has_gyro(self) -> bool:
        """Whether angular rate comes with the acceleration."""
        return any(stream.gyro is not None for stream in self.streams)

    def to_dict(self) -> dict[str, Any]:
        """The profile as plain tables; `profile_from_dict` gives it back, also by way of JSON."""
        return copy.deepcopy(dict(self.raw))

    def resolve(self, chosen: Mapping[str, float] | None = None, use: str = "") -> dict[str, float]:
        """Complete parameters: defaults, then those preferred for `use` (`live`, `watch`), then those chosen.

        Raises
        ------
        UsageError
            A parameter or value this device does not have.
        """
        params = {name: param.default for name, param in self.params.items()}
        params.update(self.uses.get(use, {}))
        for name, value in (chosen or {}).items():
            if name not in self.params:
                raise UsageError(f"{self.title} has no setting {name!r}.", nearest(name, self.params))
            if value not in self.params[name].choices:
                known = ", ".join(f"{c:g}" for c in self.params[name].choices)
                raise UsageError(f"{self.title} does not know {name} {value:g}.", f"It knows {known}.")
            params[name] = float(value)
        return params

    def sampling_rate_hz(self, params: Params) -> float:
        """Nominal rate under these (complete) parameters."""
        return params["rate_hz"]
