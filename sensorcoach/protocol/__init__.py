"""The protocol core, sans-IO: packets to samples and back, and the conversation that starts and stops a device."""

from .battery import BatteryLevel
from .conversation import Conversation
from .decoder import Counters, Decoder
from .encode import PacketEncoder, SentPacket
from .heart import HeartBeats
from .vectors import check_vectors

__all__ = [
    "BatteryLevel",
    "Conversation",
    "Counters",
    "Decoder",
    "HeartBeats",
    "PacketEncoder",
    "SentPacket",
    "check_vectors",
]
