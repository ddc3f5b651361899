"""Cues on the command line: `--sound --voice --bell --buzz`, over what the settings say."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from platformdirs import user_config_path

from ...coach.pacer import Pacer
from ...coach.patterns import CAUTION, on_request
from ...cues import CuePlayer, CueSettings, player
from ...events import SetPacer
from ...samples import NS
from ...settings import Settings, load_settings, pattern_of
from ...settings.table import CUES_BELL, CUES_HAPTIC, CUES_SOUND, CUES_VOICE, CUES_VOICE_RATE, CUES_VOLUME

FIRST_BREATH_S: Final = 5.0
"""From the beginning of a run to the first breath in of its pacer."""


def first_pacer(args: argparse.Namespace, say: Callable[[str], None]) -> list[SetPacer]:
    """The command that begins with the pacer of `--pattern`; none without."""
    if not args.pattern:
        return []
    pattern = pattern_of(args.pattern, user_config_path("sensorcoach"))
    if on_request(pattern):
        say(CAUTION)
    return [Pacer(pattern, round(FIRST_BREATH_S * NS)).command(0)]


def cue_settings(args: argparse.Namespace, settings: Settings) -> CueSettings:
    """What was typed, else what is set."""

    def chosen(typed: bool | None, otherwise: bool) -> bool:
        return otherwise if typed is None else typed

    return CueSettings(
        sound=chosen(args.sound, settings[CUES_SOUND]),
        voice=chosen(args.voice, settings[CUES_VOICE]),
        bell=chosen(args.bell, settings[CUES_BELL]),
        haptic=chosen(args.buzz, settings[CUES_HAPTIC]),
        volume=settings[CUES_VOLUME],
        voice_rate=settings[CUES_VOICE_RATE],
    )


@contextlib.contextmanager
def cue_player(args: argparse.Namespace, chosen: str, remarks: deque[str]) -> Iterator[CuePlayer]:
    """A player of the cues that are wanted, for a run in the mode `chosen`.

    Where that is the dashboard it takes what there is to say from `remarks`; what it leaves is told at the end.
    """
    with player(cue_settings(args, load_settings()), say=remarks.append if chosen == "tui" else _say) as cues:
        yield cues
    for remark in remarks:
        _say(remark)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
