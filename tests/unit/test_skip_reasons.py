"""Each reason for leaving an item out is known to the web app in French, and none that it knows is out of use."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from vigie.sources.confluence_restrictions import RESTRICTED

ROOT = Path(__file__).resolve().parents[2]
FRENCH = ROOT / "web/src/app/sources/skip-reasons.fr.json"
# Whose errors' words become reasons as they are, and what stands before them.
TOLD = {"sources/extjson.py": ("ValueError", ""), "sources/attachment_text.py": ("Unreadable", "{}: ")}


def templates(value: ast.expr) -> Iterator[str]:
    """The texts that an expression may give, `{}` for what varies; none where it is no text of its own."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else RESTRICTED if named(part) else "{}"
                for part in parts
            )
        case ast.IfExp(body=one, orelse=other):
            yield from (*templates(one), *templates(other))


def named(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue) and ast.unparse(part.value) == "RESTRICTED"


def reasons() -> set[str]:
    found = {RESTRICTED}
    for path in (ROOT / "src/vigie").rglob("*.py"):
        if "testing" in path.parts:
            continue
        error, before = TOLD.get(path.relative_to(ROOT / "src/vigie").as_posix(), ("", ""))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Skip" and len(node.args) > 1:
                found |= set(templates(node.args[1]))
            elif isinstance(node, ast.Call) and error and ast.unparse(node.func) == error:
                found |= {before + one for one in templates(node.args[0])}
            elif isinstance(node, ast.FunctionDef) and node.name in ("_too_large", "_elsewhere", "_reason", "_ask"):
                returned = [r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value is not None]
                parts = [v for r in returned for v in (r.values if isinstance(r, ast.BoolOp) else [r])]
                if path.parent.name == "sources":
                    found |= {one for part in parts for one in templates(part)}
    return found - {"{}: {}"}


def test_each_reason_is_known_in_french() -> None:
    known = json.loads(FRENCH.read_text("utf-8"))
    missing, unused = reasons() - set(known), set(known) - reasons()
    assert not missing, f"say these in {FRENCH.name}: {sorted(missing)}"
    assert not unused, f"these are said no more: {sorted(unused)}"
    assert all(one.count("{}") == said.count("{}") for one, said in known.items())
