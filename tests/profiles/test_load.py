"""Profiles: what loads, what is refused, and what the refusal says."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.errors import ProfileError, UsageError
from sensorcoach.profiles import load_profile, load_profiles, profile_from_dict, shipped_folder

SHIPPED = sorted(shipped_folder("firmware_profiles").glob("*.toml"))


@pytest.fixture
def tables() -> dict[str, Any]:
    """The virtual sensor's tables, to be spoilt."""
    return copy.deepcopy(load_profiles()["virtual"].to_dict())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_profile_survives_json_and_is_named_like_its_file(path: Path) -> None:
    profile = load_profile(path)
    again = profile_from_dict(json.loads(json.dumps(profile.to_dict())), "journal")
    assert profile.name == path.stem
    assert (again.streams, again.conversations, again.vectors) == (
        profile.streams,
        profile.conversations,
        profile.vectors,
    )


def test_to_dict_is_a_copy() -> None:
    profile = load_profiles()["virtual"]
    profile.to_dict()["title"] = "changed"
    assert profile.to_dict()["title"] == "Virtual sensor"


def spoil(tables: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    inner: Any = tables
    for key in outer:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    if value is None:
        del inner[last]
    else:
        inner[int(last) if last.isdigit() else last] = value


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("schema", 2, "schema is 2; 1"),
        ("title", None, "title is missing; a text is meant"),
        ("titel", "x", "Did you mean 'title'?"),
        ("trust", "D", "one of A, B, C"),
        ("name", "No Good", "small letters"),
        ("axes", ["x", "x", "z"], "each device axis once"),
        ("axes", ["x", "w", "z"], "each device axis once"),
        ("vectors", [], "vectors"),
        ("gatt.data.uuid", "ffe4", "full 128-bit UUID"),
        ("gatt.data.properties", ["notfy"], "Did you mean 'notify'?"),
        ("params.rate_hz", None, "params.rate_hz is missing"),
        ("params.rate_hz.default", 42, "one of the choices"),
        ("params.rate_hz.choices", "many", "list of numbers"),
        ("conversation.start.0", {"subscribe": "batery"}, "Did you mean 'battery'?"),
        ("conversation.start.0", {"optional": True}, "no action"),
        ("conversation.start.0", {"write": "control", "hex": "0"}, "hexadecimal pairs"),
        ("conversation.start.0", {"write": "control", "hex": "{rat_hz:u16}"}, "Did you mean 'rate_hz'?"),
        ("conversation.start.0", {"write": "control", "hex": "{rate_hz}"}, "a type for {rate_hz}"),
        ("conversation.start.0", {"write": "control", "hex": "{rate_hz:int}"}, "a number type"),
        ("stream.0.channel", "dat", "Did you mean 'data'?"),
        ("stream.0.time.unit", "sec", "stream[0].time.unit is 'sec'; one of ns, us, ms, s"),
        ("stream.0.time.marks", "middle", "one of first, last"),
        ("stream.0.samples.fields", ["ax:i17"], "stream[0].samples.fields holds 'ax:i17'"),
        ("stream.0.samples.fields", ["ax:i16", "ax:i16"], "'ax' comes twice"),
        ("stream.0.samples.fields", ["ax:i16", "ay:i16"], "fields with ax, ay, az"),
        ("stream.0.acc.scale", {"by": "range_g", "2": 1}, "a number for each range_g (2, 4, 8, 16)"),
        ("stream.0.acc.scale", "1/0", "a fraction"),
        ("stream.0.when", [{"at": 0, "eq": "01", "mask": "0101"}], "as many bytes as eq"),
        ("stream.0.when", [{"at": 0, "eq": "02", "mask": "01"}], "no bit outside the mask"),
        ("stream", [], "at least one stream with acceleration"),
        ("vectors.0.packets", ["zz"], "hexadecimal pairs"),
        ("vectors.0.rows", [], "at least one row"),
        ("use", {"live": {"rate_hz": 33}}, "use.live.rate_hz is 33; one of 25, 50, 100, 200"),
    ],
)
def test_complaint_names_file_key_found_and_meant(tables: dict[str, Any], path: str, value: Any, says: str) -> None:
    spoil(tables, path, value)
    with pytest.raises(ProfileError) as caught:
        profile_from_dict(tables, "mine.toml")
    assert "mine.toml" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "path", "value", "says"),
    [
        ("witmotion_ble5", "stream.0.framing.sync", None, "sync with length"),
        ("witmotion_ble5", "stream.0.framing.line", True, "sync with length"),
        ("witmotion_ble5", "battery.table", [[4, 100], [3, 0]], "rising values"),
        ("capture2go", "stream.0.framing.checksum.kind", "crc23", "Did you mean 'crc32'?"),
        ("banglejs2", "stream.0.counter", {"at": 0, "type": "u8", "counts": "packets"}, "without a counter"),
        ("banglejs2", "stream.0.time", {"at": 1, "type": "u16", "unit": "ms", "marks": "last"}, "no numbers at fixed"),
        ("capture2go", "stream.0.framing.sync", "xx", "hexadecimal pairs"),
        ("movesense", "stream.0.join.first", "", "at least one byte"),
        ("movesense", "stream.0.join.total.104", None, "a number for each rate_hz"),
        ("movesense", "stream.0.samples.fields", ["ax:f32"], "per array"),
        ("banglejs2", "stream.0.framing.line", False, "sync with length"),
        ("banglejs2", "stream.0.samples.codec", "", "with types"),
        ("banglejs2", "stream.0.time.field", "us", "one of samples.fields"),
        ("infinitime", "stream.0.time", {"at": 0, "type": "u16", "unit": "ms", "marks": "last"}, "dated by arrival"),
        ("metamotion_r", "haptic.steps", [], "at least one step"),
        ("metamotion_r", "stream.1.on_change", True, "on_change differs"),
        ("polar_verity_sense", "stream.0.acc.scale_from.channel", "contrl", "Did you mean 'control'?"),
        ("polar_verity_sense", "stream.1.samples.codec", "polar-dleta", "Did you mean 'polar-delta'?"),
        ("diy", "stream.0.samples.count", 5, "count or count_at, not both"),
        ("diy", "heart_channel", "alrt", "Did you mean 'alert'?"),
    ],
)
def test_complaints_about_rarer_constructs(name: str, path: str, value: Any, says: str) -> None:
    spoilt = load_profiles()[name].to_dict()
    spoil(spoilt, path, value)
    with pytest.raises(ProfileError) as caught:
        profile_from_dict(spoilt, "mine.toml")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("path", "key", "misspelt"),
    [("", "trust", "trsut"), ("stream.0", "channel", "chanel"), ("stream.0.acc", "scale", "scael")],
)
def test_a_misspelt_key_is_named_where_the_right_one_is_missing(
    tables: dict[str, Any], path: str, key: str, misspelt: str
) -> None:
    table: Any = tables
    for part in path.split(".") if path else ():
        table = table[int(part)] if part.isdigit() else table[part]
    table[misspelt] = table.pop(key)
    with pytest.raises(ProfileError) as caught:
        profile_from_dict(tables, "mine.toml")
    assert f"{key} is missing" in caught.value.message
    assert caught.value.advice == f"There is {misspelt!r}: did you mean {key!r}?"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("02 0g", "'g' in '0g' is no hexadecimal digit"),
        ("02 0", "'0' has an odd number of digits"),
        ("0x02", "Leave out the 0x."),
        (2, "Put it in quotes."),
    ],
)
def test_wrong_hexadecimal_is_told_in_detail(tables: dict[str, Any], text: object, says: str) -> None:
    tables["stream"][0]["when"] = [{"at": 0, "eq": text}]
    with pytest.raises(ProfileError, match=r"stream.0..when.0..eq is .*hexadecimal pairs such as") as caught:
        profile_from_dict(tables, "mine.toml")
    assert says in caught.value.advice


