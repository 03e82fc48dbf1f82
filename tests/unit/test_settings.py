"""Settings: what users already have starts unchanged, what cannot be used is named in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from vigie.errors import SettingError
from vigie.settings import SECRETS, Settings, load


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_env_file_of_the_plain_recipe_starts_unchanged(clean: Path) -> None:
    (clean / ".env").write_text(
        "CHUNK_SIZE=800\nCHUNK_OVERLAP=100\nLITELLM_API_KEY=\nLITELLM_MODEL=mistral/codestral-latest\n"
        "MONGO_COLLECTION=vanish_flows\nSOMETHING_ELSE=1\n"
    )
    loaded = load()
    assert (loaded.chunk_size, loaded.chunk_overlap, loaded.litellm_api_key) == (800, 100, None)
    assert loaded.mongo_collections == ("vanish_flows",)


def test_empty_means_unset_and_lists_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFLUENCE_SPACE", "")
    monkeypatch.setenv("MONGO_INCLUDE", " a, b ,,a")
    assert load().confluence_spaces == ("IV2",)
    assert load().mongo_include == ("a", "b")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("VIGIE_TIMEZONE", "Mars/Olympus", "zone"),
        ("VIGIE_NOW", "2026-11-20T09:30:00", "offset"),
        ("CONFLUENCE_URL", "wiki", "http"),
        ("RECORDS_DIR", "nowhere", "existing folder"),
        ("CODE_ROOTS", "nowhere,elsewhere", "existing folders"),
        ("VECTOR_DB_TYPE", "pinecone", "chroma or faiss"),
        ("CHUNK_SIZE", "much", "whole number"),
        ("SYNC_INTERVAL_MINUTES", "-1", "minutes"),
        ("CONFLUENCE_URL", "http://wiki.example:99999", "http"),
        ("CONFLUENCE_URL", "https://wiki.example/a b", "http"),
        ("CONFLUENCE_SPACE", " , ", "space keys"),
        ("MONGO_DB", "flow db", "database name"),
        ("VIGIE_CORS_ORIGINS", "localhost:4200", "origins"),
        ("VIGIE_CORS_ORIGINS", "http://localhost:4200/app", "origins"),
        ("VIGIE_DATA_DIR", "/proc/nowhere", "written to"),
        ("CHROMA_DB_DIR", "/proc/nowhere", "written to"),
        ("VECTOR_DB_PATH", "/proc/nowhere", "written to"),
        ("MONGO_SAMPLE_LIMIT", "0", "at least 1"),
    ],
)
def test_an_unusable_value_is_one_line_naming_variable_value_and_expectation(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as told:
        load()
    said = str(told.value)
    assert "\n" not in said
    assert said.startswith(f"{name}=")
    assert value.split(",")[0] in said
    assert expected in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONFLUENCE_TOKEN", "hunter2\nX-Other: 1"),
        ("CONFLUENCE_TOKEN", "hunter2-é"),
        ("LITELLM_API_KEY", "hunter2 "),
        ("MONGO_URI", "postgres://anna:hunter2@db"),
        ("CONFLUENCE_URL", "https://anna:hunter2@wiki.example"),
        ("LITELLM_API_BASE", "https://anna:hunter2@p@models.example/v1"),
    ],
)
def test_a_secret_that_cannot_be_used_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=f"^{name}=.*cannot be used") as told:
        load()
    assert "hunter2" not in str(told.value)


def test_an_overlap_as_large_as_the_chunk_and_a_user_without_password_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SettingError, match="CHUNK_OVERLAP=100"):
        load(CHUNK_SIZE=100, CHUNK_OVERLAP=100)
    with pytest.raises(SettingError, match="CONFLUENCE_PASSWORD"):
        load(CONFLUENCE_USERNAME="anna")


def test_aliases_that_differ_warn_and_the_first_wins() -> None:
    with pytest.warns(UserWarning, match="LOCAL_EMB_MODEL='a' and EMBED_MODEL='b' differ"):
        assert load(LOCAL_EMB_MODEL="a", EMBED_MODEL="b").text_model == "a"


@limits(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(secret=st.text("abcdefXYZ123", min_size=12), name=st.sampled_from(sorted(SECRETS)))
def test_a_secret_is_never_shown(secret: str, name: str) -> None:
    loaded = load(**{name: f"mongodb://user:{secret}@db/" if name == "MONGO_URI" else secret})
    assert secret not in repr(loaded) + str(loaded.model_dump())


@pytest.mark.parametrize("given", ["FAISS", "Faiss", "faiss"])
def test_a_type_of_index_is_known_in_any_case(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("VECTOR_DB_TYPE", given)
    assert load().vector_db == "faiss"


FILE = (
    "CHUNK_SIZE=800\nCHUNK_OVERLAP=100\nLITELLM_API_KEY=\nLITELLM_MODEL=mistral/codestral-latest\n"
    "MONGO_COLLECTION=vanish_flows\n"
)


@pytest.mark.parametrize(
    "written",
    [
        FILE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode(),
        FILE.lower().encode(),
        "".join(f"export {line}\n" for line in FILE.splitlines()).encode(),
        FILE.replace("vanish_flows", "'vanish_flows'").replace("800", '"800"').encode(),
        FILE.replace("=", " = ").replace("100", "100  # tokens").replace("KEY = ", "KEY =   # none").encode(),
    ],
    ids=["crlf", "bom", "lower case", "export", "quotes", "comments"],
)
def test_the_env_file_of_the_plain_recipe_in_other_hands(clean: Path, written: bytes) -> None:
    (clean / ".env").write_bytes(written)
    loaded = load()
    assert (loaded.chunk_size, loaded.chunk_overlap, loaded.litellm_api_key) == (800, 100, None)
    assert (loaded.litellm_model, loaded.mongo_collections) == ("mistral/codestral-latest", ("vanish_flows",))
