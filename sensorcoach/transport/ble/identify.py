"""Which of several models that advertise the same a device is: by asking it."""

from __future__ import annotations

from ...profiles import DeviceProfile
from .clock import StreamClock
from .faults import LinkError
from .link import Target, connected
from .radio import Radio
from .sightings import Seen


async def identify(seen: Seen, radio: Radio) -> DeviceProfile:
    """The profile whose question the device answers as it should; the best fit when no profile can tell.

    Raises
    ------
    LinkError
        It cannot be connected, or answers none of them.
    """
    assert seen.profile is not None
    candidates = [p for p in (seen.profile, *seen.also) if p.conversations.get("identify")]
    if not seen.also or not candidates:
        return seen.profile
    refusal: LinkError | None = None
    for profile in candidates:
        target = Target(seen.device, profile, seen.name, params=profile.resolve())
        async with connected(target, radio, StreamClock(), lambda packet: None) as link:
            try:
                await link.converse("identify")
                return profile
            except LinkError as error:
                refusal = error
    if len(candidates) <= len(seen.also):  # a profile without a question is left for the rest of the family
        return next(p for p in (seen.profile, *seen.also) if p not in candidates)
    assert refusal is not None
    raise refusal
