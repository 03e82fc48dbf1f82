"""The development questions, as they are and under other names: nearly all right, at most one wrong and confident."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from computing import answers
from renamed import rename_data, rename_question

from vigie.ask.computed import Computed
from vigie.ask.language import detect
from vigie.sources.extjson import loads
from vigie.types import EVERYTHING

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.fromisoformat("2026-11-20T09:30:00+01:00")


@pytest.fixture(scope="module")
def dev() -> Path:
    folder = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "nlq_dev"
    if not folder.is_dir():
        pytest.skip("the development questions are not here (set VIGIE_SHARED to the folder that holds nlq_dev/)")
    return folder


@pytest.fixture(scope="module")
def data(dev: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dev") / "data"
    subprocess.run([sys.executable, dev / "gen.py", folder], check=True, capture_output=True)
    return folder


def grader(dev: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev_grader", dev / "grade.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answered(folder: Path, store: Path, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bodies = {path.stem: [loads(line) for line in path.read_bytes().splitlines()] for path in folder.glob("*.ndjson")}
    made = answers(store, bodies)
    out = []
    for item in items:
        turns = item.get("turns") or [item["text"]]
        out.append(as_line(item["id"], made.answer(turns, None, NOW, detect(turns[0]), EVERYTHING)))
    return out


def as_line(item: str, found: Computed | None) -> dict[str, Any]:
    if found is None:
        return {"id": item, "route": "passages", "answer": "", "exact": None}
    exact = None
    if found.exact is not None:
        exact = {"collection": found.exact.collection, "columns": found.exact.columns, "matched": found.exact.matched}
        exact["rows"] = json.loads(json.dumps(found.exact.rows, default=lambda v: v.isoformat()))
    return {"id": item, "route": found.route, "answer": found.text, "exact": exact}


@pytest.mark.parametrize("renamed", [False, True], ids=["as they are", "renamed"])
def test_the_development_questions_are_answered(
    dev: Path, data: Path, tmp_path: Path, renamed: bool, record_property: Callable[[str, object], None]
) -> None:
    items = [json.loads(line) for line in (dev / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    if renamed:
        rename_data(data, tmp_path / "data")
        data, items = tmp_path / "data", [rename_question(item) for item in items]
    found, _ = grader(dev).grade(items, answered(data, tmp_path / "store", items))
    outcomes = [result["outcome"] for result in found.values()]
    bad = {i: (r["outcome"], r["reason"]) for i, r in found.items() if r["outcome"] != "right"}
    wrong = sum(outcome.startswith("wrong") for outcome in outcomes)
    record_property("right", outcomes.count("right"))
    assert outcomes.count("right") >= 0.95 * len(items), bad
    assert wrong <= 1, bad
