"""Real sensors over Bluetooth Low Energy. The only room that knows Bleak, besides the simulated radio."""

from .clock import StreamClock
from .faults import Fault, LinkError
from .link import Link, Target, connected
from .radio import Radio
from .scan import Seen, find, scan
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
    "scan",
]
