"""The judgements of a set are read whole, or the line that cannot be read is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from vigie.cli.judged_set import read_judgements
from vigie.errors import InputError


def test_columns_without_tabs_are_told_and_not_counted_as_no_judgement(tmp_path: Path) -> None:
    file = tmp_path / "qrels.tsv"
    file.write_text("q1 0 d1 1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"qrels.tsv, line 1: .* tabs"):
        read_judgements(file)


def test_a_header_and_empty_lines_are_no_judgements(tmp_path: Path) -> None:
    file = tmp_path / "qrels.tsv"
    file.write_text("query-id\tcorpus-id\tscore\n\nq1\td1\t1\n\t\t\nq1\t0\td2\t2\n", encoding="utf-8")
    assert read_judgements(file) == {"q1": {"d1": 1, "d2": 2}}
