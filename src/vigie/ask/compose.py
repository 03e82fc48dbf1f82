"""An answer without a model: the lines of the best passages that answer, quoted, each with its citation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from vigie.ask.evidence import Evidence
from vigie.ask.language import Language
from vigie.ask.words import stem, terms, words
from vigie.types import Hit, Passage, SignatureStats, SourceRef

PASSAGES_SHOWN = 3
SECOND_BEST = 0.5  # a further passage is shown from this share of the best one's score on
LINES_SHOWN = 5  # of one passage
CODE_LINES_SHOWN = 20  # a longer chunk of code is cut around its best line, and says so
LINE_LENGTH = 600  # characters of one quoted line
SOURCES_NAMED = 8

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀÂÇÉÈÊËÎÏÔÛÙÜŸŒ«\"(0-9])")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_LIST = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_RULE = re.compile(r"^[\s|:=_*-]*$")
# Signs that Markdown may act on; underscores within a word (SEPA_OUT) and # within a line it leaves alone.
_ACTIVE = re.compile(r"[\\`*\[\]<>|~]|(?<!\w)_+|_+(?!\w)|^\s*#")
_CODE_SPAN = re.compile(r"((?<![`\\])`[^`\n]+`(?!`))")
_SCHEME = re.compile(r"\b(https?|ftp|mailto|javascript|data|file|vbscript):", re.IGNORECASE)
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)

_NOTHING = {
    "fr": "Je n'ai pas trouvé de réponse à cette question dans ce qui est indexé.",
    "en": "I found no answer to this question in what is indexed.",
}
_EMPTY = {"fr": "Rien n'est encore indexé ici : lancez une ingestion.", "en": "Nothing is indexed here yet: ingest."}
_SEARCHED = {"fr": "Cherché dans", "en": "Searched in"}
_NEAREST = {"fr": "Le plus proche", "en": "Nearest"}
_MORE = {"fr": "et {n} autres", "en": "and {n} more"}
_CUT = {"fr": "extrait", "en": "excerpt"}


def compose(question: str, evidence: Sequence[Evidence], language: Language, zone: ZoneInfo) -> list[str]:
    """Markdown paragraphs, best passage first; every one ends with, or holds, the `[n]` of its evidence.

    Words are quoted as they stand, only made inert; numbers of runs come from the ledger's counts.
    """
    if not evidence:
        return []
    best = max(part.score for part in evidence)
    shown = [part for part in evidence if part.score >= SECOND_BEST * best][:PASSAGES_SHOWN]
    wanted = set(terms(question))
    return [_paragraph(part, wanted, language, zone) for part in shown]


def not_found(searched: Sequence[SourceRef], nearest: Sequence[Hit], language: Language) -> str:
    """That nothing answers, where it was looked, and what comes nearest (titles alone: they are no evidence)."""
    if not searched:
        return f"{_NOTHING[language]} {_EMPTY[language]}"
    names = [_source_name(ref, language) for ref in searched]
    if len(names) > SOURCES_NAMED:
        names = [*names[:SOURCES_NAMED], _MORE[language].format(n=len(names) - SOURCES_NAMED)]
    parts = [_NOTHING[language], f"{_SEARCHED[language]}{_colon(language)} {', '.join(names)}."]
    titles = list(dict.fromkeys(inert(hit.passage.title or hit.passage.native_id) for hit in nearest))[:PASSAGES_SHOWN]
    if titles:
        parts.append(f"{_NEAREST[language]}{_colon(language)} {' ; '.join(titles)}.")
    return "\n\n".join(parts)


def inert(text: str) -> str:
    """Text that Markdown shows as it is written: no HTML, link, image, heading, emphasis or citation of its own."""
    plain = _printable(text).replace("&", "&amp;")
    plain = _ACTIVE.sub(
        lambda match: "".join(_ESCAPED.get(char, f"\\{char}") for char in match.group().lstrip()), plain
    )
    # An address becomes a link by itself in many renderers.
    plain = _SCHEME.sub(lambda match: f"{match.group(1)}&#58;", plain)
    return _WWW.sub("www&#46;", plain)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


_ESCAPED = {"<": "&lt;", ">": "&gt;"}


def _colon(language: Language) -> str:
    return " :" if language == "fr" else ":"


def _source_name(ref: SourceRef, language: Language) -> str:
    kind = {
        "confluence": {"fr": "wiki", "en": "wiki"},
        "records": {"fr": "collection", "en": "collection"},
        "code": {"fr": "code", "en": "code"},
    }[ref.kind][language]
    return f"{kind} {inert(ref.name)}"


# ------------------------------------------------------------------ one passage


def _paragraph(part: Evidence, wanted: set[str], language: Language, zone: ZoneInfo) -> str:
    passage = part.passage
    if passage.ref.kind == "code":
        return _code(part, wanted, language)
    if passage.stats is not None:
        return _signature(passage, passage.stats, part.n, language, zone)
    return _page(part, wanted)


def _page(part: Evidence, wanted: set[str]) -> str:
    lead = f"**{_where(part.passage)}** [{part.n}]"
    return "\n\n".join([lead, *_quotes(part.text, part.n, wanted)])


def _where(passage: Passage) -> str:
    """Page › section › sub-section; the page is named once."""
    steps = [step.strip() for step in passage.chunk.locator.split(" > ") if step.strip()]
    if steps and steps[0] == passage.title:
        steps = steps[1:]
    return " › ".join(inert(step) for step in [passage.title or passage.native_id, *steps])


def _quotes(text: str, n: int, wanted: set[str]) -> list[str]:
    """The best lines in their order, lists kept together; a short block of code whole."""
    pieces = _pieces(text)
    ranked = sorted(range(len(pieces)), key=lambda i: (-_overlap(pieces[i], wanted), i))
    kept = [i for i in ranked if _overlap(pieces[i], wanted) > 0][:LINES_SHOWN] or ranked[:2]
    kept = sorted(_with_steps(pieces, kept))
    quotes = []
    for i in kept:
        if pieces[i].startswith("```"):
            quotes.append(f"{_block(pieces[i])}\n\n[{n}]")
        elif _LIST.match(pieces[i]):
            quotes.append(f"- {quoted(_LIST.sub('', pieces[i]))} [{n}]")
        else:
            quotes.append(f"{quoted(pieces[i])} [{n}]")
    return quotes


def quoted(line: str) -> str:
    """A line of a page as it reads: code stays code, a table's row its cells, all else inert."""
    line = line.strip().replace("**", "")
    if line.startswith("|"):
        line = " · ".join(cell.strip() for cell in line.strip("|").split("|") if cell.strip())
    parts = _CODE_SPAN.split(line)
    # Nothing is active within a code span; its own text is left as it stands.
    return "".join(_printable(part) if i % 2 else inert(part) for i, part in enumerate(parts)).strip()


