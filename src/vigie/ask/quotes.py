"""What a page's passages say about a question: their lines quoted, procedures and tables whole, all of it inert."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from vigie.ask.language import Language
from vigie.ask.words import stem, words

LINES_SHOWN = 5  # of the passages of one section
STEPS_SHOWN = 30  # lines and blocks of one procedure; half a procedure misleads, so it comes whole up to here
CODE_LINES_SHOWN = 20
LINE_LENGTH = 600  # characters of one quoted line

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀÂÇÉÈÊËÎÏÔÛÙÜŸŒ«\"(0-9])")
_FENCE = re.compile(r"^\s*(?:```+|~~~+)\s*(\S*)")
_LIST = re.compile(r"^\s*(?:[-*+•]|(\d{1,3})[.)])\s+(?:\[([ xX])\]\s+)?")
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*]+\*\*\s*$)")  # a line all in bold is one too
_RULE = re.compile(r"^[\s|:=_*-]*$")
_ASKS = re.compile(r"\?\W*$")
# Signs that Markdown may act on; underscores within a word (SEPA_OUT) and # within a line it leaves alone.
_ACTIVE = re.compile(r"[\\`*\[\]<>|~]|(?<!\w)_+|_+(?!\w)|^\s*#")
_CODE_SPAN = re.compile(r"((?<![`\\])`[^`\n]+`(?!`))")
_SCHEME = re.compile(r"\b(https?|ftp|mailto|javascript|data|file|vbscript):", re.IGNORECASE)
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)
_STEP = {"fr": "(Étape {} : voir la page.)", "en": "(Step {}: see the page.)"}
_STEPS = {"fr": "(Étapes {} : voir la page.)", "en": "(Steps {}: see the page.)"}
_ESCAPED = {"<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, a list's item, a procedure's step, a table's row, or a whole block of code."""

    kind: Literal["text", "item", "step", "row", "code"]
    text: str
    mark: str = ""  # of a step "3.", of a task "[x]", of code its language, of a row its table's head
    inner: bool = False  # set in, below an item


def quotes(texts: Sequence[tuple[int, str]], wanted: set[str], language: Language) -> str:
    """Markdown: the lines that answer best, in their order, each with the number of its passage.

    `texts` are the passages of one section, as they follow each other; `wanted` the stems of the question's terms.
    """
    found = [(n, piece) for n, text in texts for piece in _pieces(text)]
    pieces = [piece for _, piece in found]
    kept = _kept(pieces, [_overlap(piece, wanted) for piece in pieces])
    said, before, step = "", Piece("text", ""), 0
    for i in sorted(kept):
        n, piece = found[i]
        if piece.kind == "step" and not piece.inner:
            missing, step = range(step + 1, int(piece.mark[:-1])), int(piece.mark[:-1])
            if missing:  # in a passage that was not found
                said += ("\n\n" if said else "") + _missing(missing, language)
                before = Piece("text", "")
        said += _gap(before, piece) if said else ""
        if piece.kind == "row" and (before.kind, before.mark) != ("row", piece.mark):
            said += _head(piece)
        said += _quote(piece, n)
        before = piece
    return said


