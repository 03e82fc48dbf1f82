"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """`shared_data("wiki_fr_storage")`: a measuring set's folder; skips, saying so, where it is not."""
    base = Path(os.environ.get("VIGIE_SHARED", ROOT.parent / "shared")) / "data"

    def find(name: str) -> Path:
        folder = base / name
        if not folder.is_dir():
            pytest.skip(f"measuring set {name} is not here (set VIGIE_SHARED to the folder that holds data/)")
        return folder

    return find
