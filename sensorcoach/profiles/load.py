"""Finds and reads profile files: the shipped ones, then those of the user."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ..errors import ProfileError
from .model import DeviceProfile
from .parse import profile_from_dict
from .shipped import shipped_folder


def load_profile(path: Path) -> DeviceProfile:
    """Read one profile file.

    Raises
    ------
    ProfileError
        The file cannot be read, is no TOML, or says something the profile language does not know.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(
            f"{path}: cannot be read ({error.strerror}).", "Check the name of the profile file."
        ) from None
    except UnicodeDecodeError:
        raise ProfileError(f"{path}: is not text in UTF-8; a TOML file is meant.") from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: is not valid TOML: {error}.") from None
    return profile_from_dict(data, str(path))


def load_profiles(user_dir: Path | None = None) -> dict[str, DeviceProfile]:
    """Every known profile by name: the shipped ones, replaced or joined by those in `user_dir` (which need not exist).

    Raises
    ------
    ProfileError
        One of the files is wrong, or two of the same folder have the same name.
    """
    profiles: dict[str, DeviceProfile] = {}
    for folder in (shipped_folder("firmware_profiles"), user_dir):
        if folder is None or not folder.is_dir():
            continue
        found: dict[str, DeviceProfile] = {}
        for path in sorted(folder.glob("*.toml")):
            profile = load_profile(path)
            if profile.name in found:
                raise ProfileError(
                    f"{path}: name is {profile.name!r}, which {found[profile.name].source} has already; "
                    "a name of its own is meant."
                )
            found[profile.name] = profile
        profiles |= found
    return profiles
