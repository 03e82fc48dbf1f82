"""What the documents say is what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer

from vigie.cli.app import app
from vigie.settings import SECRETS, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "CHANGELOG.md", "docs/architecture.md", "docs/settings.md", "docs/compose.md"]


def _read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _default(value: object) -> str:
    if value is None or value == ():
        return "unset"
    return f"`{','.join(value) if isinstance(value, tuple) else value}`"


def test_every_setting_is_documented_with_its_default_and_nothing_else_is() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|", _read("docs/settings.md"), re.MULTILINE)
    secret = dict.fromkeys(SECRETS, ", secret")
    assert rows == [
        (str(f.validation_alias), _default(f.default), f"{f.description}{secret.get(str(f.validation_alias), '')}")
        for f in Settings.model_fields.values()
    ]


def test_settings_named_anywhere_exist() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    named = re.compile(r"`((?:VIGIE|CONFLUENCE|MONGO|RECORDS|CODE|LITELLM|CHUNK|SYNC|VECTOR|CHROMA)_[A-Z_]+)[`=]")
    assert {name for page in PAGES for name in named.findall(_read(page))} - known == set()


def test_the_readme_lists_every_command_with_its_options() -> None:
    group = typer.main.get_command(app)
    said = _read("README.md")
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert f"vigie {name}" in said
        for parameter in command.params:
            for option in (o for o in parameter.opts if o.startswith("--") and o != "--help"):
                assert option in said, f"{name} {option}"


def test_the_architecture_draws_the_layers_that_are_checked() -> None:
    contract = tomllib.loads(_read("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]["layers"]
    block = re.search(r"```layers\n(.*?)```", _read("docs/architecture.md"), re.DOTALL)
    assert block is not None
    assert [line.split("  ")[0].strip() for line in block[1].splitlines()] == contract


def test_the_architecture_names_every_package() -> None:
    said = _read("docs/architecture.md")
    modules = {p.name.removesuffix(".py") for p in (ROOT / "src" / "vigie").iterdir() if not p.name.startswith("_")}
    assert {name for name in modules if f"`{name}" not in said and f"{name}  " not in said} == set()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", _read(page)):
        if not target.startswith("http"):
            assert (ROOT / page).parent.joinpath(target).exists(), target
