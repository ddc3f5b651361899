"""Recordings of other programs: recognised by content, brought to m/s², rad/s and s, checked like our own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from ...errors import InputError
from ..arrays import ArrayRecording
from . import edf, movesense, phyphox, polar, sensor_logger, xdf
from ._parts import Form, Part, assemble

FORMS: Final[tuple[Form, ...]] = (
    polar.FORM,
    phyphox.FORM,
    sensor_logger.FORM,
    movesense.FORM,
    edf.FORM,
    xdf.FORM,
)

_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06")


def recognise(path: Path, head: bytes) -> Form | None:
    """What kind of foreign file begins with these bytes (unpacked); None where it is none that is known.

    Raises
    ------
    InputError
        It is an archive, which has to be unpacked first.
    """
    if head.startswith(_ARCHIVES):
        raise InputError(
            f"{path} is a zip archive.", "Unpack it, and name the file with the acceleration (with gravity)."
        )
    return next((form for form in FORMS if form.matches(head)), None)


def read_foreign(form: Form, path: Path) -> ArrayRecording:
    """The recording in one file, with the gyroscope file that lies beside it where the app writes two.

    Raises
    ------
    InputError
        The file cannot be read as what it seems to be, or fails the checks of `arrays.settle`.
    UsageError
        A package is needed that is not installed.
    """
    parts = form.read(path)
    beside = form.companion(path)
    if len(parts) == 1 and parts[0].kind == "acc" and beside is not None and beside.is_file():
        problems = parts[0].problems
        try:
            parts += [part for part in form.read(beside) if part.kind == "gyr"]
            problems.add(path.name, 0, f"angular rates are taken from {beside.name} beside it")
        except InputError as error:
            problems.add(path.name, 0, f"{beside.name} beside it is not used: {error.message}")
    return assemble(parts, from_zero=form.from_zero)


def read_together(paths: Sequence[Path], head_of: Callable[[Path], bytes]) -> ArrayRecording:
    """The recording in several files of one app: one with accelerations, one with angular rates.

    Raises
    ------
    InputError
        As `read_foreign`, and when the files do not belong together.
    """
    forms = [recognise(path, head_of(path)) for path in paths]
    parts: list[Part] = []
    for path, form in zip(paths, forms, strict=True):
        if form is None or form is not forms[0]:
            raise InputError(
                f"{path} is not of the same app as {paths[0]}." if form else f"{path} is of no app that is known.",
                "Name files of one recording of one app; see docs/import-export.md.",
            )
        parts += form.read(path)
    assert forms[0] is not None
    return assemble(parts, from_zero=forms[0].from_zero)
