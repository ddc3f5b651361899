"""How other commands talk to a running watch: one JSON object a line each way, over a socket for its owner alone.

A Unix socket with permissions 0600; on systems without, a port of the loopback interface and a secret in a file that
only the owner can read. Nothing listens on any other interface.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

from ...errors import SensorcoachError, UsageError

HAS_UNIX: Final = hasattr(socket, "AF_UNIX") and sys.platform != "win32"
LONGEST_REQUEST: Final = 4096
MOST_CLIENTS: Final = 16
ANSWER_S: Final = 5.0
VIEW_S: Final = 1.0

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""From a request to its answer. A `SensorcoachError` becomes an answer with `error`."""


class ControlServer:
    """Listens while it is entered.

    Parameters
    ----------
    path : Path
        The socket, or the file with port and secret.
    answer : callable
    unix : bool
        Whether to use a Unix socket.
    """

    def __init__(self, path: Path, answer: Answer, *, unix: bool = HAS_UNIX) -> None:
        self.path = path
        self._answer = answer
        self._unix = unix
        self._secret = "" if unix else secrets.token_hex(16)
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> ControlServer:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()  # left by a process that was killed: whoever comes here holds the wearer's lock
        if self._unix:
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            before = os.umask(0o177)
            try:
                listening.bind(str(self.path))
            except OSError:
                listening.close()
                raise
            finally:
                os.umask(before)
            self._server = await asyncio.start_unix_server(self._accept, sock=listening, limit=LONGEST_REQUEST)
        else:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LONGEST_REQUEST)
            port = self._server.sockets[0].getsockname()[1]
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as target:
                json.dump({"port": port, "secret": self._secret}, target)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        with contextlib.suppress(OSError):
            self.path.unlink()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError, TimeoutError):
                if len(self._clients) <= MOST_CLIENTS:
                    async for line in self._lines(reader):
                        writer.write(json.dumps(line).encode() + b"\n")
                        await writer.drain()
        finally:
            self._clients.discard(task)
            writer.close()

    async def _lines(self, reader: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
        """Answers to the one request of a connection; a view goes on until the other side leaves."""
        try:
            async with asyncio.timeout(ANSWER_S):
                request = json.loads(await reader.readline())
            if not isinstance(request, dict):
                raise ValueError
        except (ValueError, RecursionError):  # also a line that is too long
            yield {"error": "That was no request."}
            return
        if not hmac.compare_digest(str(request.get("secret", "")).encode(), self._secret.encode()):
            yield {"error": "Wrong secret."}
            return
        yield await self._reply(request)
        while request.get("do") == "view":
            left = asyncio.ensure_future(reader.read(1))
            done, _ = await asyncio.wait({left}, timeout=VIEW_S)
            left.cancel()
            if done:
                return
            yield await self._reply(request)

    async def _reply(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return await self._answer(request)
        except SensorcoachError as error:
            return {"error": str(error)}


def ask(path: Path, request: dict[str, Any], *, unix: bool = HAS_UNIX) -> dict[str, Any]:
    """The answer of the watch that listens at `path`.

    Raises
    ------
    UsageError
        None does, or it refuses; says so.
    """
    for answer in follow(path, request, unix=unix):
        return answer
    raise UsageError("The watch gave no answer.", "Perhaps it was just ending: try again.")


def follow(path: Path, request: dict[str, Any], *, unix: bool = HAS_UNIX) -> Iterator[dict[str, Any]]:
    """All answers to a request, as they come, until the watch ends.

    Raises
    ------
    UsageError
    """
    try:
        with _connect(path, request, unix=unix) as connection, connection.makefile("rb") as lines:
            for line in lines:
                answer = json.loads(line)
                if "error" in answer:
                    raise UsageError(str(answer["error"]))
                yield answer
    except TimeoutError:
        raise UsageError(
            "The watch gives no answer.", "Perhaps it is stuck: end its process, and start it anew."
        ) from None
    except (OSError, ValueError, KeyError):
        raise UsageError("No watch is running.", "Start one with: sensorcoach watch") from None


def _connect(path: Path, request: dict[str, Any], *, unix: bool) -> socket.socket:
    if unix:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        place: Any = str(path)
    else:
        where = json.loads(path.read_text(encoding="utf-8"))
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        place = ("127.0.0.1", int(where["port"]))
        request = request | {"secret": where["secret"]}
    try:
        connection.settimeout(ANSWER_S)
        connection.connect(place)
        connection.sendall(json.dumps(request).encode() + b"\n")
    except BaseException:
        connection.close()
        raise
    return connection
