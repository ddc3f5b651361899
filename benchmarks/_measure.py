"""Shared by the benchmarks: CPU time and peak memory of a process, and a pseudo-terminal to run a dashboard in."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one finished process took."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def run(command: Sequence[str], *, quiet: bool = True) -> Cost:
    """Run to the end; raise when it fails."""
    out = subprocess.DEVNULL if quiet else None
    start_s = time.perf_counter()
    child = subprocess.Popen(command, stdout=out)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"failed with {child.returncode}: {' '.join(command)}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start_s, usage.ru_maxrss / 1024)


def python(*arguments: str) -> list[str]:
    """This interpreter with arguments."""
    return [sys.executable, *arguments]


def in_terminal(command: Sequence[str], *, columns: int, rows: int, seconds: float) -> tuple[Cost, float, bytes]:
    """Run in a pseudo-terminal of this size for some seconds, then press q: its cost, time to first output, output."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execvp(command[0], list(command))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    start_s = time.perf_counter()
    first_s, seen = float("nan"), b""
    asked = False
    while True:
        ready, _, _ = select.select([fd], [], [], 0.05)
        now_s = time.perf_counter() - start_s
        if ready:
            try:
                chunk = os.read(fd, 65536)
            except OSError:
                break
            if not chunk:
                break
            seen += chunk
            if first_s != first_s and b"\x1b[" in seen and len(seen) > 2000:
                first_s = now_s
        if now_s > seconds and not asked:
            os.write(fd, b"q")
            asked = True
        if now_s > seconds + 10:
            os.kill(pid, 9)
    _, _, usage = os.wait4(pid, 0)
    return Cost(usage.ru_utime + usage.ru_stime, now_s, usage.ru_maxrss / 1024), first_s, seen
