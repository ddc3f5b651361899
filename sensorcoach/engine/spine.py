"""Rows of two sensors on one trunk, matched second by second, whichever of them comes first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from ..coach.spine import Segment, SpineJudge
from ..events import Event, Second
from ..samples import StreamInfo

UPPER_SITES: Final = ("upper-back", "chest")
LOWER_SITE: Final = "lower-back"
MOST_WAITING: Final = 4 * 3600
"""Rows of one sensor that may wait for the other. Live a silent sensor gets its empty rows within seconds, so this is
met only by a recording of samples in which one sensor stops for hours."""


class SpinePair:
    """The rows of an upper and a lower sensor; a second is judged as soon as both have told theirs.

    The rows of each sensor are final and in the order of time, and a `Spine` is made of the two rows of one second and
    of those before. So what is said does not depend on how the packets of the two sensors interleave; only the moment
    does at which it is said: with the later of the two rows. A second for which one sensor has no row (it began later,
    or its recording ended) has no `Spine`.
    """

    def __init__(self, upper: str, lower: str) -> None:
        self._judge = SpineJudge(upper, lower)
        self._waiting: dict[str, deque[tuple[int, Segment]]] = {
            name: deque(maxlen=MOST_WAITING) for name in (upper, lower)
        }
        self._pair = (self._waiting[upper], self._waiting[lower])

    @classmethod
    def of(cls, streams: Iterable[StreamInfo]) -> SpinePair | None:
        """The pair among these sensors: one on the lower back, one above it; None where there is no such pair."""
        by_site = {stream.site: stream.sensor for stream in reversed(list(streams))}
        upper = next((by_site[site] for site in UPPER_SITES if site in by_site), None)
        lower = by_site.get(LOWER_SITE)
        return None if upper is None or lower is None else cls(upper, lower)

    def update(self, events: Sequence[Event]) -> list[Event]:
        """What follows from these events of one sensor."""
        for event in events:
            if isinstance(event, Second) and event.sensor in self._waiting:
                segment = Segment(event.flexion_deg, event.lateral_deg, event.posture_quality, event.activity)
                self._waiting[event.sensor].append((event.t_ns, segment))
        upper, lower = self._pair
        out: list[Event] = []
        while upper and lower:
            if upper[0][0] == lower[0][0]:
                t_ns, above = upper.popleft()
                out += self._judge.update(t_ns, above, lower.popleft()[1])
            else:  # rows come in order, so the older one will never find its like
                (upper if upper[0][0] < lower[0][0] else lower).popleft()
        return out
