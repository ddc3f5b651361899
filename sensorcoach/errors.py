"""Errors a person can act on: each says what went wrong, what to do next, and how the program should exit."""

from __future__ import annotations

from typing import ClassVar


class SensorcoachError(Exception):
    """Root of every expected failure. Anything else that reaches the command line is a bug.

    Parameters
    ----------
    message : str
        One clear sentence: what happened, and where.
    advice : str
        What the person can do next; may be empty.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class UsageError(SensorcoachError):
    """The command line or a Python call asks for something that cannot be."""

    exit_code = 2


class InputError(SensorcoachError):
    """A file or array cannot be read as a recording."""

    exit_code = 3


class ProfileError(SensorcoachError):
    """A device profile is wrong: names the file, the key, what was found and what was meant."""

    exit_code = 4


class DeviceError(SensorcoachError):
    """A device cannot be found, reached or made to stream."""

    exit_code = 5


class OutputError(SensorcoachError):
    """A result cannot be written."""

    exit_code = 6


class PacketError(SensorcoachError):
    """Bytes from a device that do not decode. Counted and skipped, never fatal."""
