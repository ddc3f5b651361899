"""A run as streams of the Lab Streaming Layer (labstreaminglayer.org): motion, the rows of seconds, events.

Anyone on the local network who resolves the streams can read them; that is what LSL is for, so it is only done when
asked for. Time stamps are LSL's clock at the start of the run plus stream time, so that they have no jitter of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import UsageError
from ..events import CURVES, Event, Second, to_dict
from ..recording.exporters.streams import (
    NUMBERS,
    WORDS,
    StreamSpec,
    event_text,
    events_stream,
    motion_stream,
    motion_values,
    numbers_stream,
    words_stream,
)
from ..samples import NS, SampleBlock, StreamInfo

_FORMS = {"float32": "cf_float32", "string": "cf_string"}


def load_lsl() -> Any:
    """The package pylsl with its library.

    Raises
    ------
    UsageError
        One of them is missing; says what to do.
    """
    try:
        import pylsl
    except ImportError:
        raise UsageError("--lsl needs the package pylsl.", 'Install it with: pip install "sensorcoach[lsl]"') from None
    except RuntimeError:  # pylsl found no liblsl it can load
        raise UsageError(
            "--lsl needs the library liblsl, which pylsl did not find.",
            "Install it (conda install -c conda-forge liblsl, brew install labstreaminglayer/tap/lsl, or a release of "
            "sccn/liblsl), or name it in the environment variable PYLSL_LIB.",
        ) from None
    return pylsl


class LslOutlets:
    """One outlet for each stream; nothing is sent before `start`.

    Parameters
    ----------
    sensors : iterable of StreamInfo
    origin_s : float, s
        The source's own time at stream zero, for the times within events.
    speed : float
        Stream time runs this much faster than LSL's clock; finite.
    lsl : module
        pylsl, as `load_lsl` gives it.
    """

    def __init__(self, sensors: Iterable[StreamInfo], *, origin_s: float, speed: float, lsl: Any) -> None:
        self._lsl = lsl
        self._origin_s = origin_s
        self._speed = speed
        self._zero_s: float | None = None
        self._motion: dict[str, Any] = {}
        self._numbers: dict[str, Any] = {}
        self._words: dict[str, Any] = {}
        for stream in sensors:
            self._motion[stream.sensor] = self._outlet(motion_stream(stream))
            self._numbers[stream.sensor] = self._outlet(numbers_stream(stream.sensor))
            self._words[stream.sensor] = self._outlet(words_stream(stream.sensor))
        self._events = self._outlet(events_stream())

    def samples(self, block: SampleBlock) -> None:
        """Send samples."""
        values = motion_values(block.acc_ms2, block.gyr_rads).astype(np.float32)
        stamps = self._stamp_s(block.t_ns)
        self._motion[block.sensor].push_chunk(np.ascontiguousarray(values), stamps.tolist())

    def events(self, events: Iterable[Event]) -> None:
        """Send rows of seconds and whatever else happened."""
        for event in events:
            if isinstance(event, CURVES):
                continue
            stamp_s = float(self._stamp_s(event.t_ns))
            detail = to_dict(event, self._origin_s)
            if isinstance(event, Second):
                numbers = [np.nan if detail[name] is None else float(detail[name]) for name in NUMBERS]
                self._numbers[event.sensor].push_sample(numbers, stamp_s)
                self._words[event.sensor].push_sample([str(detail[name] or "") for name in WORDS], stamp_s)
            else:
                text = event_text(detail.pop("event"), detail.pop("t_s"), detail)
                self._events.push_sample([text], stamp_s)

    def _stamp_s(self, t_ns: Any) -> Any:
        """LSL time of a stream time; the first one asked for is now."""
        now_s = t_ns / NS / self._speed
        if self._zero_s is None:
            self._zero_s = float(self._lsl.local_clock()) - float(np.min(now_s))
        return self._zero_s + now_s

    def _outlet(self, spec: StreamSpec) -> Any:
        lsl = self._lsl
        info = lsl.StreamInfo(
            spec.name,
            spec.content_type,
            len(spec.labels),
            spec.rate_hz * self._speed,
            getattr(lsl, _FORMS[spec.form]),
            spec.name.replace(" ", "-"),
        )
        channels = info.desc().append_child("channels")
        for label, unit in zip(spec.labels, spec.units, strict=True):
            channel = channels.append_child("channel")
            channel.append_child_value("label", label)
            channel.append_child_value("unit", unit)
        return lsl.StreamOutlet(info)
