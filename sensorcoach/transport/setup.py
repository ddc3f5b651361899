"""From what a journal's header says of a sensor to what the engine needs of it."""

from __future__ import annotations

from typing import cast, get_args

from ..engine import SensorSetup
from ..errors import InputError, ProfileError
from ..profiles import profile_from_dict
from ..protocol import Decoder
from ..recording.journal_format import SensorHeader
from ..samples import Site, StreamInfo


def setup_from_header(sensor: SensorHeader, source: str) -> SensorSetup:
    """A sensor as a journal's header describes it, with a decoder that has seen nothing yet.

    Raises
    ------
    InputError
        The profile in the header is no profile this version can decode with.
    """
    try:
        profile = profile_from_dict(dict(sensor.profile), source)
        decoder = Decoder(profile, sensor.params, sensor.name)
    except ProfileError as error:
        raise InputError(
            f"{source} cannot be decoded: the device profile in its header is damaged ({error.message}).",
            "Its packets are still whole; see docs/journal-format.md.",
        ) from None
    site = cast("Site", sensor.site) if sensor.site in get_args(Site) else "chest"
    stream = StreamInfo(sensor.name, site, decoder.sampling_rate_hz, profile.has_gyro)
    return SensorSetup(stream, decoder, check=profile.check)
