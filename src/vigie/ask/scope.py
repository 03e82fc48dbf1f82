"""Where to look: limits put in words, and names of collections made sure of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from vigie.errors import InputError, NotFound
from vigie.types import KINDS, Kind, Scope, SourceRef

NEAREST_SHOWN = 3
NEAREST_CUTOFF = 50  # rapidfuzz ratio; below it a "did you mean" is noise
_PREFIX = "mongo_"

_ONLY = r"(?:uniquement|seulement|exclusivement|only)"
# What a limit may begin with: "cherche uniquement dans", "search only in the".
_VERB = r"(?:(?:cherche[rz]?|recherche[rz]?|regarde[rz]?|analyse[rz]?|search|look|check|analy[sz]e)\s+)?"
_IN = r"(?:dans|sur|depuis|in|within|from|on)"
_THE = r"(?:(?:le|la|les|the|our|notre|nos)\s+|l['’])?"
_KIND: dict[Kind, str] = {
    "confluence": r"(?:wiki|confluence)",
    "code": r"(?:code\s+source|source\s+code|code(?:base)?)",
    "records": r"(?:mongo(?:\s?db)?)",
}
# With "uniquement" or "only" beside them these name a source too; alone they are plain words.
_LOOSE: dict[Kind, str] = {
    "confluence": r"(?:documentation|docs?|pages)",
    "code": r"(?:sources)",
    "records": r"(?:runs|records|enregistrements|ex[ée]cutions)",
}
_ANY = "(?:" + "|".join(_KIND.values()) + ")"
_ANY_LOOSE = "(?:" + "|".join([*_KIND.values(), *_LOOSE.values()]) + ")"
_MORE = rf"(?:\s*(?:,|et|and|ou|or)\s+(?:{_IN}\s+)?{_THE}{_ANY}\b)*"

_SOURCE = re.compile(rf"(?<![\w-]){_VERB}(?:{_ONLY}\s+)?{_IN}\s+{_THE}{_ANY}\b{_MORE}(?:\s+{_ONLY}\b)?", re.IGNORECASE)
_SOURCE_ONLY = re.compile(
    rf"(?<![\w-]){_VERB}(?:{_ONLY}\s+(?:{_IN}\s+)?{_THE}{_ANY_LOOSE}\b{_MORE}"
    rf"|(?:{_IN}\s+)?{_THE}{_ANY_LOOSE}\b\s+{_ONLY}\b)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^\s*(?:wiki|confluence|mongo(?:db)?)\s*:\s*", re.IGNORECASE)

# "dans le code ORA-00942", "in the code path", "dans le code d'erreur": a code, not the source code.
_OTHER_CODE = re.compile(
    r"\s+(?:(?:d|de|du|des|of|for)\b|d['’]|(?i:erreur|error|retour|return|statut|status|http|postal|pays|country|bic|"
    r"swift|iban|sortie|exit|path|anomalie|rejet|motif|flux|name)\b|[A-Z]{2,}\b|[\w-]*\d)"
)
_NEGATED = re.compile(r"(?:\b(?:pas|sauf|hors|sans|except|excluding|not|besides)|n['’]est pas)\s*$", re.IGNORECASE)
_LEFTOVER = re.compile(r"^[\s:,;.\-–—]+|[\s:,;\-–—]+$")


@dataclass(frozen=True, slots=True)
class Scoped:
    """A question without the words that limit it. `unknown`: a collection was named that does not exist."""

    text: str
    scope: Scope
    unknown: str | None = None


def read_scope(text: str, given: Scope, collections: Sequence[str]) -> Scoped:
    """Read explicit limits ("dans le wiki", "collection flow_errors uniquement : ..."); `given` ones win over words.

    `collections` are the record collections' own names. Words that only look like a limit ("le code ORA-00942")
    stay in the text and limit nothing.
    """
    rest, name, unknown = _read_collection(text, collections)
    kinds: frozenset[Kind] = frozenset()
    if name is None and unknown is None:
        rest, kinds = _read_kinds(text)
    if given != Scope():
        same = name is not None and name == given.collection
        return Scoped(_tidy(rest) if same else text.strip(), given)
    if unknown is not None:
        return Scoped(text.strip(), given, unknown)
    if name is not None:
        return Scoped(_tidy(rest), Scope(collection=name))
    return Scoped(_tidy(rest), Scope(kinds=kinds or None))


def without_verb(limit: str) -> str:
    """ "analyse la collection flow_errors" names a place; what the verb says is not looked for in it."""
    return re.sub(rf"^\s*{_VERB}", "", limit, flags=re.IGNORECASE)


def resolve(scope: Scope, refs: Iterable[SourceRef]) -> list[SourceRef]:
    """The sources a scope stands for, in order. A collection narrows the records; without kinds, to it alone.

    Raises NotFound for an unknown collection, naming the nearest, and InputError for kinds that exclude it.
    """
    refs = sorted(refs, key=lambda ref: (ref.kind, ref.name))
    if scope.collection is None:
        return [ref for ref in refs if scope.kinds is None or ref.kind in scope.kinds]
    name = own_name(scope.collection, [ref.name for ref in refs if ref.kind == "records"])
    if name is None:
        if scope.collection in ("confluence", "code"):
            return [ref for ref in refs if ref.kind == scope.collection]
        raise NotFound(_unknown_message(scope.collection, [ref.name for ref in refs if ref.kind == "records"]))
    if scope.kinds is not None and "records" not in scope.kinds:
        raise InputError(f"the collection {name} holds records, and records are excluded: add them or drop the name")
    return [
        ref
        for ref in refs
        if (ref.name == name if ref.kind == "records" else scope.kinds is not None and ref.kind in scope.kinds)
    ]


def own_name(name: str, collections: Sequence[str]) -> str | None:
    """The collection meant by `name`, with or without `mongo_`, case aside when that leaves one."""
    for wanted in (name, name.removeprefix(_PREFIX)):
        if wanted in collections:
            return wanted
    folded = [known for known in collections if known.casefold() == name.casefold().removeprefix(_PREFIX)]
    return folded[0] if len(folded) == 1 else None


def nearest(name: str, collections: Sequence[str]) -> list[str]:
    """At most three names that look like it, best first."""
    wanted = name.removeprefix(_PREFIX)
    found = process.extract(
        wanted, sorted(collections), scorer=fuzz.ratio, processor=utils.default_process, limit=NEAREST_SHOWN,
        score_cutoff=NEAREST_CUTOFF,
    )  # fmt: skip
    return [known for known, _, _ in found]


def _unknown_message(name: str, collections: Sequence[str]) -> str:
    close = nearest(name, collections)
    if close:
        return f"there is no collection {name!r}: the nearest known are {', '.join(close)}"
    if collections:
        return f"there is no collection {name!r}: known are {', '.join(sorted(collections)[:10])}"
    return f"there is no collection {name!r}: no record collection has been ingested yet"


# ------------------------------------------------------------------ reading words


def _read_collection(text: str, collections: Sequence[str]) -> tuple[str, str | None, str | None]:
    """(text without the limit, collection, unknown name)."""
    name = r"[`\"'«]?\s?(?P<name>[A-Za-z_][\w.-]*\w)(?:\s?[`\"'»])?"
    limits = (
        rf"{_VERB}(?:{_ONLY}\s+)?(?:{_IN}\s+)?{_THE}collections?\s+{name}(?:\s+{_ONLY}\b)?",
        rf"{_VERB}(?:{_ONLY}\s+)?{_IN}\s+{_THE}{name}\s+collection\b(?:\s+{_ONLY}\b)?",
        rf"{_VERB}(?:{_ONLY}\s+)?{_IN}\s+{_THE}{name}(?:\s+{_ONLY}\b)?",
        rf"{_VERB}{_ONLY}\s+{_THE}{name}",
        rf"{_VERB}{name}\s+{_ONLY}\b",
        rf"^\s*{name}\s*:",
    )
    unknown = None
    for position, limit in enumerate(limits):
        for match in re.finditer(rf"(?<![\w-])(?:{limit})", text, re.IGNORECASE):
            if _NEGATED.search(text[: match.start()]):
                continue
            known = own_name(match["name"], collections)
            # A bare plain word ("jobs", "errors") is a word first; an identifier or "collection x" is a name.
            if known is not None and (position < 2 or re.search(r"[_\d.]", match["name"])):
                return _cut(text, match), known, None
            if known is None and position < 2 and _states_limit(match, text):
                unknown = unknown or match["name"]
    return text, None, unknown


def _states_limit(match: re.Match[str], text: str) -> bool:
    """Is it a limit to a collection, rather than talk about one? An identifier with a limiting word or a colon."""
    limiting = re.match(rf"\s*(?:{_VERB}{_ONLY}\s|{_IN}\s|analy[sz]e)", match.group(), re.IGNORECASE)
    ending = re.search(rf"{_ONLY}$", match.group(), re.IGNORECASE) or text[match.end() :].lstrip().startswith(":")
    return bool("_" in match["name"] and (limiting or ending))


def _read_kinds(text: str) -> tuple[str, frozenset[Kind]]:
    for pattern in (_LEAD, _SOURCE_ONLY, _SOURCE):
        for match in pattern.finditer(text):
            kinds = _kinds_of(match.group())
            if _NEGATED.search(text[: match.start()]):
                continue
            says_only = re.search(_ONLY, match.group(), re.IGNORECASE)
            if kinds == {"code"} and not says_only and _OTHER_CODE.match(text, match.end()):
                continue
            if kinds == {"code"} and says_only and re.match(r"\s+[\w-]*\d|\s+d['’]", text[match.end() :]):
                continue
            return _cut(text, match), kinds
    return text, frozenset()


def _kinds_of(said: str) -> frozenset[Kind]:
    """Of "dans le wiki et dans le code", both."""
    names = {kind: f"{_KIND[kind]}|{_LOOSE[kind]}" for kind in KINDS}
    return frozenset(kind for kind in KINDS if re.search(rf"\b(?:{names[kind]})\b", said, re.IGNORECASE))


def _cut(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}"


def _tidy(text: str) -> str:
    """What is left of a question when its limit is cut off: no colon or comma at its ends."""
    text = re.sub(r"\s+([,.;])", r"\1", _LEFTOVER.sub("", text))
    return _LEFTOVER.sub("", re.sub(r"[ \t]{2,}", " ", text)).strip()
