"""When the upright pose is believed, doubted, and void."""

from __future__ import annotations

from sensorcoach.coach.pose_watch import UNSURE_QUALITY, VOID_QUALITY, PoseWatch
from sensorcoach.events import Event, Notice
from sensorcoach.samples import NS

NAN = float("nan")


class Wearer:
    def __init__(self, *, stored: bool = False) -> None:
        self.watch = PoseWatch("chest")
        self.watch.pose_set(stored=stored)
        self.t_s = 0
        self.events: list[Event] = []

    def hold(self, seconds: int, flexion_deg: float, activity: str = "still", inclination_deg: float = NAN) -> None:
        for _ in range(seconds):
            self.t_s += 1
            tilt = abs(flexion_deg) if inclination_deg != inclination_deg else inclination_deg
            self.events += self.watch.update(self.t_s * NS, flexion_deg, tilt, activity)

    @property
    def codes(self) -> list[str]:
        return [e.code for e in self.events if isinstance(e, Notice)]


def test_a_fresh_pose_is_believed_whatever_the_wearer_does() -> None:
    w = Wearer()
    w.hold(600, 25.0)
    w.hold(60, 0.0, "walking")
    w.hold(3600, -85.0, "lying", 85.0)
    assert w.watch.most_quality == 1.0
    assert w.codes == []


def test_a_stored_pose_is_believed_after_five_seconds_of_agreeing_rest() -> None:
    w = Wearer(stored=True)
    w.hold(30, 3.0, "moving")
    w.hold(4, 8.0)
    assert w.watch.most_quality == UNSURE_QUALITY
    w.hold(1, 8.0)
    assert w.watch.most_quality == 1.0
    assert w.codes == []


def test_a_stored_pose_that_differs_is_asked_about_once_and_may_still_agree() -> None:
    w = Wearer(stored=True)
    w.hold(59, 22.0)
    assert w.codes == []
    w.hold(600, 22.0)
    assert w.codes == ["pose_differs"]
    assert w.watch.most_quality == UNSURE_QUALITY
    w.hold(5, 2.0)
    assert w.watch.most_quality == 1.0


def test_after_it_was_off_the_pose_is_checked_again() -> None:
    w = Wearer()
    w.hold(100, 70.0, "off")
    w.hold(3, NAN, "unknown")
    assert w.watch.most_quality == 1.0  # nothing is shown meanwhile anyway
    w.hold(1, 20.0)
    assert w.watch.most_quality == UNSURE_QUALITY
    w.hold(5, 4.0)
    assert w.watch.most_quality == 1.0


def test_a_moved_sensor_stays_void_until_the_next_pose() -> None:
    w = Wearer()
    w.watch.moved()
    w.hold(100, 0.0, "off")
    w.hold(100, 0.0)
    assert w.watch.most_quality == VOID_QUALITY
    w.watch.pose_set(stored=False)
    w.hold(1, 0.0)
    assert w.watch.most_quality == 1.0


def test_nobody_is_upside_down_for_a_minute() -> None:
    w = Wearer()
    w.hold(59, 175.0, "lying")
    w.hold(1, 100.0, "lying")
    w.hold(59, 175.0, "lying")
    assert w.codes == []
    w.hold(1, 175.0, "walking")
    assert w.codes == ["sensor_turned_over"]
    assert w.watch.most_quality == VOID_QUALITY


def test_three_bows_backward_in_a_row_mean_that_the_sensor_faces_the_body() -> None:
    w = Wearer()
    for _ in range(3):
        w.hold(3, -65.0, "bending")
        w.hold(20, 0.0)
    assert w.codes == ["sensor_turned_over"]


def test_lying_down_leaning_back_and_bows_forward_are_no_bows_backward() -> None:
    w = Wearer()
    for _ in range(5):
        w.hold(2, -60.0, "bending")
        w.hold(100, -85.0, "lying")
        w.hold(2, -60.0, "bending")
        w.hold(20, 0.0)
        w.hold(30, -55.0)
        w.hold(20, 0.0)
        w.hold(3, -65.0, "bending")
        w.hold(3, 0.0)
        w.hold(3, 65.0, "bending")
        w.hold(3, 0.0)
    assert w.codes == []
