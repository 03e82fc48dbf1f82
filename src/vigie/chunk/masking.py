"""A message with its variable parts replaced, so that the same failure reads the same each time.

What names the failure stays: codes (ORA-00942, AUTH-401, HTTP 503, SQL0911N, exit code 12), identifiers in capitals
(SEPA_OUT_CIB), class names, words. What varies goes: numbers, times, addresses, paths, hosts, quoted values.
"""

from __future__ import annotations

import re
from functools import lru_cache

_KEPT_LINES = 3  # of a message that is no stack trace
_READ = 4000  # characters looked at: longer ones tell no more about what failed

_FRAME = re.compile(
    r"""\s*(?:at\s+[\w$.<>/]+\(.*|\.{3}\s*\d+\s+(?:more|common\s+frames)|File\s+".*",\s+line\s+\d+.*
        |à\s+[\w$.<>]+\(.*|at\s+.+:\d+(?::\d+)?\)?|\#\d+\s+\S+.*|[~^]+)\s*\Z""",
    re.X,
)
_EXCEPTION = re.compile(r"(?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error|Failure|Fault|Interrupt|Warning)\b")
_TRACEBACK = "Traceback (most recent call last)"

_MONTH = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|févr|fevr|avr|juin|juil|août|aout|sept|déc)"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,:]\d{1,9})?(?:\s?Z|\s?[-+]\d{2}:?\d{2})?(?![\d:])"
_IPV4 = r"(?:\d{1,3}\.){3}\d{1,3}"
_TLD = (
    "com|net|org|fr|eu|io|int|local|lan|intra|intranet|interne|internal|corp|example|localdomain|localhost|edu|gov"
    "|be|ch|lu|de|uk|es|it|nl|pt|cn|hk|jp|us|ca|group|cloud|svc|priv|home|test"
)
# Texts in lower case that end in a digit and are words all the same.
_WORDS = r"(?:utf|sha|iso|md|tls|ssl|http|base|x|h|ipv|oauth|log4j|db|k8s|s3|win|cp|latin|python|java|jdk|log)"

# Words that open one of the patterns below.
_OPENERS = (
    rf"(?i:https?|ftp|return|exit|code|sqlcode|sqlstate|errno|rc|signal|status|statut|abend|hresult|error|erreur|localhost"
    rf"|sun|mon|tue|wed|thu|fri|sat|{_MONTH})\b"
)

