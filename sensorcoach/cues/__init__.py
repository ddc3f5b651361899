"""Cues for closed eyes: tones, spoken words, bells and buzzes, at the very turns of the paced breath."""

from .player import CuePlayer, player
from .settings import CueSettings

__all__ = ["CuePlayer", "CueSettings", "player"]
