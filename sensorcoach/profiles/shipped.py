"""Where the folders that ship with the program are: in the installed package, else in the source tree."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from ..errors import InputError

ShippedFolder = Literal["firmware_profiles", "recordings"]

PACKAGE: Final = Path(__file__).resolve().parent.parent


def shipped_folder(name: ShippedFolder) -> Path:
    """Folder `firmware_profiles` or `recordings`, wherever this copy of the program keeps it.

    A wheel carries them inside the package (`_shipped/`); in a source tree or an editable install they lie beside it.

    Raises
    ------
    InputError
        Neither exists: the installation is damaged.
    """
    for folder in (PACKAGE / "_shipped" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise InputError(
        f"The folder {name!r} that belongs to this program is missing from its installation ({PACKAGE}).",
        "Install sensorcoach again.",
    )
