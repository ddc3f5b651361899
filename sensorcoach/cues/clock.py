"""Stream time now, from positions that come in steps: what cues are timed by."""

from __future__ import annotations

from typing import Final

from ..samples import NS

KEEP_NS: Final = 10 * NS
"""Steps are compared over ten to twenty seconds."""
JUMP_NS: Final = 2 * NS
"""A step that is further off than this is a new beginning (wound on, or held for a while)."""
LONGEST_NS: Final = 1_500_000_000
"""Without a step for so long the stream stands still, and so does this clock: a tick comes once a second."""


class CueClock:
    """Between two steps it runs on with the computer's clock.

    A step says that the stream has come *at least* so far: packets come late, never early. So the step that was ahead
    of all others in the last seconds tells the time best.
    """

    def __init__(self) -> None:
        self._ahead_ns: list[int | None] = [None, None]  # best of the last period, and of this one
        self._period_from_ns = 0
        self._position_ns = 0
        self._stepped_ns = 0

    def step(self, position_ns: int, at_ns: int) -> None:
        """The stream has come to `position_ns` at `at_ns` of the computer's monotonic clock."""
        if position_ns == self._position_ns and self._ahead_ns[1] is not None:
            return
        ahead_ns = position_ns - at_ns
        known_ns = self._best_ns
        if known_ns is None or abs(ahead_ns - known_ns) > JUMP_NS:
            self._ahead_ns, self._period_from_ns = [None, ahead_ns], at_ns
        elif at_ns - self._period_from_ns > KEEP_NS:
            self._ahead_ns, self._period_from_ns = [self._ahead_ns[1], ahead_ns], at_ns
        else:
            latest_ns = self._ahead_ns[1]
            self._ahead_ns[1] = ahead_ns if latest_ns is None else max(ahead_ns, latest_ns)
        self._position_ns, self._stepped_ns = position_ns, at_ns

    def now_ns(self, at_ns: int) -> int:
        """Stream time at `at_ns`."""
        best_ns = self._best_ns
        if best_ns is None:
            return 0
        return max(self._position_ns, min(at_ns, self._stepped_ns + LONGEST_NS) + best_ns)

    @property
    def _best_ns(self) -> int | None:
        known = [ahead for ahead in self._ahead_ns if ahead is not None]
        return max(known) if known else None
