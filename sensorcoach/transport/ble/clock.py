"""The clock of a live stream: the only place where the Bluetooth client asks what time it is.

Waits go through the running event loop (`asyncio.sleep`, `asyncio.timeout`), whose own clock a test can replace.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ...samples import Tick

_BOOT_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", None)


def since_boot_ns() -> int:
    """Monotonic time, ns; on Linux it goes on while the computer sleeps, so that a suspend shows as a gap."""
    return time.monotonic_ns() if _BOOT_CLOCK is None else time.clock_gettime_ns(_BOOT_CLOCK)


def wall_now() -> tuple[int, int]:
    """Unix time (ns) and the offset of local time from UTC (s)."""
    wall_ns = time.time_ns()
    return wall_ns, time.localtime(wall_ns / 1e9).tm_gmtoff


class StreamClock:
    """Stream time: zero is when this was made.

    Parameters
    ----------
    monotonic_ns : callable
        Never goes back.
    wall : callable
        Unix time in ns, and the offset of local time from UTC in s.
    """

    def __init__(
        self, monotonic_ns: Callable[[], int] = since_boot_ns, wall: Callable[[], tuple[int, int]] = wall_now
    ) -> None:
        self._monotonic_ns = monotonic_ns
        self._wall = wall
        self._zero_ns = monotonic_ns()
        self.origin_wall_ns, self.utc_offset_s = wall()

    def t_ns(self) -> int:
        """Stream time now, ns."""
        return self._monotonic_ns() - self._zero_ns

    def tick(self) -> Tick:
        """Stream time, Unix time and offset from UTC, all of now."""
        wall_ns, utc_offset_s = self._wall()
        return Tick(self.t_ns(), wall_ns, utc_offset_s)
