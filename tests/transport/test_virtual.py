"""The virtual wearer's packets are those of the sensor it wears."""

from __future__ import annotations

import numpy as np

from sensorcoach.samples import Packet, SampleBlock
from sensorcoach.simulate.scenario import Scenario
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.virtual import VirtualSource


def blocks(*, gyro: bool) -> list[SampleBlock]:
    sensor = {"site": "chest", "sampling_rate_hz": 50.0, "gyro": gyro}
    source = VirtualSource(
        VirtualSensor(Scenario.from_dict({"name": "desk", "duration_s": 5.0, "sensor": sensor}), seed=1)
    )
    (setup,) = source.engine_sensors()
    assert setup.stream.has_gyro is gyro
    packets = [item for item in source.read(10**10, 10_000) if isinstance(item, Packet)]
    return setup.decoder.receive(packets)


def test_a_sensor_without_a_gyro_sends_no_rates() -> None:
    with_gyro, without = blocks(gyro=True), blocks(gyro=False)
    assert all(block.gyr_rads is None for block in without)
    assert all(block.gyr_rads is not None for block in with_gyro)
    assert np.concatenate([b.acc_ms2 for b in without]).shape == np.concatenate([b.acc_ms2 for b in with_gyro]).shape
