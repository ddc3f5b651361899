"""`--web`: the dashboard in a browser on this computer, through the extra `web`. See docs/web-view.md.

Nothing leaves the computer: the server listens on the loopback interface alone, answers only to its own address with a
token that nobody can guess, and tells the browser to load nothing from elsewhere. The token is the first part of every
path, so that it covers the page, its files and the socket alike, without cookies.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
import shlex
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ...errors import OutputError, UsageError
from ..stopping import stop_signals

if TYPE_CHECKING:
    from aiohttp import web

HOST: Final = "127.0.0.1"
TOKEN_BYTES: Final = 24
CLOSING_S: Final = 5.0
"""For a browser to take leave at the end."""
END_S: Final = 20.0
"""For the run to tell its sensor and finish its recording."""
NO_EXTRA: Final = "The web view needs the package textual-serve, which is not installed."
INSTALL: Final = 'Install it with: pip install "sensorcoach[web]"'
FORBIDDEN: Final = "Open the whole address that sensorcoach printed; it changes with every start."
BUSY: Final = "This run is already open in another window. Close that one first."

Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]


def serve(argv: Sequence[str], port: int) -> int:
    """Serve the dashboard of `sensorcoach ARGV` until Ctrl-C, each time a browser opens it.

    Parameters
    ----------
    argv : sequence of str
        As typed, with `--web`.
    port : int
        0: any that is free.

    Raises
    ------
    UsageError
        The extra is not installed.
    OutputError
        The port is taken.
    """
    command = child_command(argv)
    with contextlib.redirect_stdout(sys.stderr):  # textual-serve prints there what the run said at its end
        asyncio.run(_serve(command, port))
    return 0


def child_command(argv: Sequence[str]) -> str:
    """The same command for the process that draws the dashboard, as one line for the shell."""
    words, left_out = [sys.executable, "-m", "sensorcoach"], False
    for word in argv:
        if left_out or word in ("--web", "--web-port") or word.startswith("--web-port="):
            left_out = word == "--web-port"
            continue
        words.append(word)
    words += ["--mode", "tui"]
    if sys.platform == "win32":
        return subprocess.list2cmdline(words)
    return f"exec {shlex.join(words)}"


async def _serve(command: str, port: int) -> None:
    async with served(command, port) as address:
        print(f"Open {address}")
        print(
            "Only this computer can, and only with the whole address. Closing the page ends the run; Ctrl-C ends all."
        )
        with stop_signals() as stop:
            await stop.wait()
        print("Ending …")


@contextlib.asynccontextmanager
async def served(command: str, port: int = 0) -> AsyncIterator[str]:
    """The server while it is entered; its address, with the token.

    Parameters
    ----------
    command : str
        Line for the shell that starts a Textual program.
    port : int
        0: any that is free.

    Raises
    ------
    UsageError, OutputError
        As `serve`.
    """
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError:
        raise UsageError(NO_EXTRA, INSTALL) from None

    class View(Server):
        """textual-serve's server, for one browser at a time."""

        viewer: web.WebSocketResponse | None = None
        run: asyncio.subprocess.Process | None = None
        busy = False

        async def on_startup(self, app: web.Application) -> None:
            """It has nothing to say of its own."""

        async def on_shutdown(self, app: web.Application) -> None:
            """Close the page, which ends the run and finishes its recording."""
            if self.viewer is not None:
                await self.viewer.close()

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            """One sensor, one recording: one run at a time."""
            if self.busy:
                raise web.HTTPConflict(text=BUSY)
            self.busy = True
            try:
                return await super().handle_websocket(request)
            finally:
                if self.run is not None:
                    await self.run.wait()
                self.busy = False

        async def _process_messages(self, websocket: web.WebSocketResponse, app_service: Any) -> None:
            """Until the page is closed, or the run is over."""
            self.viewer, self.run = websocket, app_service._process
            over = asyncio.create_task(_closed_after(app_service._task, websocket))
            try:
                await super()._process_messages(websocket, app_service)
            finally:
                self.viewer = None
                over.cancel()

    listening = _listen(port)
    authority = f"{HOST}:{listening.getsockname()[1]}"
    token = secrets.token_urlsafe(TOKEN_BYTES)
    view = View(command, host=HOST, title="sensorcoach", public_url=f"http://{authority}")
    outer = web.Application(middlewares=[_guard(authority, token)])
    outer.on_response_prepare.append(_seal(authority))
    outer.add_subapp(f"/{token}", await view._make_app())
    runner = web.AppRunner(outer, shutdown_timeout=END_S, access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield f"http://{authority}/{token}/"
    finally:
        await runner.cleanup()


async def _closed_after(run: Awaitable[None], websocket: web.WebSocketResponse) -> None:
    """A run that is over, or never began, leaves nothing to look at."""
    await asyncio.wait([asyncio.ensure_future(run)])
    async with asyncio.timeout(CLOSING_S):
        await websocket.close()


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise OutputError(f"Port {port} cannot be used: {error.strerror}.", "Leave out --web-port.") from None
    return listening


def _guard(authority: str, token: str) -> Any:
    """Refuses whoever lacks the token, and pages of other sites that had their name point here (DNS rebinding)."""
    from aiohttp import web

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.path.split("/", 2)[1]
        origin = request.headers.get("Origin", f"http://{authority}")
        known = hmac.compare_digest(given.encode(), token.encode())
        if not known or request.host != authority or origin != f"http://{authority}":
            raise web.HTTPForbidden(text=FORBIDDEN)
        return await handler(request)

    return check


def _seal(authority: str) -> Any:
    """Tells the browser to load from here alone, to show the page nowhere else, to keep and pass on nothing."""
    own = f"http://{authority}"
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {own} 'unsafe-inline'",
            f"style-src {own} 'unsafe-inline'",
            f"img-src {own} data:",
            f"font-src {own} data:",
            f"connect-src {own} ws://{authority}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    async def seal(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)

    return seal
