"""Conversations: in order, matched by prefix, and ended in plain words when they fail."""

from __future__ import annotations

from typing import Any

import pytest

from sensorcoach.errors import UsageError
from sensorcoach.profiles import load_profiles, profile_from_dict
from sensorcoach.protocol import Conversation
from sensorcoach.protocol.conversation import (
    Action,
    Await,
    Done,
    Failed,
    Read,
    Sleep,
    Subscribe,
    Unsubscribe,
    Write,
)

PROFILES = load_profiles()
H10 = PROFILES["polar_h10"]


def steps(start: list[dict[str, Any]], params: dict[str, float] | None = None) -> Conversation:
    tables = PROFILES["virtual"].to_dict()
    tables["conversation"] = {"start": start}
    return Conversation(profile_from_dict(tables, "test"), "start", params)


def run_to_answer(talk: Conversation) -> list[Action]:
    """Do everything up to the first wait (or the end)."""
    seen: list[Action] = []
    while not isinstance(action := talk.next_action(), Await | Done | Failed):
        seen.append(action)
        talk.on_read(b"") if isinstance(action, Read) else talk.on_done()
    return seen


def test_starting_an_h10_at_200_hz() -> None:
    talk = Conversation(H10, "start", {"rate_hz": 200, "range_g": 8})
    seen = run_to_answer(talk)
    assert [a.channel for a in seen if isinstance(a, Subscribe)] == ["heart_rate", "battery", "control", "data"]
    assert seen[-1] == Write("control", bytes.fromhex("02020001c80001011000020108 00"), True)
    assert talk.next_action() == Await("control", 5.0)
    talk.on_notification("data", b"\xf0\x02\x02\x00")
    talk.on_notification("control", b"\xf0\x01\x02\x00")
    assert isinstance(talk.next_action(), Await)
    talk.on_notification("control", b"\xf0\x02\x02\x06\x00")
    assert talk.next_action() == Done()


def test_a_reply_may_overtake_the_acknowledgement() -> None:
    talk = Conversation(H10, "start")
    while not isinstance(talk.next_action(), Write):
        talk.on_done()
    talk.on_notification("control", b"\xf0\x02\x02\x00\x00")
    assert isinstance(talk.next_action(), Write)
    talk.on_done()
    assert talk.next_action() == Done()


@pytest.mark.parametrize(
    ("reply", "says"),
    [(b"\xf0\x02\x02\x0d", "while it is charging"), (b"\xf0\x02\x02\x63", "status 99"), (b"\xf0\x02\x02", "too short")],
)
def test_a_refusal_is_told_in_words(reply: bytes, says: str) -> None:
    talk = Conversation(H10, "start")
    run_to_answer(talk)
    talk.on_notification("control", reply)
    action = talk.next_action()
    assert isinstance(action, Failed)
    assert says in action.error.message
    talk.on_done()
    talk.on_notification("control", b"\xf0\x02\x02\x00")
    assert talk.next_action() is action


def test_silence_fails_unless_the_reply_is_optional() -> None:
    talk = Conversation(H10, "start")
    run_to_answer(talk)
    talk.on_timeout()
    action = talk.next_action()
    assert isinstance(action, Failed)
    assert "did not answer within 5 s" in action.error.message
    stop = Conversation(H10, "stop")
    run_to_answer(stop)
    stop.on_timeout()
    assert stop.next_action() == Done()


def test_an_optional_step_may_fail() -> None:
    talk = Conversation(H10, "start")
    talk.on_error("there is none")
    assert talk.next_action() == Subscribe("battery")
    talk.on_done()
    talk.on_error("there is none")
    action = talk.next_action()
    assert isinstance(action, Failed)
    assert "subscribe of control failed: there is none" in action.error.message


def test_reads_are_answers_and_steps_without_one_go_on() -> None:
    talk = steps(
        [
            {"read": "battery"},
            {"read": "battery", "expect": {"channel": "battery", "prefix": "57"}},
            {"sleep": 0.5},
            {"unsubscribe": "data"},
            {"expect": {"channel": "control", "prefix": "aa"}},
        ]
    )
    assert talk.next_action() == Read("battery")
    talk.on_done()
    assert talk.next_action() == Read("battery")
    talk.on_read(b"\x00")
    talk.on_read(b"\x57")
    assert talk.next_action() == Sleep(0.5)
    talk.on_done()
    assert talk.next_action() == Unsubscribe("data")
    talk.on_done()
    talk.on_notification("control", b"\xaa")
    assert talk.next_action() == Done()


def test_text_goes_in_pieces_with_parameters_filled_in() -> None:
    talk = steps(
        [
            {
                "write": "control",
                "text": "on({rate_hz});{x}\n",
                "chunk": 6,
                "expect": {"channel": "control", "prefix": "6f"},
            }
        ],
        {"rate_hz": 50},
    )
    seen = []
    talk.on_notification("control", b"ok")
    while isinstance(action := talk.next_action(), Write):
        seen.append(action.data)
        talk.on_done()
    assert seen == [b"on(50)", b";{x}\n"]
    assert talk.next_action() == Done()


def test_bytes_by_code_and_by_type() -> None:
    writes = run_to_answer(Conversation(PROFILES["metamotion_r"], "start", {"rate_hz": 200, "range_g": 8}))
    assert writes[1] == Write("command", bytes.fromhex("03032908"), True)
    dot = run_to_answer(Conversation(PROFILES["movella_dot"], "setup", {"rate_hz": 60}))
    assert isinstance(dot[0], Write)
    assert len(dot[0].data) == 32
    assert dot[0].data[24:26] == b"\x3c\x00"
    movesense = run_to_answer(Conversation(PROFILES["movesense"], "start"))
    assert movesense[1] == Write("command", bytes.fromhex("01632f4d6561732f494d55362f3532"), True)
    verity = run_to_answer(Conversation(PROFILES["polar_verity_sense"], "start"))
    assert verity[-1] == Write("control", bytes.fromhex("0202000134000101100002010800040103"), True)


def test_buzz() -> None:
    haptic = PROFILES["metamotion_s"].haptic
    assert haptic is not None
    talk = Conversation(PROFILES["metamotion_s"], haptic.steps, values={"ms": 5000})
    assert talk.next_action() == Write("command", bytes.fromhex("0801f8881300"), True)


def test_the_other_metamotion_is_recognised() -> None:
    talk = Conversation(PROFILES["metamotion_r"], "identify")
    run_to_answer(talk)
    talk.on_notification("notify", bytes.fromhex("03800400"))
    action = talk.next_action()
    assert isinstance(action, Failed)
    assert "MetaMotion S" in action.error.message


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(UsageError, match="Did you mean 'rate_hz'"):
        Conversation(H10, "start", {"rate": 1})
