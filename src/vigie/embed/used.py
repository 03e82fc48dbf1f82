"""Which models a data directory was used with: what its vectors are asked with while another model takes over."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from vigie.embed.models import ModelSpec
from vigie.errors import StoreError

KEPT = 6  # the latest; two at a time are usual, for prose and for code


def read_used(file: Path) -> list[ModelSpec]:
    """The latest first; a file that is not there or cannot be understood names none."""
    try:
        return [ModelSpec(**spec) for spec in json.loads(file.read_bytes())]
    except (OSError, ValueError, TypeError):
        return []


def remember_used(file: Path, specs: Iterable[ModelSpec]) -> None:
    """Put these first; folders by their whole path. Raises StoreError."""
    named = [replace(spec, name=_absolute(spec.name)) for spec in specs]
    before = read_used(file)
    after = list(dict.fromkeys([*named, *before]))[:KEPT]
    if after == before:
        return
    new = file.with_name(f"{file.name}.new")
    try:
        new.write_text(json.dumps([asdict(spec) for spec in after]), encoding="utf-8")
        os.replace(new, file)
    except OSError as error:
        raise StoreError(f"{file} cannot be written to ({error.strerror}): see the rights on its folder") from error


def _absolute(name: str) -> str:
    folder = os.path.expanduser(name)
    return os.path.abspath(folder) if os.path.isdir(folder) else name
