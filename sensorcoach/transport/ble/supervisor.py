"""Keeps one sensor streaming for days: connects again whenever the stream ends, and always says what it is doing.

Each attempt uses a new connection and sets the sensor up from the beginning; the stream clock goes on, so what was
missed is a gap of the right length. Before the first sample came, a fault that will not heal by itself is raised, for a
person is waiting; afterwards nothing is given up.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from ...profiles import number_of
from ...samples import NS
from .clock import StreamClock
from .faults import ENVIRONMENT, LASTING, LinkError
from .link import Deliver, Link, Target, connected
from .radio import Radio
from .scan import LISTEN_S, hear_again

BACKOFF_S: Final = (0.5, 30.0)
"""The pause after the first failure, doubled with each further one, up to the longest."""
JITTER: Final = 0.25
"""Pauses vary by this share, so that two sensors (or two computers) do not get in each other's way again and again."""
ENVIRONMENT_PAUSE_S: Final = 2.0
"""Between looks whether the adapter is back."""
SEARCH_AFTER: Final = 2
"""Failures in a row after which the sensor must be heard before another attempt: systems forget devices."""
FIRST_ATTEMPTS: Final = 3
"""So many failures before the first sample, and the person is told."""
SEARCH_ROUND_S: Final = 10.0
SEARCH_KEEN_S: Final = 600.0
"""The search does not pause for so long; later it rests between rounds, for a sensor left off overnight."""
SEARCH_REST_S: Final = 20.0
STALE_S: Final = 2.0
STALE_PACKETS: Final = 10.0
"""A stream is stale after so long without a packet, or after the time of so many packets, whichever is longer."""
STALE_ON_CHANGE_S: Final = 30.0
"""For sensors that send only what has changed: a still wearer may well be silent for a while."""
REPEAT_NS: Final = 600 * NS
"""The same words are not said again for so long, unless the stream has run in between."""

State = Literal["searching", "connecting", "pairing", "streaming", "silent", "lost", "waiting", "overflow", "losing"]


@dataclass(frozen=True, slots=True)
class Status:
    """What the link of a sensor is doing, at stream time `t_ns`; `words` is a plain sentence."""

    t_ns: int
    sensor: str
    state: State
    words: str


