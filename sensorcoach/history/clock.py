"""From stream time to the wall: which day and minute a second of a journal belongs to.

The journal's ticks say it (Unix time and the offset of local time), so midnight, daylight saving time, travel and a
corrected clock need no rules of their own: time of day is Unix time plus the offset that held at that moment.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from typing import Final

from ..recording.journal_format import JournalHeader
from ..samples import NS, Tick

ANCHOR_NS: Final = NS // 20
"""A tick that differs by more from what the last anchor foretells becomes an anchor: clocks were set, or drifted."""

MINUTE_NS: Final = 60 * NS


class WallClock:
    """Learns from ticks, in stream order; before the first one the journal's header counts.

    The answer for a time depends only on ticks that are not newer, so it is the same for a journal read at once and
    for one that is being written.

    Parameters
    ----------
    header : JournalHeader
    """

    def __init__(self, header: JournalHeader) -> None:
        self._from_ns = [-(2**63)]
        self._ahead_ns = [header.origin_wall_ns]
        self._offset_s = [header.utc_offset_s]

    def learn(self, tick: Tick) -> None:
        """Take in a tick; one that is older than what is known already changes nothing."""
        ahead_ns = tick.wall_ns - tick.t_ns
        same = abs(ahead_ns - self._ahead_ns[-1]) <= ANCHOR_NS and tick.utc_offset_s == self._offset_s[-1]
        if same or tick.t_ns <= self._from_ns[-1]:
            return
        self._from_ns.append(tick.t_ns)
        self._ahead_ns.append(ahead_ns)
        self._offset_s.append(tick.utc_offset_s)

    def at(self, t_ns: int) -> tuple[int, int]:
        """Unix time (ns) and offset of local time (s) at stream time `t_ns`."""
        i = bisect_right(self._from_ns, t_ns) - 1
        return t_ns + self._ahead_ns[i], self._offset_s[i]

    def first(self) -> tuple[int, int]:
        """Unix time (ns) at stream time 0 by the first tick that told (else the header), and the offset then."""
        i = min(1, len(self._ahead_ns) - 1)
        return self._ahead_ns[i], self._offset_s[i]


def local_time(wall_ns: int, utc_offset_s: int) -> dt.datetime:
    """What a clock on the wall showed, to the second."""
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=wall_ns // NS + utc_offset_s)


def local_date(wall_ns: int, utc_offset_s: int) -> str:
    """The day on the wall's calendar, `YYYY-MM-DD`."""
    return local_time(wall_ns, utc_offset_s).date().isoformat()
