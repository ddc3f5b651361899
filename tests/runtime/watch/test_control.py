"""Talking to a running watch: for its owner alone, and never a way to harm it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sensorcoach.errors import UsageError
from sensorcoach.runtime.watch import control
from sensorcoach.runtime.watch.control import ControlServer, ask, follow

T = TypeVar("T")


async def answer(request: dict[str, Any]) -> dict[str, Any]:
    if request.get("do") == "fail":
        raise UsageError("That cannot be.", "Do something else.")
    return {"heard": request.get("do")}


def served(path: Path, client: Callable[[], T], *, unix: bool = True) -> T:
    async def main() -> T:
        async with ControlServer(path, answer, unix=unix):
            return await asyncio.to_thread(client)

    return asyncio.run(main())


@pytest.mark.parametrize("unix", [True, False])
def test_an_answer_comes_back_and_the_way_is_for_its_owner_alone(tmp_path: Path, unix: bool) -> None:
    path = tmp_path / "w.sock"

    def client() -> tuple[dict[str, Any], int]:
        return ask(path, {"do": "status"}, unix=unix), stat.S_IMODE(path.stat().st_mode)

    assert served(path, client, unix=unix) == ({"heard": "status"}, 0o600)
    assert not path.exists()
    with pytest.raises(UsageError, match="No watch is running"):
        ask(path, {"do": "status"}, unix=unix)


def test_a_view_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "VIEW_S", 0.0)
    path = tmp_path / "w.sock"

    def client() -> list[dict[str, Any]]:
        answers = follow(path, {"do": "view"})
        return [next(answers) for _ in range(5)]

    assert served(path, client) == [{"heard": "view"}] * 5


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    path = tmp_path / "w.sock"

    def client() -> None:
        with pytest.raises(UsageError, match=r"That cannot be\. Do something else\."):
            ask(path, {"do": "fail"})

    served(path, client)


@pytest.mark.parametrize("line", [b"\n", b"hello\n", b"[1]\n", b"\xff\xfe\n", b"[" * 3000 + b"\n", b"x" * 100_000])
def test_nonsense_is_refused_and_harms_nothing(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "w.sock"

    def client() -> tuple[bytes, dict[str, Any]]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(line)
            connection.shutdown(socket.SHUT_WR)
            got = connection.makefile("rb").readline()
        return got, ask(path, {"do": "status"})

    got, after = served(path, client)
    assert json.loads(got) == {"error": "That was no request."}
    assert after == {"heard": "status"}


def test_on_loopback_only_who_knows_the_secret_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "w.port"

    def client() -> tuple[dict[str, Any], str]:
        where = json.loads(path.read_text())
        with socket.create_connection(("127.0.0.1", where["port"])) as connection:
            connection.sendall(b'{"do": "stop", "secret": "guess"}\n')
            return json.loads(connection.makefile("rb").readline()), connection.getpeername()[0]

    assert served(path, client, unix=False) == ({"error": "Wrong secret."}, "127.0.0.1")


def test_a_socket_left_by_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "w.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert served(path, lambda: ask(path, {"do": "status"})) == {"heard": "status"}


def test_a_path_too_long_for_a_socket_is_an_os_error_without_traces(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)

    async def main() -> None:
        async with ControlServer(folder / "w.sock", answer):
            pass

    before = os.umask(0o022)
    os.umask(before)
    with pytest.raises(OSError, match="too long"):
        asyncio.run(main())
    after = os.umask(before)
    assert after == before
