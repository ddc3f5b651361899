"""What is said about the feed itself: whether it plays, is over, is lost, and what to do then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .scene import FeedState

if TYPE_CHECKING:
    from .stream import Stream

_OVER: Final = {
    "replay": "The recording is over: ← goes back.",
    "demo": "The demo is over.",
    "live": "The sensor has stopped sending.",
}
_QUIET: Final = {
    "lost": "The connection is lost. Come nearer; the sensor is being looked for.",
    "silent": "Nothing is heard from the sensor. Looking for it again.",
}


def feed_state(stream: Stream) -> FeedState:
    """How the feed of this stream fares, for the top lines of a screen."""
    feed, state, message = stream.feed, stream.state, stream.failure
    if state == "ended":
        message = _OVER[feed.kind]
    elif feed.kind == "live" and not message:
        message = _QUIET.get(stream.model.link, "")
    return FeedState(
        feed.title,
        stream.opened.wearer,
        feed.kind,
        state,
        feed.speed,
        feed.duration_s,
        feed.recording,
        stream.frozen,
        stream.snoozed,
        feed.lost_packets,
        message,
    )
