"""Real sensors over Bluetooth Low Energy. The only room that knows Bleak, besides the simulated radio."""

from .clock import StreamClock
from .faults import Fault, LinkError
from .identify import identify
from .link import Link, Target, connected
from .radio import Radio
from .scan import find, scan
from .sightings import Seen
from .source import BleSource, LiveItem
from .supervisor import Status, Supervisor

__all__ = [
    "BleSource",
    "Fault",
    "Link",
    "LinkError",
    "LiveItem",
    "Radio",
    "Seen",
    "Status",
    "StreamClock",
    "Supervisor",
    "Target",
    "connected",
    "find",
    "identify",
    "scan",
]
