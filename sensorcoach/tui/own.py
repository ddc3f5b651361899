"""What the pages of the dashboard show of this person's computer: their history and their sensors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from platformdirs import user_config_path, user_data_path

from ..history import (
    History,
    choose_wearer,
    history_path,
    load_plan,
    read_days,
    recordings_folder,
    update,
    wearer_word,
    wearers,
)
from ..profiles import DeviceProfile, load_profiles
from ..profiles.words import measures, rates
from ..runtime.remembered import RememberedDevice, recall
from ..runtime.watch.places import kept_by_watches
from ..transport.setup import setup_from_header
from .device_lines import ASLEEP, KnownSensor, NearSensor
from .history_lines import HistoryBook

SCAN_S: Final = 8.0


class OwnHistory:
    """The person's history file.

    Parameters
    ----------
    wearer : str, optional
        Whose; by default the only one there is.
    path, recordings : Path, optional
        By default the person's own.
    """

    def __init__(self, wearer: str | None = None, path: Path | None = None, recordings: Path | None = None) -> None:
        self._wearer = wearer
        self._path = path or history_path()
        self._recordings = recordings or recordings_folder()

    def read(self) -> HistoryBook:
        """What is known; a history is opened anew each time, for SQLite stays with its thread."""
        plan, today = load_plan(), dt.date.today()
        with History(self._path) as history:
            if self._wearer and {self._wearer, wearer_word(self._wearer)}.isdisjoint(wearers(history)):
                return HistoryBook(self._wearer, (), plan, today)
            wearer = choose_wearer(history, self._wearer)
            return HistoryBook(wearer, tuple(read_days(history, wearer)), plan, today)

    def update(self) -> bool:
        """Take in new recordings."""
        with History(self._path) as history:
            return bool(update(history, self._recordings, setup_from_header, kept=kept_by_watches()).read)


class OwnDevices:
    """The person's sensors, and this computer's radio.

    Parameters
    ----------
    adapter : str
        Bluetooth adapter (Linux); empty for the first that is switched on.
    """

    def __init__(self, adapter: str = "") -> None:
        self._adapter = adapter

    def mine(self) -> Sequence[RememberedDevice]:
        """The sensors used last."""
        return recall(user_data_path("sensorcoach") / "last_device.json")

    def known(self) -> Sequence[KnownSensor]:
        """The shipped profiles and the person's own."""
        profiles = self._profiles().values()
        return [
            KnownSensor(p.name, p.title, measures(p), rates(p), p.trust)
            for p in sorted(profiles, key=lambda p: p.title.casefold())
        ]

    async def scan(self) -> Sequence[NearSensor]:
        """Listen; sensors used last that are not heard come at the end."""
        from ..transport.ble import Radio, scan

        mine = self.mine()
        seen = await scan(Radio(adapter=self._adapter), self._profiles(), SCAN_S, [device.address for device in mine])
        heard = {word for one in seen for word in (one.address, one.name)}
        near = [
            NearSensor(
                one.title, one.address, one.signal, one.profile.title if one.profile else "", one.reason, one.remembered
            )
            for one in seen
            if one.name or one.profile
        ]
        missed = [
            NearSensor(device.name or device.address, device.address, "", device.profile, ASLEEP, used_last=True)
            for device in mine
            if heard.isdisjoint((device.address, device.name))
        ]
        return near + missed

    @staticmethod
    def _profiles() -> Mapping[str, DeviceProfile]:
        return load_profiles(user_config_path("sensorcoach") / "profiles")