class Supervisor:
    """One sensor's stream. Run it as a task; cancel that to end the stream in good order.

    Parameters
    ----------
    target : Target
    radio : Radio
    clock : StreamClock
    deliver : callable
        Gets every packet at once, inside the notification's callback.
    tell : callable
        Gets every status.
    rng : random.Random
        For the jitter of pauses.
    """

    def __init__(
        self,
        target: Target,
        radio: Radio,
        clock: StreamClock,
        deliver: Deliver,
        tell: Callable[[Status], None],
        rng: random.Random,
    ) -> None:
        self._target = target
        self._radio = radio
        self._clock = clock
        self._deliver = deliver
        self._report = tell
        self._rng = rng
        self._pair = target.profile.connect.pair == "always"
        self._failures = 0
        self._streamed = False
        self._link: Link | None = None
        self._state: State | None = None
        self._said: dict[str, int] = {}  # when which words were said last, since the stream ran

    async def run(self) -> None:
        """Stream until cancelled.

        Raises
        ------
        LinkError
            Before the first sample only: it will not work, or three attempts have failed.
        """
        while True:
            try:
                if self._failures >= SEARCH_AFTER:
                    await self._search()
                await self._session()
                self._tell("lost", f"The link to {self._target.title} was lost; connecting again.")
                pause_s = self._pause_s()
            except LinkError as error:
                pause_s = self._on_fault(error)
            await asyncio.sleep(pause_s)

    async def buzz(self, duration_ms: int) -> bool:
        """Have the sensor buzz; False when it cannot, or is not connected."""
        try:
            return self._link is not None and await self._link.buzz(duration_ms)
        except LinkError:
            return False

    async def _session(self) -> None:
        """One connection, until it is lost."""
        title = self._target.title
        if self._pair:
            self._tell("pairing", f"Connecting to {title}; if the system asks, allow pairing.")
        else:
            self._tell("connecting", f"Connecting to {title}.")
        async with connected(self._target, self._radio, self._clock, self._deliver, pair=self._pair) as link:
            await link.start()
            self._link = link
            battery = asyncio.create_task(self._keep_battery(link))
            try:
                await self._watch(link)
            finally:
                self._link = None
                battery.cancel()

    async def _watch(self, link: Link) -> None:
        """Return when the link is lost; restart a stale stream, and give it up when that does not help."""
        limit_ns = stale_after_ns(self._target)
        restarted = False
        while not link.gone:
            link.news.clear()
            if link.streaming:
                restarted = False
                self._failures = 0
                self._streamed = True
                self._tell("streaming", f"{self._target.title} is sending.")
            silent_ns = self._clock.t_ns() - link.heard_ns
            if silent_ns >= limit_ns and restarted:
                raise self._never_sends(link)
            if silent_ns >= limit_ns:
                self._tell("silent", f"{self._target.title} has gone quiet; starting it again.")
                await link.restart()
                restarted = True
                continue
            try:
                async with asyncio.timeout((limit_ns - silent_ns) / NS + 0.001):
                    await link.news.wait()
            except TimeoutError:
                continue
        if not link.streaming and not restarted:
            title = self._target.title
            raise LinkError("link", f"{title} let go of the link before it sent anything.", "Bring it nearer.")

    def _never_sends(self, link: Link) -> LinkError:
        needs, carries = self._target.profile.connect.mtu_min, link.mtu
        why = f" Its packets take {needs} bytes, and the link may carry only {carries}." if carries < needs else ""
        return LinkError("timeout", f"{self._target.title} is connected but sends nothing.{why}", "Restart it.")

    async def _keep_battery(self, link: Link) -> None:
        battery = self._target.profile.battery
        while battery is not None and not link.gone:
            try:
                await link.read_battery()
            except LinkError:
                return  # the stream matters more; a lost link shows there
            await asyncio.sleep(battery.every_s)

    async def _search(self) -> None:
        """Listen until the sensor is heard."""
        target = self._target
        words = f"Looking for {target.title}. Wear it and wake it up, and come near."
        searched_s = 0.0
        while True:
            device = await hear_again(
                self._radio,
                target.device.address,
                target.name,
                SEARCH_ROUND_S,
                lambda: self._tell("searching", words),
            )
            if device is not None:
                self._target = replace(target, device=device)
                return
            searched_s += SEARCH_ROUND_S
            if not self._streamed and searched_s >= LISTEN_S:
                raise LinkError(
                    "not_found",
                    f"{target.title} cannot be heard any more.",
                    "Wear it and wake it up, bring it near, and close other programs and phones that may hold it.",
                )
            if searched_s > SEARCH_KEEN_S:
                await asyncio.sleep(SEARCH_REST_S)

    def _on_fault(self, error: LinkError) -> float:
        """How long to pause after a fault, s; raises it when it is for a person to mend and nothing came so far."""
        may_pair = self._target.profile.connect.pair == "on-auth-error"
        if error.fault == "authentication" and may_pair and not self._pair:
            self._pair = True
            return 0.0
        if not self._streamed and (error.fault in LASTING or self._failures + 1 >= FIRST_ATTEMPTS):
            raise error
        self._tell("waiting", str(error))
        if error.fault in ENVIRONMENT:
            self._failures = max(self._failures, SEARCH_AFTER)  # what the system knew of the sensor is gone
            return ENVIRONMENT_PAUSE_S
        pause_s = self._pause_s()
        self._failures += 1
        if error.fault == "not_found":
            self._failures = max(self._failures, SEARCH_AFTER)
        return pause_s

    def _pause_s(self) -> float:
        shortest_s, longest_s = BACKOFF_S
        pause_s = min(shortest_s * 2.0 ** min(self._failures, 10), longest_s)
        return min(pause_s * (1.0 + self._rng.uniform(-JITTER, JITTER)), longest_s)

    def _tell(self, state: State, words: str) -> None:
        """Report what is done. An outage can last a night: the same words come again only after a good while."""
        t_ns = self._clock.t_ns()
        if state == "streaming":
            news = self._state != "streaming"
            self._said.clear()
        else:
            news = t_ns - self._said.get(words, -REPEAT_NS) >= REPEAT_NS
        self._state = state
        if news:
            self._said[words] = t_ns
            self._report(Status(t_ns, self._target.sensor, state, words))


def stale_after_ns(target: Target) -> int:
    """Silence after which a stream of this sensor counts as stale, ns."""
    stream = next(s for s in target.profile.streams if s.acc is not None)
    per_packet = stream.samples.per_packet if stream.samples.count is None else stream.samples.count
    packet_s = number_of(per_packet, target.params) / target.profile.sampling_rate_hz(target.params)
    least_s = STALE_ON_CHANGE_S if stream.on_change else STALE_S
    return round(max(least_s, STALE_PACKETS * packet_s) * NS)
