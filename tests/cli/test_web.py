"""The web view: only for this computer, only with the token; and in a real browser the dashboard comes up."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shlex
import shutil
import struct
import sys
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.commands import _web
from sensorcoach.cli.commands._web import child_command, served
from sensorcoach.errors import OutputError, UsageError
from sensorcoach.recording.maintenance import check

from ..packages import needs

aiohttp = needs("aiohttp")
needs("textual_serve")

DEMO = f"exec {shlex.join([sys.executable, '-m', 'sensorcoach', 'demo', '--mode', 'tui'])}"
BINARY = 2
"""Frames that carry what the terminal shows; those of text carry pings."""
PATIENCE_S = 60.0
"""For a browser and a dashboard to start on a busy machine; what is waited for usually comes within five."""


@pytest.fixture
async def client() -> AsyncIterator[Any]:
    async with aiohttp.ClientSession() as session:
        yield session


async def status(client: Any, url: str, **headers: str) -> int:
    async with client.get(url, headers=headers) as response:
        return int(response.status)


async def test_only_the_whole_address_opens_it(client: Any) -> None:
    async with served("exec true") as address:
        base, token = address.rstrip("/").rsplit("/", 1)
        assert base.startswith("http://127.0.0.1:")
        assert len(token) >= 32
        assert await status(client, address) == 200
        for path in ("", "/", "/ws", "/static/js/textual.js", f"/{token[:-1]}x/", f"/{token}x/", f"/x/{token}/"):
            assert await status(client, base + path) == 403, path
        assert await status(client, f"{address}static/js/textual.js") == 200
    async with served("exec true") as again:
        assert again.rstrip("/").rsplit("/", 1)[1] != token


async def test_other_names_and_other_sites_are_refused(client: Any) -> None:
    """A name that an attacker points at 127.0.0.1 comes with its own Host; a page of theirs with its own Origin."""
    async with served("exec true") as address:
        authority = address.split("/")[2]
        assert await status(client, address, Host=f"evil.example:{authority.split(':')[1]}") == 403
        assert await status(client, address, Host="127.0.0.1") == 403
        assert await status(client, address, Origin="http://evil.example") == 403
        assert await status(client, f"{address}ws", Origin="null") == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(f"{address}ws", origin="http://evil.example")
        assert refused.value.status == 403


async def test_the_browser_is_told_to_load_nothing_from_elsewhere(client: Any) -> None:
    async with served("exec true") as address, client.get(address) as response:
        own = f"http://{address.split('/')[2]}"
        policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
        assert policy.pop("default-src") == "'none'"
        sources = {source for part in policy.values() for source in part.split()}
        assert sources == {own, own.replace("http", "ws"), "data:", "'unsafe-inline'", "'none'"}
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"


async def test_it_listens_on_this_computer_alone() -> None:
    listening = _web._listen(0)
    try:
        assert listening.getsockname()[0] == "127.0.0.1"
        with pytest.raises(OutputError, match="cannot be used"):
            _web._listen(listening.getsockname()[1])
    finally:
        listening.close()


async def test_one_window_at_a_time_and_a_run_that_is_over_closes_its_page(client: Any, tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    async with served(f"cat {shlex.quote(str(held))}") as address, client.ws_connect(f"{address}ws") as socket:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(f"{address}ws")
        assert refused.value.status == 409
        await asyncio.to_thread(held.write_bytes, b"")  # the program ends
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


def test_the_dashboard_is_drawn_by_the_same_command() -> None:
    typed = ["live", "--device", "Polar H10", "--web", "--web-port", "8000", "--record", "a b", "--web-port=8001"]
    words = shlex.split(child_command(typed))
    assert words[2:] == ["-m", "sensorcoach", "live", "--device", "Polar H10", "--record", "a b", "--mode", "tui"]


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert main(["live", "--device", "demo", "--web"]) == UsageError.exit_code
    assert 'pip install "sensorcoach[web]"' in capsys.readouterr().err


@pytest.mark.parametrize("port", ["80", "http", "70000"])
def test_a_port_that_is_none(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--web", "--web-port", port])
    assert "1024 to 65535" in capsys.readouterr().err


# -- in a real browser


class Browser:
    """What is used of Chromium's DevTools protocol."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._number = 0

    async def send(self, method: str, **params: object) -> None:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})

    async def told(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """What happens; the next picture comes once the last one was acknowledged."""
        async for frame in self._socket:
            message = json.loads(frame.data)
            if message.get("method") == "Page.screencastFrame":
                await self.send("Page.screencastFrameAck", sessionId=message["params"]["sessionId"])
            yield message.get("method", ""), message.get("params", {})


@contextlib.asynccontextmanager
async def browsing(address: str, folder: Path, client: Any) -> AsyncIterator[Browser]:
    """Headless Chromium with this page open."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("SENSORCOACH_REQUIRE_ALL") == "1":
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,800", "--remote-debugging-port=0")
    quiet = asyncio.subprocess.DEVNULL
    chromium = await asyncio.create_subprocess_exec(
        found, *options, f"--user-data-dir={folder}", "about:blank", stdout=quiet, stderr=asyncio.subprocess.PIPE
    )
    assert chromium.stderr is not None
    try:
        while b"DevTools listening on" not in (line := await chromium.stderr.readline()):
            assert line, "chromium did not start"
        port = line.decode().split(":")[2].split("/")[0]
        draining = asyncio.create_task(chromium.stderr.read())
        async with client.get(f"http://127.0.0.1:{port}/json/list") as response:
            pages = [page for page in await response.json(content_type=None) if page["type"] == "page"]
        async with client.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            browser = Browser(socket)
            for domain in ("Network", "Page"):
                await browser.send(f"{domain}.enable")
            await browser.send("Page.startScreencast", format="png", maxWidth=240, maxHeight=160)
            await browser.send("Page.navigate", url=address)
            yield browser
        chromium.terminate()
        await draining
    finally:
        if chromium.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                chromium.kill()
        await chromium.wait()


OF_THE_PAGE = {b"\x0c\x18\x1f", b"\x12\x23\x2d", b"\xff\xff\xff"}
"""Backgrounds before the terminal is drawn."""


def colours(png: bytes) -> Counter[bytes]:
    """Colours in a PNG of 8 bits a channel, and how often each is there."""
    at, data, width, channels = 8, b"", 0, 3
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, channels = struct.unpack(">I", body[:4])[0], 4 if body[9] == 6 else 3
        data += body if kind == b"IDAT" else b""
        at += length + 12
    raw, stride = zlib.decompress(data), width * channels
    above, seen = bytearray(stride), Counter[bytes]()
    for start in range(0, len(raw), stride + 1):
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, channels)
        seen.update(bytes(above[i : i + 3]) for i in range(0, stride, channels))
    return seen


def _unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    """PNG specification, section 9.2."""
    for i in range(len(row)):
        left, up, corner = (row[i - step], above[i], above[i - step]) if i >= step else (0, above[i], 0)
        guess = left + up - corner
        paeth = min((left, up, corner), key=lambda value: abs(guess - value))
        row[i] = (row[i] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
    return row


async def test_in_a_browser_the_dashboard_comes_up(client: Any, tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE_S), served(DEMO) as address, browsing(address, tmp_path, client) as browser:
        received, drawn = "", False
        async for method, said in browser.told():
            if method == "Network.webSocketFrameReceived" and said["response"]["opcode"] == BINARY:
                received += base64.b64decode(said["response"]["payloadData"]).decode(errors="replace")
            elif method == "Page.screencastFrame":
                seen = colours(base64.b64decode(said["data"]))
                drawn = seen.most_common(1)[0][0] not in OF_THE_PAGE and len(seen) > 30
            if drawn and all(word in received for word in ("Virtual wearer", "breathing", "upper back")):
                break
        else:
            pytest.fail("the browser closed")


async def test_closing_the_page_finishes_the_recording(client: Any, tmp_path: Path) -> None:
    folder = tmp_path / "made.journal"
    argv = ["live", "--device", "demo", "--web", "--record", str(folder)]
    async with (
        asyncio.timeout(PATIENCE_S),
        served(child_command(argv)) as address,
        client.ws_connect(f"{address}ws?width=100&height=30") as socket,
    ):
        async for frame in socket:
            if frame.type == aiohttp.WSMsgType.BINARY and folder.exists() and check(folder).packets > 0:
                break
    report = check(folder)
    assert report.closed
    assert not report.problems
