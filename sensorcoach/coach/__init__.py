"""Coaching as pure state machines over sample time: pacer, slouch machine, wording."""
