"""What git would leave out: `.gitignore` files of every level and `.git/info/exclude`.

Git asks top-down: a path is ignored when the last pattern that matches it, in the deepest file that has one, is not
negated; below an ignored directory nothing is asked any more (https://git-scm.com/docs/gitignore). `pathspec` reads the
patterns; each is put to one path at a time, so its answers about what lies below a matching directory are not used.
Not read: the user's own `core.excludesFile`, which says nothing about the project. Two oddities of git's matcher are
not followed: `**` after a letter (`a**/b`) and a slash between brackets.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

# pathspec names the slash that made a directory pattern match; what it matches further up is a parent's business.
_SLASH = "ps_d"
_KEPT = re.compile(r"(?:\\.|[^\\ ]| +(?! |\Z)|\\\Z)*", re.DOTALL)
_INSIDE = re.compile(r"(?:^|/)\*\*/\Z")


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns that hold in a directory, those of the deepest file first.

    Each is (regular expression, ignored or not); its path starts at the directory of its file, `base`, which is given
    relative to the top and ends with "/" or is empty.
    """

    files: tuple[tuple[str, tuple[tuple[re.Pattern[str], bool], ...]], ...] = ()

    def below(self, base: str, content: bytes) -> Rules:
        """With the patterns of a file in `base`, which win over these."""
        patterns = tuple(_patterns(_lines(content)))
        return Rules(((_bytewise(base), patterns), *self.files)) if patterns else self

    def ignored(self, path: str, directory: bool) -> bool:
        """Whether `path` (relative to the top, "/" between names) itself is left out; its parents are not."""
        raw = _bytewise(path)
        for base, patterns in self.files:
            own = raw[len(base) :]
            for pattern, leaves_out in patterns:
                if _matches(pattern, own, directory):
                    return leaves_out
        return False


def _bytewise(path: str) -> str:
    return os.fsencode(path).decode("latin-1")


def _lines(content: bytes) -> Iterator[str]:
    """As git reads them: without byte order mark, carriage return before a newline, spaces at the end but escaped ones.

    One character per byte, as git compares bytes: `?` is half an "é".
    """
    for line in content.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n"):
        kept = _KEPT.match(line.removesuffix("\r"))
        text = kept[0] if kept else ""
        # pathspec would strip any blank, which the second byte of "à" looks like.
        yield f"{text[:-1]}[{text[-1]}]" if text[-1:].isspace() and not text.endswith("\\ ") else text


def _patterns(lines: Iterable[str]) -> Iterable[tuple[re.Pattern[str], bool]]:
    """The last line first. A line that git could not match with anything is passed over, as git does."""
    found: list[tuple[re.Pattern[str], bool]] = []
    for line in lines:
        # "a/**/" means the directories inside a: said so that the slash found is the path's own.
        line = _INSIDE.sub(lambda m: f"{m[0]}*/", line) if line not in ("**/", "!**/") else line
        try:
            patterns = GitIgnoreSpec.from_lines([line]).patterns
        except GitIgnorePatternError:
            continue
        for pattern in patterns:
            regex, include = getattr(pattern, "regex", None), pattern.include
            if regex is not None and include is not None:
                found.append((regex, include))
    return reversed(found)


def _matches(pattern: re.Pattern[str], path: str, directory: bool) -> bool:
    match = pattern.search(path)
    if match is not None and match.groupdict().get(_SLASH) is None:
        return True
    if not directory:
        return False
    # From the last name on for a pattern that asks for nothing but a slash; it finds the first one otherwise.
    whole = f"{path}/"
    match = pattern.search(whole)
    return match is not None and match.groupdict().get(_SLASH) is not None and _last_slash(pattern, match, whole)


def _last_slash(pattern: re.Pattern[str], match: re.Match[str], path: str) -> bool:
    return match.start(_SLASH) == len(path) - 1 or pattern.pattern == f"(?P<{_SLASH}>/)"
