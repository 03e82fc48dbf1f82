"""Questions to choose from: each can be sent back as it is."""

from __future__ import annotations

from vigie.ask.language import Language
from vigie.ask.planner.phrases import say
from vigie.ask.planner.planner import Planned
from vigie.types import Choice

MOST = 5
_PERIODS: dict[Language, tuple[str, ...]] = {
    "fr": ("aujourd'hui", "hier", "ces 24 dernières heures", "les 7 derniers jours"),
    "en": ("today", "yesterday", "in the last 24 hours", "in the last 7 days"),
}


def of_problem(planned: Planned, text: str, language: Language) -> list[Choice]:
    """Always at least one: what is asked back can be answered with a click."""
    problem = planned.problem
    assert problem is not None
    found: list[Choice] = []
    if problem.at is not None:
        before, after = text[: problem.at[0]], text[problem.at[1] :]
        options = _PERIODS[language] if problem.code == "vague_time" else problem.near
        found = [Choice(option, f"{before}{option}{after}") for option in options]
        if problem.code in ("unknown_value", "no_time_field", "unsupported") and (
            rest := f"{before}{after}".strip(" ?")
        ):
            found.append(Choice(say("without_word", language, words=problem.words), " ".join(rest.split())))
    elif problem.code == "two_windows" and planned.times:
        places = [when.at for when in planned.times.ranges]
        found = [Choice(text[a:b], f"{text[: places[0][0]]}{text[a:b]}{text[places[-1][1] :]}") for a, b in places]
    elif problem.code in ("which_collection", "nothing_to_count"):
        names = problem.near or ((planned.known.name,) if planned.known else ())
        found = [in_collection(name, text, language) for name in names]
    return found[:MOST] or [in_collection(planned.known.name, text, language)] if planned.known else found[:MOST]


def other_readings(planned: Planned, text: str, language: Language) -> list[Choice]:
    """What the question may also mean, where a convention chose."""
    found: list[Choice] = []
    frame, marks = planned.frame, planned.marks
    if frame is not None and marks is not None and "runs_not_names" in frame.notes and marks.nouns:
        noun = next((n for n in marks.nouns if n.fields and n.fields[0][1] == frame.subject), marks.nouns[0])
        start, end = marks.tokens[noun.first].at[0], marks.tokens[noun.last - 1].at[1]
        word = text[start:end]
        said = f"{word} différents" if language == "fr" else f"different {word}"
        found.append(Choice(say("distinct_choice", language), f"{text[:start]}{said}{text[end:]}"))
    found += [in_collection(name, text, language) for name in planned.others]
    return found[:MOST]


def in_collection(name: str, text: str, language: Language) -> Choice:
    stem = text.rstrip(" ?!.")
    where = f"dans la collection {name}" if language == "fr" else f"in the {name} collection"
    return Choice(
        say("collection_choice", language, name=name), f"{stem} {where} ?" if language == "fr" else f"{stem} {where}?"
    )
