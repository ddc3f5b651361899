"""Which profile fits what a device advertises."""

from __future__ import annotations

from typing import Any

from sensorcoach.profiles import load_profiles, match, profile_from_dict

SHARED = "00001234-0000-1000-8000-00805f9b34fb"


def profile(name: str, **top: Any) -> Any:
    return profile_from_dict(load_profiles()["virtual"].to_dict() | {"name": name} | top, name)


def test_name_wins_over_service_and_service_over_manufacturer() -> None:
    profiles = {
        "by_maker": profile("by_maker", match=[{"manufacturer_id": 7}], priority=9),
        "by_service": profile("by_service", match=[{"service_uuid": SHARED}]),
        "by_name": profile("by_name", match=[{"local_name": "Strap *"}], priority=-9),
    }
    found = match(profiles, "strap 12", [SHARED.upper()], [7])
    assert [(m.profile.name, m.by) for m in found] == [
        ("by_name", "name"),
        ("by_service", "service"),
        ("by_maker", "manufacturer"),
    ]


def test_all_of_a_matcher_and_any_of_several() -> None:
    both = [{"local_name": "A*", "service_uuid": SHARED}, {"local_name": "B*"}]
    profiles = {"p": profile("p", match=both)}
    assert match(profiles, "Axle", [SHARED])
    assert not match(profiles, "Axle", [])
    assert match(profiles, "Bolt")
    assert not match(profiles, None, [SHARED])


def test_priority_breaks_a_tie() -> None:
    profiles = {n: profile(n, match=[{"service_uuid": SHARED}], priority=p) for n, p in (("a", 0), ("b", 5))}
    assert [m.profile.name for m in match(profiles, None, [SHARED])] == ["b", "a"]
