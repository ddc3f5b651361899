"""Which cues a person wants, and how loud."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CueSettings:
    """What the section `[cues]` of the settings says.

    Attributes
    ----------
    sound : bool
        Soft tones.
    voice : bool
        Spoken words.
    bell : bool
        The terminal's bell.
    haptic : bool
        The sensor's own buzzer.
    volume : int, 0..100
        Of tones and voice.
    voice_rate : int, words a minute
    """

    sound: bool = False
    voice: bool = False
    bell: bool = False
    haptic: bool = False
    volume: int = 50
    voice_rate: int = 160

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return self.sound or self.voice or self.bell or self.haptic
