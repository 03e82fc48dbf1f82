"""The only reader of the environment and of `.env`. Every name is the contract's; empty means unset."""

from __future__ import annotations

import errno
import os
import re
import warnings
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from vigie.errors import SettingError

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
ADDRESS = "an http(s) address, without user and password"


def _names(value: Any) -> Any:
    """A comma-separated list as a tuple, blanks dropped, order kept, repeats once."""
    if not isinstance(value, str):
        return value
    names = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    if value and not names:  # nothing would be read, in silence
        raise ValueError
    return names


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError from error
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError
    return value


def _folder(value: Path) -> Path:
    if not value.is_dir():
        raise ValueError
    return value.resolve()


def _url(value: str) -> str:
    """Without user and password: an address is shown in links, reports and messages."""
    parts = urlsplit(value)
    usable = parts.hostname and (parts.port or 1) > 0 and value.isprintable() and " " not in value
    if parts.scheme not in ("http", "https") or not usable or "@" in parts.netloc:
        raise ValueError
    return value.rstrip("/")


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    """As a browser sends them: scheme, host and port only."""
    for value in values:
        if _url(value) != value or urlsplit(value).path or not value.isascii():
            raise ValueError
    return values


def _header(value: SecretStr) -> SecretStr:
    """What can be sent in an HTTP header, as these secrets are."""
    secret = value.get_secret_value()
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ValueError
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
Folders = Annotated[tuple[Annotated[Path, AfterValidator(_folder)], ...], NoDecode, BeforeValidator(_names)]
Url = Annotated[str, AfterValidator(_url)]
Key = Annotated[SecretStr, AfterValidator(_header)]


def _mongo(value: SecretStr) -> SecretStr:
    scheme, _, rest = value.get_secret_value().partition("://")
    if scheme not in ("mongodb", "mongodb+srv") or not rest.rpartition("@")[2].strip("/"):
        raise ValueError
    return value


def _database(value: str) -> str:
    if not value or any(mark in value for mark in '/\\. "$*<>:|?\0'):  # MongoDB's own list
        raise ValueError
    return value


def _setting(name: str, default: Any, expected: str) -> Any:
    return Field(default=default, validation_alias=name, description=expected)


class Settings(BaseSettings):
    """One frozen value for the whole process. A field's description is what its error message says is expected."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = _setting("VIGIE_DATA_DIR", Path("data"), "a folder that can be written to")
    timezone: Annotated[str, AfterValidator(_zone)] = _setting(
        "VIGIE_TIMEZONE", "Europe/Paris", "a zone of the tz database, such as Europe/Paris"
    )
    now: Annotated[datetime, AfterValidator(_aware)] | None = _setting(
        "VIGIE_NOW", None, "an ISO 8601 instant with its offset, such as 2026-11-20T09:30:00+01:00"
    )
    token: SecretStr | None = _setting("VIGIE_TOKEN", None, "a secret text")
    cors_origins: Annotated[Names, AfterValidator(_origins)] = _setting(
        "VIGIE_CORS_ORIGINS", (), "origins separated by commas, such as http://localhost:4200"
    )

    confluence_url: Url | None = _setting("CONFLUENCE_URL", None, ADDRESS)
    confluence_username: str | None = _setting("CONFLUENCE_USERNAME", None, "a user name")
    confluence_password: SecretStr | None = _setting("CONFLUENCE_PASSWORD", None, "a password")
    confluence_token: Key | None = _setting("CONFLUENCE_TOKEN", None, "a personal access token: one line of ASCII")
    confluence_spaces: Names = _setting("CONFLUENCE_SPACE", ("IV2",), "space keys separated by commas")
    confluence_attachments: bool = _setting("CONFLUENCE_ATTACHMENTS", False, "yes or no")

    mongo_uri: Annotated[SecretStr, AfterValidator(_mongo)] | None = _setting(
        "MONGO_URI", None, "a mongodb:// or mongodb+srv:// address"
    )
    mongo_db: Annotated[str, AfterValidator(_database)] = _setting("MONGO_DB", "flowdb", "a database name")
    mongo_collections: Names = _setting("MONGO_COLLECTION", (), "collection names separated by commas")
    mongo_include: Names = _setting("MONGO_INCLUDE", (), "collection names separated by commas")
    mongo_exclude: Names = _setting("MONGO_EXCLUDE", (), "collection names separated by commas")
    mongo_sample_limit: Annotated[int, Field(ge=1)] | None = _setting(
        "MONGO_SAMPLE_LIMIT", None, "a whole number of at least 1"
    )
    mongo_watermark: str | None = _setting("MONGO_WATERMARK", None, "the name of a field changed at every update")

    records_dir: Annotated[Path, AfterValidator(_folder)] | None = _setting("RECORDS_DIR", None, "an existing folder")
    code_roots: Folders = _setting("CODE_ROOTS", (), "existing folders separated by commas")

    vector_db: Annotated[Literal["chroma", "faiss"], BeforeValidator(_lower)] = _setting(
        "VECTOR_DB_TYPE", "chroma", "chroma or faiss"
    )
    chroma_db_dir: Path | None = _setting("CHROMA_DB_DIR", None, "a folder that can be written to")
    chroma_url: Url | None = _setting("CHROMA_URL", None, ADDRESS)
    vector_db_path: Path | None = _setting("VECTOR_DB_PATH", None, "a folder that can be written to")

    local_emb_model: str | None = _setting("LOCAL_EMB_MODEL", None, "a model's name or folder")
    embed_model: str | None = _setting("EMBED_MODEL", None, "a model's name or folder")
    query_prefix: str | None = _setting("EMBED_QUERY_PREFIX", None, "a text")
    passage_prefix: str | None = _setting("EMBED_PASSAGE_PREFIX", None, "a text")
    code_emb_model: str | None = _setting("CODE_EMB_MODEL", None, "a model's name or folder")
    chunk_size: Annotated[int, Field(ge=16)] | None = _setting("CHUNK_SIZE", None, "a whole number of at least 16")
    chunk_overlap: Annotated[int, Field(ge=0)] | None = _setting(
        "CHUNK_OVERLAP", None, "a whole number from 0, below CHUNK_SIZE"
    )

    litellm_api_base: Url | None = _setting("LITELLM_API_BASE", None, ADDRESS)
    litellm_model: str | None = _setting(
        "LITELLM_MODEL", None, "a LiteLLM model name, such as mistral/codestral-latest"
    )
    litellm_api_key: Key | None = _setting("LITELLM_API_KEY", None, "a secret text: one line of ASCII")

    sync_minutes: Annotated[int, Field(ge=0)] = _setting(
        "SYNC_INTERVAL_MINUTES", 60, "a whole number of minutes, 0 for never"
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def text_model(self) -> str:
        return self.local_emb_model or self.embed_model or DEFAULT_MODEL

    @property
    def code_model(self) -> str:
        return self.code_emb_model or self.text_model

    @property
    def text_model_variable(self) -> str:
        """The variable that names `text_model`, or would."""
        return "EMBED_MODEL" if self.embed_model and not self.local_emb_model else "LOCAL_EMB_MODEL"

    @property
    def vectors_dir(self) -> Path:
        """Where the vector index lies: CHROMA_DB_DIR wins for Chroma, FAISS has a folder of its own in any."""
        if self.vector_db == "faiss":
            return (self.vector_db_path or self.data_dir) / "faiss"
        if self.chroma_url:
            return self.data_dir / "chroma-server" / quote(self.chroma_url, safe="")  # what we keep of a server
        return self.chroma_db_dir or self.vector_db_path or self.data_dir / "chroma"

    @property
    def vectors_place(self) -> Path | str:
        """`vectors_dir`, or the address of the server that has them."""
        return self.chroma_url if self.chroma_url and self.vector_db == "chroma" else self.vectors_dir

    def clock(self) -> datetime:
        """Now in the configured zone, or the instant of VIGIE_NOW."""
        return (self.now or datetime.now(self.zone)).astimezone(self.zone)


SECRETS = frozenset({"VIGIE_TOKEN", "CONFLUENCE_PASSWORD", "CONFLUENCE_TOKEN", "MONGO_URI", "LITELLM_API_KEY"})


def load(**overrides: Any) -> Settings:
    """Read the environment and `.env`; `overrides` are contract names that win over both.

    Raises SettingError with one line: the variable, its value (secrets masked), what is expected.
    Warns where two aliases differ.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise _explain(error) from None
    except UnicodeDecodeError:
        raise SettingError(".env is not UTF-8 text: save it as UTF-8") from None
    _check(settings)
    return settings