def _with_steps(pieces: Sequence[str], kept: Sequence[int]) -> set[int]:
    """A line that announces ("Procédure :") brings the list or the command that follows it."""
    chosen = set(kept)
    for i in kept:
        if pieces[i].rstrip().endswith(":"):
            following = i + 1
            while following < len(pieces) and len(chosen) < 2 * LINES_SHOWN and _follows(pieces, i, following):
                chosen.add(following)
                following += 1
    return chosen


def _follows(pieces: Sequence[str], announced: int, i: int) -> bool:
    return bool(_LIST.match(pieces[i])) or (i == announced + 1 and pieces[i].startswith("```"))


def _pieces(text: str) -> list[str]:
    """Sentences, list items, table rows and whole fenced blocks, in order; headings and rules are left out."""
    pieces: list[str] = []
    block: list[str] | None = None
    for line in text.splitlines():
        if _FENCE.match(line):
            if block is None:
                block = []
            else:
                pieces.append("```" + "\n".join(block))
                block = None
        elif block is not None:
            block.append(line)
        elif not (_RULE.match(line) or _HEADING.match(line)):
            sentences = [line] if _LIST.match(line) or "|" in line else _SENTENCE.split(line)
            pieces += [sentence for sentence in sentences if sentence.strip()]
    if block:
        pieces.append("```" + "\n".join(block))
    return [
        piece if piece.startswith("```") or len(piece) <= LINE_LENGTH else piece[:LINE_LENGTH] + " […]"
        for piece in pieces
    ]


def _block(piece: str) -> str:
    lines = piece.removeprefix("```").split("\n")
    shown = lines[:CODE_LINES_SHOWN] + (["[…]"] if len(lines) > CODE_LINES_SHOWN else [])
    return _fenced("\n".join(shown), "")


def _fenced(text: str, language: str) -> str:
    """A fence longer than any run of backticks inside it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language if re.fullmatch(r'[A-Za-z0-9+#-]*', language) else ''}\n{text}\n{fence}"


def _overlap(piece: str, wanted: set[str]) -> int:
    return len(wanted & {stem(word) for word in words(piece)})


def _code(part: Evidence, wanted: set[str], language: Language) -> str:
    passage = part.passage
    lines = part.passage.chunk.text.strip("\n").splitlines()
    note = ""
    if len(lines) > CODE_LINES_SHOWN:
        scores = [_overlap(line, wanted) for line in lines]
        ends = range(len(lines) - CODE_LINES_SHOWN + 1)
        start = max(ends, key=lambda i: (sum(scores[i : i + CODE_LINES_SHOWN]), -i))
        lines = lines[start : start + CODE_LINES_SHOWN]
        note = f" ({_CUT[language]})"
    symbol = f" · {inert(passage.chunk.symbol)}" if passage.chunk.symbol else ""
    lead = f"**{inert(passage.chunk.locator)}**{symbol}{note} [{part.n}]"
    return f"{lead}\n\n{_fenced(chr(10).join(lines), passage.language or '')}"


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
        said += f", {ids} {', '.join(inert(i) for i in stats.latest_ids)}"
    return f"**{inert(passage.title)}**{_colon(language)} {said} [{n}]\n\n{_detail(passage, n)}".rstrip()


def _detail(passage: Passage, n: int) -> str:
    """What the signature says beyond its title: the masked message."""
    lines = [line.strip() for line in passage.chunk.text.splitlines() if line.strip()]
    said = [line for line in lines if line != passage.title][:LINES_SHOWN]
    return "\n".join(f"- {inert(line[:LINE_LENGTH])} [{n}]" for line in said)


def _number(value: int, language: Language) -> str:
    """Thousands apart, as the language writes them."""
    return f"{value:,}".replace(",", "\u202f") if language == "fr" else f"{value:,}"


def _local(time: datetime, zone: ZoneInfo, language: Language) -> str:
    return time.astimezone(zone).strftime("%d/%m/%Y %H:%M" if language == "fr" else "%Y-%m-%d %H:%M")