def fenced(text: str, language: str) -> str:
    """A fence longer than any run of backticks inside it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language if re.fullmatch(r'[A-Za-z0-9+#-]*', language) else ''}\n{text}\n{fence}"


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


# ------------------------------------------------------------------ a text in pieces


def _pieces(text: str) -> list[Piece]:
    """In order; headings and rules are left out."""
    lines = text.splitlines()
    pieces: list[Piece] = []
    block: list[str] | None = None
    language = ""
    head = None
    for line, after in pairwise([*lines, ""]):
        fence = _FENCE.match(line)
        if fence and block is None:
            block, language = [], fence.group(1)
        elif fence:
            pieces.append(Piece("code", "\n".join(block or []), language))
            block = None
        elif block is not None:
            block.append(line)
        elif line.lstrip().startswith("|"):
            if "|" in after and _RULE.match(after):
                head = line.strip()
            elif not _RULE.match(line):
                pieces.append(Piece("row", line.strip(), head or ""))
        elif not (_RULE.match(line) or _HEADING.match(line)):
            pieces += _line(line)
        if not after.lstrip().startswith("|"):
            head = None
    if block:
        pieces.append(Piece("code", "\n".join(block), language))
    return pieces


def _line(line: str) -> Iterator[Piece]:
    inner = line[:1].isspace()
    if item := _LIST.match(line):
        number, task = item.groups()
        mark = f"{number}." if number else f"[{task}]" if task else ""
        yield Piece("step" if number else "item", _short(line[item.end() :]), mark, inner)
        return
    for sentence in [line] if "|" in line else _SENTENCE.split(line):
        if sentence.strip():
            yield Piece("text", _short(sentence), inner=inner)


def _short(text: str) -> str:
    return text if len(text) <= LINE_LENGTH else text[:LINE_LENGTH] + " […]"


# ------------------------------------------------------------------ which of them answer


def _overlap(piece: Piece, wanted: set[str]) -> int:
    return len(wanted & {stem(word) for word in words(piece.text)})


def _kept(pieces: Sequence[Piece], scores: Sequence[int]) -> set[int]:
    telling = [i for i, piece in enumerate(pieces) if not _ASKS.search(piece.text)]  # a question says nothing
    ranked = sorted(telling or range(len(pieces)), key=lambda i: (-scores[i], i))
    best = [i for i in ranked if scores[i] > 0][:LINES_SHOWN] or ranked[:2]
    return _with_steps(pieces, best) | _procedures(pieces, best)


def _with_steps(pieces: Sequence[Piece], best: Sequence[int]) -> set[int]:
    """A line that announces ("Procédure :") brings the list or the command that follows it."""
    kept = set(best)
    for i in best:
        if pieces[i].text.rstrip().endswith(":"):
            following = i + 1
            while following < len(pieces) and len(kept) < 2 * LINES_SHOWN and _follows(pieces, i, following):
                kept.add(following)
                following += 1
    return kept


def _follows(pieces: Sequence[Piece], announced: int, i: int) -> bool:
    return pieces[i].kind in ("item", "step") or (i == announced + 1 and pieces[i].kind == "code")


def _procedures(pieces: Sequence[Piece], best: Sequence[int]) -> set[int]:
    """Every numbered list that one of them stands in, from its first step to its last."""
    kept: set[int] = set()
    run: list[int] = []
    for i, piece in enumerate([*pieces, Piece("text", "")]):
        begins = piece.kind == "step" and not piece.inner and (piece.mark == "1." or not run)
        if run and (begins or not (piece.inner or piece.kind in ("step", "code"))):
            if set(run) & set(best) and any(pieces[j].kind == "step" for j in run):
                kept |= set(run[:STEPS_SHOWN])
            run = []
        if begins or run or (i == 0 and piece.kind == "code"):
            run.append(i)
    return kept


# ------------------------------------------------------------------ as Markdown


def _missing(steps: range, language: Language) -> str:
    numbers = str(steps[0]) if len(steps) == 1 else f"{steps[0]}–{steps[-1]}"
    return (_STEP if len(steps) == 1 else _STEPS)[language].format(numbers)


def _quote(piece: Piece, n: int) -> str:
    match piece.kind:
        case "code":
            lines = piece.text.split("\n")
            shown = lines[:CODE_LINES_SHOWN] + (["[…]"] if len(lines) > CODE_LINES_SHOWN else [])
            return fenced("\n".join(shown), piece.mark)
        case "row":
            return _row(piece.text, f" [{n}]")
        case "step":
            return f"{piece.mark} {_quoted(piece.text)} [{n}]"
        case "item":
            return f"- {piece.mark + ' ' if piece.mark else ''}{_quoted(piece.text)} [{n}]"
    return f"{_quoted(piece.text)} [{n}]"


def _quoted(line: str) -> str:
    """A line of a page as it reads: code stays code, all else inert."""
    parts = _CODE_SPAN.split(line.strip().replace("**", ""))
    # Nothing is active within a code span; its own text is left as it stands.
    return "".join(_printable(part) if i % 2 else inert(part) for i, part in enumerate(parts)).strip()


def _cells(row: str) -> list[str]:
    return re.split(r"(?<!\\)\|", row.removeprefix("|").removesuffix("|"))


def _row(row: str, after: str) -> str:
    # A bar within a cell ends it, also in code.
    cells = [re.sub(r"(?<!\\)\|", r"\\|", _quoted(cell.replace("\\|", "|"))) for cell in _cells(row)]
    return f"| {' | '.join(cells)}{after} |"


def _head(row: Piece) -> str:
    """Of the table that the row stands in, an empty one where it has none; the rule below it."""
    width = len(_cells(row.text))
    titles = _row(row.mark, "") if row.mark and len(_cells(row.mark)) == width else f"|{'   |' * width}"
    return f"{titles}\n|{' --- |' * width}\n"


def _gap(before: Piece, piece: Piece) -> str:
    one_table = before.kind == piece.kind == "row" and before.mark == piece.mark
    one_list = {before.kind, piece.kind} <= {"item", "step"}
    return "\n" if one_table or one_list else "\n\n"
