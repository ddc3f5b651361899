"""Device profiles: how each kind of device is found, started and read, as TOML files checked strictly."""

from .load import load_profile, load_profiles
from .match import Match, match
from .model import DeviceProfile, number_of
from .parse import profile_from_dict
from .shipped import shipped_folder

__all__ = [
    "DeviceProfile",
    "Match",
    "load_profile",
    "load_profiles",
    "match",
    "number_of",
    "profile_from_dict",
    "shipped_folder",
]
