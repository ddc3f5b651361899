"""A watch that starts with the user's session: the texts for systemd, launchd and the Windows task scheduler.

Texts and commands are made here and tested as such; only `install` and `uninstall` touch the system.
"""

from __future__ import annotations

import contextlib
import os
import plistlib
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from ...errors import OutputError, UsageError

RESTART_S: Final = 30

_UNIT = """\
[Unit]
Description=sensorcoach: breathing and posture, all day

[Service]
ExecStart={command}
Restart=on-failure
RestartSec={restart_s}
Nice=5

[Install]
WantedBy=default.target
"""

_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>sensorcoach: breathing and posture, all day</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions>
    <Exec><Command>{program}</Command><Arguments>{arguments}</Arguments></Exec>
  </Actions>
</Task>
"""

Runner = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class Service:
    """A file to write, and the commands that make the system use it, or forget it."""

    path: Path
    content: bytes
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]
    note: str = ""


def service_for(platform: str, home: Path, command: Sequence[str], who: str) -> Service:
    """The service for this system.

    Parameters
    ----------
    platform : str
        As `sys.platform`.
    home : Path
        The user's own folder.
    command : sequence of str
        What is to run.
    who : str
        Wearer: each has a service of their own.

    Raises
    ------
    UsageError
        There is none for this system.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", who.lower()).strip("-")
    if who and not slug:  # a name in other letters
        slug = blake2s(who.encode(), digest_size=4).hexdigest()
    name = f"sensorcoach-watch-{slug}" if slug else "sensorcoach-watch"
    if platform == "linux":
        return _systemd(home, command, f"{name}.service")
    if platform == "darwin":
        return _launchd(home, command, f"org.sensorcoach.{name}")
    if platform == "win32":
        return _task(home, command, name)
    raise UsageError(
        f"There is no service for this system ({platform}).", "Start `sensorcoach watch` at login yourself."
    )


def install(service: Service, run: Runner | None = None) -> None:
    """Write the file and start the service; one that is there already is stopped first, so that new options count.

    Raises
    ------
    OutputError
        Something did not work; says which command can be tried by hand.
    """
    if service.path.exists():
        with contextlib.suppress(OutputError):  # perhaps it was not running
            _run_all(service.stop, run or _run)
    try:
        service.path.parent.mkdir(parents=True, exist_ok=True)
        service.path.write_bytes(service.content)
    except OSError as error:
        raise OutputError(f"{service.path} cannot be written: {error.strerror or error}.") from None
    _run_all(service.start, run or _run)


def uninstall(service: Service, run: Runner | None = None) -> bool:
    """Stop the service and remove its file; False when there is none."""
    if not service.path.exists():
        return False
    try:
        _run_all(service.stop, run or _run)
    finally:
        service.path.unlink(missing_ok=True)
    return True


def _run_all(commands: Sequence[Sequence[str]], run: Runner) -> None:
    for command in commands:
        line = subprocess.list2cmdline(command)
        try:
            done = run(command)
        except OSError as error:
            raise OutputError(
                f"`{line}` cannot be run: {error.strerror or error}.", "Is this a desktop login?"
            ) from None
        if done.returncode:
            why = (done.stderr or done.stdout or f"exit code {done.returncode}").strip().splitlines()
            raise OutputError(f"`{line}` did not work: {why[-1] if why else ''}", "Try it by hand to see more.")


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def _systemd(home: Path, command: Sequence[str], name: str) -> Service:
    line = " ".join(_systemd_word(word) for word in command)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    user = ("systemctl", "--user")
    return Service(
        config / "systemd" / "user" / name,
        _UNIT.format(command=line, restart_s=RESTART_S).encode(),
        ((*user, "daemon-reload"), (*user, "enable", "--now", name)),
        ((*user, "disable", "--now", name),),
        "To keep it running while you are logged out: loginctl enable-linger",
    )


def _systemd_word(word: str) -> str:
    """A word of ExecStart (systemd.service(5), command lines): % and $ are doubled, the rest is quoted."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{word}"' if re.search(r"[^\w@%+=:,./-]", word) or not word else word


def _launchd(home: Path, command: Sequence[str], label: str) -> Service:
    path = home / "Library" / "LaunchAgents" / f"{label}.plist"
    job = {
        "Label": label,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": RESTART_S,
        "ProcessType": "Background",
    }
    domain = f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"
    return Service(
        path,
        plistlib.dumps(job),
        (("launchctl", "bootstrap", domain, str(path)),),
        (("launchctl", "bootout", f"{domain}/{label}"),),
        "The first time, macOS asks whether it may use Bluetooth.",
    )


def _task(home: Path, command: Sequence[str], name: str) -> Service:
    path = home / "AppData" / "Local" / "sensorcoach" / f"{name}.xml"
    text = _TASK.format(program=escape(command[0]), arguments=escape(subprocess.list2cmdline(command[1:])))
    return Service(
        path,
        text.encode("utf-16"),
        (("schtasks", "/Create", "/TN", name, "/XML", str(path), "/F"), ("schtasks", "/Run", "/TN", name)),
        (("schtasks", "/End", "/TN", name), ("schtasks", "/Delete", "/TN", name, "/F")),
    )
