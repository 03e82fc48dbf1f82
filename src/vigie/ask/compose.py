"""An answer without a model: the lines of the best passages that answer, quoted, each with its citation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from vigie.ask.evidence import Evidence
from vigie.ask.language import Language
from vigie.ask.quotes import CODE_LINES_SHOWN, LINE_LENGTH, LINES_SHOWN, fenced, inert, quotes
from vigie.ask.words import stem, terms, words
from vigie.types import Hit, Passage, SignatureStats, SourceRef

PASSAGES_SHOWN = 3
SECOND_BEST = 0.5  # a further passage is shown from this share of the best one's score on
IDS_SHOWN = 2  # of the latest runs of a signature
SOURCES_NAMED = 8

_NOTHING = {
    "fr": "Je n'ai pas trouvé de réponse à cette question dans ce qui est indexé.",
    "en": "I found no answer to this question in what is indexed.",
}
_EMPTY = {"fr": "Rien n'est encore indexé ici : lancez une ingestion.", "en": "Nothing is indexed here yet: ingest."}
_SEARCHED = {"fr": "Cherché dans", "en": "Searched in"}
_NEAREST = {"fr": "Le plus proche", "en": "Nearest"}
_MORE = {"fr": "et {n} autres", "en": "and {n} more"}
_KINDS = {"confluence": ("wiki", "wikis"), "records": ("collection", "collections"), "code": ("code", "code")}
_CUT = {"fr": "extrait", "en": "excerpt"}


def compose(question: str, evidence: Sequence[Evidence], language: Language, zone: ZoneInfo) -> list[str]:
    """Markdown paragraphs, best passage first; every one ends with, or holds, the `[n]` of its evidence.

    Words are quoted as they stand, only made inert; numbers of runs come from the ledger's counts.
    """
    if not evidence:
        return []
    best = max(part.score for part in evidence)
    shown = [part for part in evidence if part.score >= SECOND_BEST * best and words(part.text)] or list(evidence)
    shown = shown[:PASSAGES_SHOWN]
    wanted = set(terms(question))
    return [_paragraph(parts, wanted, language, zone) for parts in _sections(shown)]


def not_found(searched: Sequence[SourceRef], nearest: Sequence[Hit], language: Language) -> str:
    """That nothing answers, where it was looked, and what comes nearest (titles alone: they are no evidence)."""
    if not searched:
        return f"{_NOTHING[language]} {_EMPTY[language]}"
    parts = [_NOTHING[language], f"{_SEARCHED[language]}{_colon(language)} {_searched(searched, language)}."]
    titles = list(dict.fromkeys(inert(hit.passage.title or hit.passage.native_id) for hit in nearest))[:PASSAGES_SHOWN]
    if titles:
        parts.append(f"{_NEAREST[language]}{_colon(language)} {' ; '.join(titles)}.")
    return "\n\n".join(parts)


def _colon(language: Language) -> str:
    return " :" if language == "fr" else ":"


def _searched(refs: Sequence[SourceRef], language: Language) -> str:
    """ "wiki IV2, collections vanish_flows, batch_jobs, code"."""
    named = list(refs)[:SOURCES_NAMED]
    told = []
    for kind, (one, many) in _KINDS.items():
        names = [inert(ref.name) for ref in named if ref.kind == kind]
        if names:
            told.append(one if names == [one] else f"{one if len(names) == 1 else many} {', '.join(names)}")
    if len(refs) > SOURCES_NAMED:
        told.append(_MORE[language].format(n=len(refs) - SOURCES_NAMED))
    return ", ".join(told)


# ------------------------------------------------------------------ one passage


def _paragraph(parts: Sequence[Evidence], wanted: set[str], language: Language, zone: ZoneInfo) -> str:
    passage = parts[0].passage
    if passage.ref.kind == "code" and passage.language == "markdown":
        lead = f"**{inert(passage.chunk.locator)}** [{parts[0].n}]"
        return f"{lead}\n\n{quotes([(parts[0].n, parts[0].text)], wanted, language)}"
    if passage.ref.kind == "code":
        return _code(parts[0], wanted, language)
    if passage.stats is not None:
        return _signature(passage, passage.stats, parts[0].n, language, zone)
    return _page(parts, wanted, language)


def _sections(shown: Sequence[Evidence]) -> list[list[Evidence]]:
    """Passages of one section of a page are told together, in the place of the best of them."""
    sections: dict[tuple[str, str, int], list[Evidence]] = {}
    for part in shown:
        passage = part.passage
        alone = passage.ref.kind == "code" or passage.stats is not None
        sections.setdefault((passage.chunk.document_id, passage.chunk.locator, part.n if alone else 0), []).append(part)
    return list(sections.values())


def _page(parts: Sequence[Evidence], wanted: set[str], language: Language) -> str:
    numbers = " ".join(f"[{part.n}]" for part in parts)
    texts, end = [], 0
    for part in sorted(parts, key=lambda part: part.passage.chunk.start):
        chunk = part.passage.chunk
        texts.append((part.n, part.text[max(0, end - chunk.start) :]))  # without what the one before it ended with
        end = chunk.end
    return f"**{_where(parts[0].passage)}** {numbers}\n\n{quotes(texts, wanted, language)}".rstrip()


def _where(passage: Passage) -> str:
    """Page › section › sub-section; the page is named once."""
    steps = [step.strip() for step in passage.chunk.locator.split(" > ") if step.strip()]
    if steps and steps[0] == passage.title:
        steps = steps[1:]
    return " › ".join(inert(step) for step in [passage.title or passage.native_id, *steps])


def _code(part: Evidence, wanted: set[str], language: Language) -> str:
    passage = part.passage
    lines = part.passage.chunk.text.strip("\n").splitlines()
    note = ""
    if len(lines) > CODE_LINES_SHOWN:
        scores = [len(wanted & {stem(word) for word in words(line)}) for line in lines]
        ends = range(len(lines) - CODE_LINES_SHOWN + 1)
        start = max(ends, key=lambda i: (sum(scores[i : i + CODE_LINES_SHOWN]), -i))
        lines = lines[start : start + CODE_LINES_SHOWN]
        note = f" ({_CUT[language]})"
    symbol = f" · {inert(passage.chunk.symbol)}" if passage.chunk.symbol else ""
    lead = f"**{inert(passage.chunk.locator)}**{symbol}{note} [{part.n}]"
    return f"{lead}\n\n{fenced(chr(10).join(lines), passage.language or '')}"


# ------------------------------------------------------------------ signatures of runs


def _signature(passage: Passage, stats: SignatureStats, n: int, language: Language, zone: ZoneInfo) -> str:
    if language == "fr":
        runs = "exécution" if stats.count == 1 else "exécutions"
        counted = f"{_number(stats.count, language)} {runs} sur {_number(stats.total, language)}"
        first, last, ids = "première", "dernière", "derniers identifiants"
    else:
        runs = "run" if stats.count == 1 else "runs"
        counted = f"{_number(stats.count, language)} {runs} of {_number(stats.total, language)}"
        first, last, ids = "first", "last", "latest ids"
    times = [
        f"{word} {_local(time, zone, language)}" for word, time in ((first, stats.first), (last, stats.last)) if time
    ]
    said = counted + (f" ({', '.join(times)})" if times else "")
    if stats.latest_ids:
        said += f", {ids} {', '.join(inert(i) for i in stats.latest_ids[:IDS_SHOWN])}"
    return f"**{inert(passage.title)}**{_colon(language)} {said} [{n}]\n\n{_detail(passage, n)}".rstrip()


def _detail(passage: Passage, n: int) -> str:
    """What the signature says beyond its title: the masked message, fields with other values."""
    told = {part.strip() for part in passage.title.split("·")}
    lines = [line.strip() for line in passage.chunk.text.splitlines() if line.strip()]
    said = [line for line in lines if line != passage.title and line.partition(": ")[2] not in told][:LINES_SHOWN]
    return "\n".join(f"- {inert(line[:LINE_LENGTH])} [{n}]" for line in said)


def _number(value: int, language: Language) -> str:
    """Thousands apart, as the language writes them."""
    return f"{value:,}".replace(",", "\u202f") if language == "fr" else f"{value:,}"


def _local(time: datetime, zone: ZoneInfo, language: Language) -> str:
    return time.astimezone(zone).strftime("%d/%m/%Y %H:%M" if language == "fr" else "%Y-%m-%d %H:%M")
