"""What happened on which day: SQLite, derived from journals alone, so that it can always be made anew."""

from .chapter import DEFAULT_WEARER, DEMO_WEARER, Chapter, is_virtual, wearer_of, wearer_word
from .days import Day, Exercise, Session, choose_wearer, read_days, read_sessions, recorded_s, wearers
from .derive import Deriver, derive
from .identity import Identity, identify
from .plan import Plan, load_plan
from .store import History, history_path, set_aside
from .update import Outcome, rebuild, recordings_folder, update
from .weeks import Week, day_streak, trend, week_streak, weeks_of
from .wording import trend_sentences, week_sentences

__all__ = [
    "DEFAULT_WEARER",
    "DEMO_WEARER",
    "Chapter",
    "Day",
    "Deriver",
    "Exercise",
    "History",
    "Identity",
    "Outcome",
    "Plan",
    "Session",
    "Week",
    "choose_wearer",
    "day_streak",
    "derive",
    "history_path",
    "identify",
    "is_virtual",
    "load_plan",
    "read_days",
    "read_sessions",
    "rebuild",
    "recorded_s",
    "recordings_folder",
    "set_aside",
    "trend",
    "trend_sentences",
    "update",
    "wearer_of",
    "wearer_word",
    "wearers",
    "week_sentences",
    "week_streak",
    "weeks_of",
]
