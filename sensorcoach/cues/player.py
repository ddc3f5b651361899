"""Plays cues at their time: a sink for events, with threads of its own, so that no run ever waits for a loudspeaker."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol, Self

from ..events import Event
from ..samples import NS
from .clock import CueClock
from .conductor import Conductor, Cue
from .settings import CueSettings
from .signals import Bell, Buzz, Haptic
from .sound import Sound
from .speech import Rank, Sentence, SpeechQueue
from .voice import SystemVoice, programs

LATE_NS: Final = 150_000_000
"""A turn of the breath that is noticed later is left out: a late cue is worse than none."""
LATE_VERDICT_NS: Final = NS
"""Ticks and chimes answer what was done, and may come after the packets that tell it."""
LOOK_S: Final = 0.25
"""How often the voice looks whether advice fits in now."""
LONGEST_WAIT_S: Final = 5.0
LEAST_WAIT_S: Final = 0.01
"""A stream that stands still just before a turn must not keep a processor busy."""
LAST_WORDS_S: Final = 30.0
"""A session's summary takes about ten to say."""
END_S: Final = 1.0


class Voice(Protocol):
    """Says sentences; `voice.SystemVoice` is one."""

    def speak(self, words: str) -> None:
        """Say it, and come back when it is said."""

    def hush(self) -> None:
        """Break off."""


class Signal(Protocol):
    """Plays tones in its own way; never makes the caller wait."""

    def play(self, kind: str) -> None:
        """Begin a tone."""

    def close(self) -> None:
        """Be silent."""


class CuePlayer:
    """Give it every batch of events; call `close` at the end.

    Parameters
    ----------
    settings : CueSettings
    signals : sequence of Signal
    voice : Voice, optional
    position_ns : callable, optional
        Stream time reached. Without it the newest event tells, which is up to a packet late.
    buzz : callable, optional
        As `BleSource.buzz`; used when the settings say haptic.
    say : callable
        Gets sentences about what does not work.
    clock_ns : callable
        Any monotonic clock.
    start : bool
        Begin the threads; without them `pump` and `next_words` do their work, as tests want it.
    """

    def __init__(
        self,
        settings: CueSettings,
        signals: Iterable[Signal] = (),
        voice: Voice | None = None,
        *,
        position_ns: Callable[[], int] | None = None,
        buzz: Buzz | None = None,
        say: Callable[[str], None],
        clock_ns: Callable[[], int] = time.monotonic_ns,
        start: bool = True,
    ) -> None:
        self._signals = list(signals)
        self._voice = voice
        self._settings = settings
        self._position_ns: Callable[[], int] | None = None
        self._buzz: Buzz | None = None
        self._haptic: Haptic | None = None
        self._say = say
        self._clock_ns = clock_ns
        self._clock = CueClock()
        self._conductor = Conductor()
        self._queue = SpeechQueue(settings.voice_rate)
        self._news = threading.Condition()
        self._saying: Rank | None = None
        self._closed = False
        self._threads: list[threading.Thread] = []
        self.attach(position_ns, buzz)
        if start and settings.any:
            loops = [self._keep_time, *([self._keep_speaking] if voice else [])]
            self._threads = [threading.Thread(target=loop, name="cues", daemon=True) for loop in loops]
            for thread in self._threads:
                thread.start()

    def attach(self, position_ns: Callable[[], int] | None, buzz: Buzz | None = None) -> None:
        """Take time and buzzer from this run, where it was not known yet when the player was made."""
        self._position_ns = position_ns
        self._buzz = buzz if self._settings.haptic else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self.close()

    def __call__(self, events: Iterable[Event]) -> None:
        """The next events."""
        batch = list(events)
        if self._buzz is not None and self._haptic is None:
            self._haptic = _haptic(self._buzz, self._say)
        with self._news:
            newest_ns = max((event.t_ns for event in batch), default=0)
            position_ns = newest_ns if self._position_ns is None else self._position_ns()
            if position_ns:
                self._clock.step(position_ns, self._clock_ns())
            for cue in self._conductor.hear(batch):
                self._send(cue, LATE_VERDICT_NS)
            self._news.notify_all()

    def pump(self) -> float:
        """Send what is due now; s until something is due again."""
        with self._news:
            now_ns = self._now_ns()
            turns = self._conductor.due(now_ns)
            for cue in turns:
                self._send(cue, LATE_NS)
            if turns:
                self._news.notify_all()
            next_ns = self._conductor.next_ns
        return LONGEST_WAIT_S if next_ns is None else min(max((next_ns - now_ns) / NS, LEAST_WAIT_S), LONGEST_WAIT_S)

    def next_words(self) -> str:
        """What is to be spoken now; empty: nothing."""
        with self._news:
            sentence = self._queue.take(self._now_ns(), self._conductor.next_ns)
            self._saying = None if sentence is None else sentence.rank
        return "" if sentence is None else sentence.words

    def finish(self) -> None:
        """Wait for words that nobody should miss, such as a session's summary; nothing else is begun any more."""

        def said() -> bool:
            return not self._queue.waiting and (self._saying is None or self._saying < Rank.SAFETY)

        with self._news:
            self._queue.keep(Rank.SAFETY)
            if any(thread.is_alive() for thread in self._threads):
                self._news.wait_for(said, LAST_WORDS_S)

    def close(self) -> None:
        """End all of it, at once."""
        with self._news:
            if self._closed:
                return
            self._closed = True
            self._news.notify_all()
        if self._voice is not None:
            self._voice.hush()
        for thread in self._threads:
            thread.join(END_S)
        for signal in self._signals:
            signal.close()
        if self._haptic is not None:
            self._haptic.close()

    def _now_ns(self) -> int:
        return self._clock.now_ns(self._clock_ns())

    def _send(self, cue: Cue, late_ns: int) -> None:
        now_ns = self._now_ns()
        if cue.tone and now_ns - cue.t_ns <= late_ns:
            for signal in self._signals:
                signal.play(cue.tone)
            if self._haptic is not None:
                self._haptic.play(cue.tone, cue.sensor)
        if self._voice is not None and self._queue.put(Sentence(cue.words, cue.t_ns, cue.rank)):
            self._voice.hush()

    def _keep_time(self) -> None:
        with self._news:
            while not self._closed:
                self._news.wait(self.pump())

    def _keep_speaking(self) -> None:
        assert self._voice is not None
        while not self._closed:
            with self._news:
                if self._closed:  # while the last sentence was said
                    return
                words = self.next_words()
                if not words:
                    self._news.notify_all()  # whoever waits for the last words
                    self._news.wait(LOOK_S)
            if words:
                self._voice.speak(words)