# In order: the first that fits at a place wins. A group called keep* stays as it is.
_PATTERNS: tuple[tuple[str, str], ...] = (
    # Most of a message is plain words: passing them in one go is three times faster than trying each pattern at each.
    ("keep_plain", rf"(?<!\S)(?:(?!{_OPENERS}|[0-9a-f]{{4,}}\b)[^\W\d_]+[,;:.]?\s+)+"),
    ("url", r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s\"'<>)\],;]+"),
    ("email", r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b"),
    ("id", r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"),
    (
        "time",
        rf"(?<![\w.])(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{2}}"
        rf"|(?:(?i:sun|mon|tue|wed|thu|fri|sat)\s+)?{_MONTH}\.?\s+\d{{1,2}}(?:,?\s+\d{{4}})?(?=\s+{_CLOCK}))(?![\d/])(?:[T\s_:-]{{1,2}}(?:à\s)?{_CLOCK})?"
        rf"|(?<![\w.:]){_CLOCK}",
    ),
    ("host", rf"(?<![\w.])/?{_IPV4}(?:/\d{{1,2}}(?!\d)|:\d{{1,5}})?(?![\w.]*\w)"),
    (
        "host",
        r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b",
    ),
    ("keep_http", r"\b(?:HTTP|http)(?:/\d(?:\.\d)?)?[ =:]{1,3}(?:status|code)?[ =:]{0,2}[1-5]\d\d\b"),
    (
        "keep_reason",
        r"(?<![\w.-])[1-5]\d\d(?=\s+(?:OK|Service|Not|Unauthorized|Forbidden|Bad|Internal|Gateway|Too|Conflict|Request"
        r"|Method|Moved|Found)\b)",
    ),
    (
        "keep_code",
        r"(?i:\b(?:return\s?code|exit\s?(?:code|status|value)|code\s?(?:de\s)?retour|code|sqlcode|sqlstate|errno|rc|signal"
        r"|status|statut|abend|hresult|error\s?code|code\s?(?:d')?erreur)(?:\s?[=:#]\s?|\s(?:is\s|est\s)?)"
        r"(?:0x[0-9a-f]{8}|-?\d{1,5})(?![\w.,]*\d))|(?i:\b(?:error|erreur|errno)[ #=]-?\d{1,5}\b(?!\s?[/%]))",
    ),
    ("keep_name", r"(?<![\w.-])[A-Z][A-Z0-9]*(?:-[A-Z][A-Z0-9]*)*-\d{1,5}[A-Z]?(?![\w-])"),
    ("keep_glued", r"(?<![\w.-])[A-Z]{1,6}\d{3,4}[A-Z]?(?![\w-])|(?<![\w.-])SQL\d{4,5}[A-Z]?(?![\w-])"),
    ("path", r"(?<![\w./<>])(?:[A-Za-z]:\\|\\\\[\w.$-]+\\)[^\s\"'<>|:;,]*[^\s\"'<>|:;,.)\]]"),
    ("path", r"(?<![\w./<>)\]:])(?:~|\.{1,2})?(?:/[\w.@%+~$=#-]*[\w%+~$=#-])+/?"),
    (
        "host",
        rf"(?<![\w.$-])(?:[A-Za-z0-9_](?:[\w-]*\w)?\.)+(?:{_TLD})(?![\w-])(?!\.\w)(?::\d{{1,5}})?"
        rf"|(?<![\w.$-])(?!{_WORDS}-)[a-z][a-z0-9]*(?:-[a-z0-9]+)*-[a-z]{{0,4}}\d{{1,5}}(?:\.[\w.-]*\w)?(?![\w-])(?::\d{{2,5}})?"
        r"|(?<![\w.$-])localhost(?::\d{1,5})?\b|(?<![\w.$-])[a-z][\w-]*(?:\.[\w-]+)+:\d{2,5}\b(?!:)",
    ),
    ("n", r"\b0[xX][0-9a-fA-F]+\b"),
    ("v", r"(?<![\w\"])\"(?![A-Z][A-Z0-9_-]*\")[^\s\"]{1,80}\"(?!\w)|(?<!\w)'(?![A-Z][A-Z0-9_-]*')[^\s']{1,80}'(?!\w)"),
    ("v", r"«\s?(?![A-Z][A-Z0-9_-]*\s?»)[^\s»]{1,80}\s?»|`(?![A-Z][A-Z0-9_-]*`)[^\s`]{1,80}`"),
    # A hexadecimal number: digits and letters mixed, or whatever follows a word that announces one.
    ("n", r"(?<![A-Za-z0-9])(?=[0-9]*[a-fA-F])(?=[a-fA-F]*\d)(?:[0-9a-f]{4,}|[0-9A-F]{5,})(?![A-Za-z0-9])"),
    ("n", r"(?:(?<=\bid )|(?<=\bid=)|(?<=correlation )|(?<=serial ))[0-9a-fA-F]{4,}(?![A-Za-z0-9])"),
    ("keep_word", rf"(?<![A-Za-z0-9])(?i:{_WORDS})-?\d{{1,4}}(?![\w])"),
    ("n", r"(?:(?<![A-Za-z0-9.)\]-])[-+])?(?<![A-Z0-9])\d+(?:[.,:]\d+)*(?:\s?%)?"),
    ("n", r"(?<=[A-Z])\d{5,}"),
)
_ONE = re.compile("|".join(f"(?P<{name}_{i}>{pattern})" for i, (name, pattern) in enumerate(_PATTERNS)))


# What is read as more than one word at a time; all else is masked word by word, most of which come again.
_TOGETHER = re.compile(
    rf"\b{_OPENERS}|\b[1-5]\d\d\s+[A-Z]|[«`]|\b(?:id|correlation|serial)[ =][a-f]{{4}}|\b\d\d?:\d\d|\d\s[%+-]"
)


@lru_cache(maxsize=65_536)
def mask(text: str) -> str:
    """One line: placeholders `<n> <time> <host> <path> <url> <email> <id> <v>` stand for what varies.

    Of a stack trace the first line remains, and the class of the exception that caused it.
    """
    line = first_lines(text[:_READ])
    if _TOGETHER.search(line):
        return " ".join(_ONE.sub(_placeholder, line).split())
    return " ".join(map(_mask_word, line.split()))


@lru_cache(maxsize=65_536)
def _mask_word(word: str) -> str:
    return _ONE.sub(_placeholder, word)


def _placeholder(match: re.Match[str]) -> str:
    name = str(match.lastgroup).partition("_")[0]
    return match.group() if name == "keep" else f"<{name}>"


def first_lines(text: str) -> str:
    """What a reader would quote of a text of several lines, on one line."""
    if "\n" not in text:
        return text
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    plain = [line.strip() for line in lines if not _FRAME.match(line)]
    if len(plain) == len(lines):
        return " ".join(plain[:_KEPT_LINES])
    if plain and plain[0].startswith(_TRACEBACK):
        # Python writes the exception last, its frames' code between.
        return plain[-1]
    if not plain:
        return lines[0].strip()
    first = plain[0]
    causes = [_EXCEPTION.search(line) for line in plain[1:] if line.startswith(("Caused by", "Causé par"))]
    cause = causes[-1].group() if causes and causes[-1] else ""
    return f"{first} | {cause}" if cause and cause not in first else first