def test_gyro_beside_and_apart_do_not_mix(tables: dict[str, Any]) -> None:
    tables["stream"].append({**tables["stream"][0]})
    del tables["stream"][1]["acc"]
    with pytest.raises(ProfileError, match="one of the two is meant"):
        profile_from_dict(tables, "mine.toml")


def test_device_without_gravity_is_refused_with_the_reason(tables: dict[str, Any]) -> None:
    tables["gravity_included"] = False
    with pytest.raises(ProfileError, match="without gravity"):
        profile_from_dict(tables, "mine.toml")


def test_unreadable_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "torn.toml").write_text("schema = ")
    for name, says in (("none.toml", "cannot be read"), ("binary.toml", "UTF-8"), ("torn.toml", "not valid TOML")):
        with pytest.raises(ProfileError, match=says):
            load_profile(tmp_path / name)


def test_users_profile_replaces_a_shipped_one_and_joins_it(tmp_path: Path, tables: dict[str, Any]) -> None:
    text = (shipped_folder("firmware_profiles") / "virtual.toml").read_text()
    (tmp_path / "virtual.toml").write_text(text.replace('"Virtual sensor"', '"My sensor"'))
    (tmp_path / "mine.toml").write_text(text.replace('name = "virtual"', 'name = "mine"'))
    profiles = load_profiles(tmp_path)
    assert profiles["virtual"].title == "My sensor"
    assert {"mine", "polar_h10"} <= set(profiles)
    (tmp_path / "twin.toml").write_text(text)
    with pytest.raises(ProfileError, match="a name of its own"):
        load_profiles(tmp_path)


def test_parameters_default_use_and_choice() -> None:
    profile = load_profiles()["polar_h10"]
    assert profile.resolve() == {"rate_hz": 200.0, "range_g": 8.0}
    assert profile.resolve(use="watch")["rate_hz"] == 50.0
    assert profile.resolve({"rate_hz": 25}, use="watch")["rate_hz"] == 25.0
    with pytest.raises(UsageError, match="It knows 25, 50, 100, 200"):
        profile.resolve({"rate_hz": 52})
    with pytest.raises(UsageError, match="Did you mean 'rate_hz'"):
        profile.resolve({"rate": 50})