def player(
    settings: CueSettings,
    *,
    position_ns: Callable[[], int] | None = None,
    buzz: Buzz | None = None,
    ring: Callable[[], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> CuePlayer:
    """A sink that plays the cues the settings ask for, over what this computer has; `close` it at the end.

    Parameters
    ----------
    settings : CueSettings
    position_ns : callable, optional
        Stream time reached, such as `LiveRun.position_ns`: makes cues exact to some hundredths of a second.
    buzz : callable, optional
        As `BleSource.buzz`.
    ring : callable, optional
        Rings the terminal's bell once; by default writes it to the terminal.
    say : callable, optional
        Gets sentences about what does not work, each once; by default stderr.
    """
    tell = say or _to_stderr
    signals: list[Signal] = []
    if settings.sound:
        signals.append(Sound(settings.volume, tell))
    if settings.bell:
        signals.append(Bell(ring or _ring))
    voice = SystemVoice(programs(settings.voice_rate, settings.volume), tell) if settings.voice else None
    return CuePlayer(settings, signals, voice, position_ns=position_ns, buzz=buzz, say=tell)


def _haptic(buzz: Buzz, say: Callable[[str], None]) -> Haptic | None:
    """Where events come on an event loop, that loop holds the link."""
    try:
        return Haptic(buzz, asyncio.get_running_loop(), say)
    except RuntimeError:
        return None


def _to_stderr(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _ring() -> None:
    """To the terminal itself: a dashboard has put its own stream in the place of stderr."""
    out = sys.__stderr__
    if out is not None and out.isatty():
        out.write("\a")
        out.flush()
