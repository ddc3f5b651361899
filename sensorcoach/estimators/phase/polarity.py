"""Which way is in.

The swing of gravity has no sign of its own: the same sensor, worn upside down, swings the other way. Three kinds of
evidence tell, none of them alone:

* *the body*: on an upright chest the ribs lift like a pump handle and the skin looks up as they do. This needs to know
  where forward is: from a calibration, or from the habit of wearing devices with their face outwards;
* *the breath*: an inhalation at rest is shorter than an exhalation (the duty cycle the RESpeck votes with; Bates et
  al., BSN 2010), and breath dwells where the exhalation ends, so the wave has sharp tops and flat bottoms. Single
  breaths say little and people differ, so the mean over breaths is weighed against the spread between people;
* *the pacer*, where the wearer follows one: a hint, never a command.

Sums are bounded, and the sign is turned only on clear contrary evidence; it is remembered through movement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...events import SetPacer
from ...samples import NS, Site
from ..neutral import FACE_AXIS, Vector, dot

TURN_AT: Final = -1.0
"""Log-likelihood ratio below which in and out change places: not at zero, or even breathing would turn it to and fro.
Before the first breath it is zero."""

FACE_WEIGHT: Final = 1.0
"""Evidence of the body when forward is only guessed from the face of the device."""
FORWARD_WEIGHT: Final = 3.0
"""The same when forward was calibrated."""
SITE_WEIGHT: Final[dict[Site, float]] = {"chest": 1.0, "upper-back": 0.5, "lower-back": 0.0}
"""How sure the body's evidence is: the upper spine straightens with the breath, the lower one does as it likes."""

MEMORY_BREATHS: Final = 30
MOST: Final = 2.0
"""Bound of the evidence of a habit."""
FEW_BREATHS: Final = 4
"""Half of that after so many breaths: sway that turns one slow breath upside down often lasts for the next one too."""
DUTY: Final = (0.07, 0.05, 0.1)
"""Of (Te - Ti) / (Te + Ti); see `Habit`."""
SKEWNESS: Final = (0.12, 0.08, 0.2)
"""Of the skewness of the wave."""
PACER_WEIGHT: Final = 2.0
PACER_BREATHS: Final = 3
"""The pacer counts in full after so many breaths."""
PACER_LAG_S: Final = 0.3
"""People follow a pacer by about this much."""
PACER_PERIOD_SLACK: Final = 0.15
"""Nobody follows a pacer whose period differs by more than this share."""


class Habit:
    """The running mean of a number that says of each breath which way it went, and how far that can be believed.

    Parameters
    ----------
    typical : float
        Mean over people when in is called in; `-typical` when not. As measured here: band-limited waves show less than
        the lungs do.
    people : float
        Standard deviation between people whose breaths are all alike.
    breaths : float
        Standard deviation from breath to breath, until it is known better. What scatters the breaths (sway, a slipping
        strap, talk) also distorts them all alike, so a scattered habit is believed less however long it is heard.
    """

    def __init__(self, typical: float, people: float, breaths: float) -> None:
        self._typical = typical
        self._people_sq = people * people
        self._mean, self._variance, self._count = 0.0, breaths * breaths, 0

    def take(self, value: float) -> None:
        """Add a breath; old ones fade after `MEMORY_BREATHS`."""
        self._count = min(self._count + 1, MEMORY_BREATHS)
        before = self._mean
        self._mean += (value - before) / self._count
        self._variance += ((value - before) * (value - self._mean) - self._variance) / (self._count + 1)

    def flip(self) -> None:
        """In and out change places."""
        self._mean = -self._mean

    def evidence(self) -> float:
        """Log-likelihood ratio of in being in, within ± `MOST`."""
        if not self._count:
            return 0.0
        ratio = 2.0 * self._typical * self._mean / (self._people_sq + self._variance * (1.0 + 1.0 / self._count))
        most = MOST * self._count / (self._count + FEW_BREATHS)
        return max(-most, min(most, ratio))


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """What one breath says of its own direction.

    Attributes
    ----------
    t_inhale_ns, t_end_ns : int
        When it began and ended, as labelled now.
    duty : float
        (Te - Ti) / (Te + Ti), by which way the flow goes: unlike the labels, the same for either sign but for its own.
    skewness : float
        Of its wave.
    """

    t_inhale_ns: int
    t_end_ns: int
    duty: float
    skewness: float


class Polarity:
    """Adds up the evidence that what is called in is in."""

    def __init__(self, site: Site) -> None:
        self.pacer: SetPacer | None = None
        self._site = site
        self._outward = -1.0 if site.endswith("back") else 1.0
        self._forward: Vector | None = None
        self.forget()

    def forget(self) -> None:
        """The sign was chosen anew: what breaths said of the old one is void."""
        self._breaths = 0
        self._duty, self._skewness = Habit(*DUTY), Habit(*SKEWNESS)
        self._paced = 0.0

    @property
    def open(self) -> bool:
        """Whether no breath has been heard yet."""
        return not self._breaths

    def calibrate(self, forward: Vector) -> None:
        """Forward is known: unit vector, sensor frame."""
        self._forward = forward

    def wrong(self, direction: Vector, breath: Asymmetry | None = None) -> bool:
        """Whether in and out must change places; the evidence then counts for the new sign.

        Parameters
        ----------
        direction : Vector
            The way gravity swings when what is called inhalation happens, sensor frame.
        breath : Asymmetry, optional
            A breath to take in first.
        """
        if breath is not None:
            self._take(breath)
        said = self._duty.evidence() + self._skewness.evidence() + PACER_WEIGHT * self._paced
        if said + self._body(direction) > (0.0 if self.open else TURN_AT):
            return False
        self._duty.flip()
        self._skewness.flip()
        self._paced = -self._paced
        return True

    def hear_pacer(self, way: int, share: float) -> None:
        """The wearer follows a pacer, and what is called in is in (1) or out (-1); `share` of a breath says so."""
        self._paced += (way - self._paced) * share / PACER_BREATHS

    def _body(self, direction: Vector) -> float:
        certain = SITE_WEIGHT[self._site]
        if self._forward is not None:
            return FORWARD_WEIGHT * certain * dot(direction, self._forward)
        return FACE_WEIGHT * certain * self._outward * direction[FACE_AXIS]

    def _take(self, breath: Asymmetry) -> None:
        self._breaths += 1
        self._duty.take(breath.duty)
        self._skewness.take(breath.skewness)
        self._paced += (self._follows_pacer(breath) - self._paced) / PACER_BREATHS

    def _follows_pacer(self, breath: Asymmetry) -> float:
        """+1: inhalation begins with the pacer's; -1: with its exhalation; 0: nobody follows it."""
        pacer = self.pacer
        if pacer is None:
            return 0.0
        period_s = pacer.inhale_s + pacer.hold_in_s + pacer.exhale_s + pacer.hold_out_s
        duration_s = (breath.t_end_ns - breath.t_inhale_ns) / NS
        since_s = (breath.t_inhale_ns - pacer.start_ns) / NS - PACER_LAG_S
        if period_s <= 0.0 or since_s < 0.0 or abs(duration_s - period_s) > PACER_PERIOD_SLACK * period_s:
            return 0.0
        late = (since_s / period_s) % 1.0
        out = (pacer.inhale_s + pacer.hold_in_s) / period_s
        from_in = min(late, 1.0 - late)
        from_out = min(abs(late - out), 1.0 - abs(late - out))
        return max(-1.0, min(1.0, 4.0 * (from_out - from_in)))
