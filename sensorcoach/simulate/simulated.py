"""A whole scenario at once: arrays and truth."""

from __future__ import annotations

from dataclasses import dataclass

from ..samples import FloatArray, IntArray, SampleBlock, StreamInfo
from .scenario import Scenario
from .sensor import VirtualSensor, as_block
from .truth import Truth, build_truth


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """One simulated recording.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    stream : StreamInfo
    t_ns : int64 array (n,)
        Stamps by the sensor's own clock; lost samples are missing.
    acc_ms2 : float array (n, 3), m/s²
    gyr_rads : float array (n, 3), rad/s, or None
    true_ns : int64 array (n,)
        When the samples were taken by the wearer's clock, which the truth uses.
    truth : Truth
    """

    scenario: Scenario
    seed: int
    stream: StreamInfo
    t_ns: IntArray
    acc_ms2: FloatArray
    gyr_rads: FloatArray | None
    true_ns: IntArray
    truth: Truth

    @property
    def block(self) -> SampleBlock:
        """Everything as one block."""
        return SampleBlock(self.stream.sensor, self.t_ns, self.acc_ms2, self.gyr_rads)

    def sensor_s(self, true_s: FloatArray) -> FloatArray:
        """Times of the truth as the sensor's clock shows them."""
        return true_s * (1.0 + self.scenario.sensor.clock_ppm * 1e-6)


def simulate(scenario: Scenario, *, seed: int | None = None, with_up: bool = False) -> Simulated:
    """Run a scenario once from start to end.

    Parameters
    ----------
    scenario : Scenario
    seed : int, optional
        Instead of the scenario's own.
    with_up : bool
        Keep the true up vector of every sample in `truth.up`.

    Returns
    -------
    Simulated
        Equal, bit for bit, for equal arguments.
    """
    sensor = VirtualSensor(scenario, seed=seed)
    reading = sensor.read(0, sensor.sample_count)
    reading = reading if reading.received.all() else reading[reading.received]
    block = as_block(reading, sensor.stream)
    truth = build_truth(sensor, reading.up if with_up else None)
    return Simulated(
        scenario, sensor.seed, sensor.stream, block.t_ns, block.acc_ms2, block.gyr_rads, reading.true_ns, truth
    )