def _explain(error: ValidationError) -> SettingError:
    first = error.errors()[0]
    name = str(first["loc"][0])
    expected = next(
        (f.description for f in Settings.model_fields.values() if f.validation_alias == name), "another value"
    )
    value = "***" if name in SECRETS else re.sub(r"//.*@", "//***@", repr(first["input"]))
    return SettingError(f"{name}={value} cannot be used: expected {expected}")


def _check(s: Settings) -> None:
    if s.chunk_size is not None and s.chunk_overlap is not None and s.chunk_overlap >= s.chunk_size:
        raise SettingError(
            f"CHUNK_OVERLAP={s.chunk_overlap} cannot be used: expected less than CHUNK_SIZE={s.chunk_size}"
        )
    if s.confluence_username and not (s.confluence_password or s.confluence_token):
        raise SettingError(
            f"CONFLUENCE_USERNAME={s.confluence_username!r} cannot be used alone: expected CONFLUENCE_PASSWORD or "
            "CONFLUENCE_TOKEN beside it"
        )
    _writable("VIGIE_DATA_DIR", s.data_dir)
    if s.vector_db == "chroma" and s.chroma_db_dir and not s.chroma_url:
        _writable("CHROMA_DB_DIR", s.chroma_db_dir)
    elif s.vector_db_path and not (s.vector_db == "chroma" and s.chroma_url):
        _writable("VECTOR_DB_PATH", s.vector_db_path)
    if s.local_emb_model and s.embed_model and s.local_emb_model != s.embed_model:
        warnings.warn(
            f"LOCAL_EMB_MODEL={s.local_emb_model!r} and EMBED_MODEL={s.embed_model!r} differ: the first is used",
            stacklevel=3,
        )
    if s.vector_db == "chroma" and s.chroma_db_dir and s.vector_db_path and s.chroma_db_dir != s.vector_db_path:
        warnings.warn(
            f"CHROMA_DB_DIR={str(s.chroma_db_dir)!r} and VECTOR_DB_PATH={str(s.vector_db_path)!r} differ: "
            "the first is used",
            stacklevel=3,
        )


def _writable(name: str, folder: Path) -> None:
    """Makes the folder. Raises SettingError."""
    trouble = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            trouble = os.strerror(errno.EACCES)
    except (OSError, ValueError) as error:  # ValueError: a NUL in it
        trouble = error.strerror if isinstance(error, OSError) else str(error)
    if trouble is not None:
        raise SettingError(
            f"{name}={str(folder)!r} cannot be used: expected a folder that can be written to ({trouble})"
        )
