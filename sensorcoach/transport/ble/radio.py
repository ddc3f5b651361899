"""How Bleak is reached: the platform's own backends, or others given by a test or a simulation.

One `Radio` stands for one adapter. Systems do badly when a program scans twice at the same time or makes two
connections at the same time, so whoever uses the radio shares one scan and takes turns in connecting.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from .faults import RADIO_ERRORS

CONNECT_TIMEOUT_S: Final = 12.0
"""A sensor that advertises connects within some seconds. Longer waits hold up looking for it anew."""
RENEW_S: Final = 30.0
"""A scan older than this is begun anew for whoever joins: one that outlived its adapter silently hears nothing."""
COMMON_SERVICES: Final = ["1801", "180a", "180f", "180d"]
"""Sensors have at least one of these; systems list connected devices by service only."""

OnAdvertisement = Callable[[BLEDevice, AdvertisementData], None]


class Radio:
    """Scans, and makes clients.

    Parameters
    ----------
    scanner_args, client_args : mapping
        Passed on to `BleakScanner` and `BleakClient`: `backend` and what that backend wants.
    adapter : str
        Name of the Bluetooth adapter (`hci1`; Linux only); empty for the first that is switched on.
    """

    def __init__(
        self,
        *,
        scanner_args: Mapping[str, Any] | None = None,
        client_args: Mapping[str, Any] | None = None,
        adapter: str = "",
    ) -> None:
        self._scanner_args = dict(scanner_args or {})
        self._client_args = dict(client_args or {})
        self._adapter = adapter
        self._listeners: list[OnAdvertisement] = []
        self._scanner: BleakScanner | None = None
        self._scanning_since_s = 0.0
        self._turn = asyncio.Lock()
        self.connecting = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def listening(self, on_advertisement: OnAdvertisement) -> AsyncIterator[None]:
        """Hear advertisements meanwhile, names and services of scan responses included (an active scan).

        Raises
        ------
        RADIO_ERRORS
            Bluetooth cannot be used.
        """
        async with self._turn:
            now_s = asyncio.get_running_loop().time()
            if self._scanner is not None and now_s - self._scanning_since_s > RENEW_S:
                await self._stop()
            if self._scanner is None:
                scanner = BleakScanner(self._heard, scanning_mode="active", **self._bluez(), **self._scanner_args)
                await scanner.start()
                self._scanner, self._scanning_since_s = scanner, now_s
            self._listeners.append(on_advertisement)
        try:
            yield
        finally:
            self._listeners.remove(on_advertisement)
            async with self._turn:
                if not self._listeners:
                    await self._stop()

    def client(self, device: BLEDevice, on_gone: Callable[[], None], *, pair: bool) -> BleakClient:
        """A new client; one client serves one connection, for a used one keeps state of the old."""
        return BleakClient(
            device,
            lambda _client: on_gone(),
            timeout=CONNECT_TIMEOUT_S,
            pair=pair,
            **self._bluez(),
            **self._client_args,
        )

    async def connected(self) -> list[BLEDevice]:
        """Devices that this computer is connected to already: after a crash, a sensor can be held by the system."""
        if "backend" in self._scanner_args:
            return []
        try:
            adapter = await BleakAdapter.get(**self._bluez())
            return await adapter.get_connected_devices(COMMON_SERVICES)
        except NotImplementedError:
            return []

    def _heard(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        for listener in self._listeners:
            listener(device, advertisement)

    async def _stop(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            # An adapter that was switched off meanwhile cannot stop scanning, and need not.
            with contextlib.suppress(*RADIO_ERRORS):
                await scanner.stop()

    def _bluez(self) -> dict[str, Any]:
        # A dictionary of one's own each time: Bleak's default is one shared object.
        return {"bluez": {"adapter": self._adapter} if self._adapter else {}}
