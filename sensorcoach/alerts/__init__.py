"""When to make oneself noticed (a pure policy over events), and how (channels that fall back on one another)."""

from .channels import Bell, Channel, ChannelError, DesktopNotification, Haptic, Ladder, TerminalNotification
from .policy import AlertPolicy
from .settings import DEFAULT_ABOUT, MODES, AlertSettings

__all__ = [
    "DEFAULT_ABOUT",
    "MODES",
    "AlertPolicy",
    "AlertSettings",
    "Bell",
    "Channel",
    "ChannelError",
    "DesktopNotification",
    "Haptic",
    "Ladder",
    "TerminalNotification",
]
