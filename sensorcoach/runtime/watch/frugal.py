"""Keeps the memory of a process that runs for weeks where it was after its first hour.

glibc's allocator raises its own thresholds whenever a large block is freed, and then keeps more and more freed memory
for itself (mallopt(3), M_MMAP_THRESHOLD); every thread gets an arena of its own besides. Fixed thresholds and a single
arena give freed memory back to the system. Other C libraries are left as they are.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from typing import Final

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h
_SETTINGS: Final = ((_MMAP_THRESHOLD, 256 << 10), (_TRIM_THRESHOLD, 512 << 10), (_ARENA_MAX, 1))


def give_memory_back() -> None:
    """Ask the allocator to return what is freed; nothing happens where it cannot be asked."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in _SETTINGS:
            mallopt(parameter, value)
