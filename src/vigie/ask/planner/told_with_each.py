"""What is to be shown of each of the records that are listed: "les flux KO et leurs codes", "avec leur serveur"."""

from __future__ import annotations

from vigie.ask.planner.marks import Marks, NounMark

_BESIDE = frozenset("avec et with and".split())
_THEIR = frozenset("leur leurs their".split())


def told_with_each(noun: NounMark, marks: Marks) -> bool:
    """Does "et leurs", "with their" stand right before it?"""
    said = [token.norm for token in marks.tokens[max(0, noun.first - 2) : noun.first]]
    return len(said) == 2 and said[0] in _BESIDE and said[1] in _THEIR


def told_with_them(marks: Marks) -> tuple[str, ...]:
    """The fields of a question that says no more than that: "avec leur code erreur"."""
    alone = len(marks.nouns) == 1 and marks.nouns[0].first == 2 and not (marks.values or marks.flags or marks.numbers)
    noun = marks.nouns[0] if alone else None
    return (noun.fields[0][1],) if noun is not None and noun.fields and told_with_each(noun, marks) else ()
