"""What pymongo raises, as errors that say what to do. Nothing of the address but its hosts is ever shown."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    ConnectionFailure,
    CursorNotFound,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)

from vigie.errors import SourceError, SourceRefused, SourceUnreachable

TIME_LIMIT = 50
UNAUTHORIZED = 13
_LOGIN = (11, 18, 8000)  # unknown user, authentication failed, Atlas's own
# A read that ends with one of these can go on where it was: the cursor went, or the server's role changed.
# https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
_PASSING = frozenset({43, 91, 133, 136, 175, 189, 237, 262, 10107, 11600, 11601, 11602, 13435, 13436})


def passing(error: PyMongoError) -> bool:
    """Whether the same read may succeed when it is sent again."""
    if isinstance(error, AutoReconnect | CursorNotFound | ConnectionFailure):
        return True
    return isinstance(error, OperationFailure) and error.code in _PASSING


def misunderstood(error: PyMongoError) -> bool:
    """Whether the server refuses what is asked for, as MongoDB's compatibles do of what they lack, and not the user."""
    if not isinstance(error, OperationFailure) or passing(error):
        return False
    return error.code not in (UNAUTHORIZED, TIME_LIMIT, *_LOGIN)


@contextmanager
def mapped(place: str) -> Generator[None]:
    """Reading `place`, "flowdb" or "flowdb.runs": raises SourceError for whatever pymongo raises."""
    try:
        yield
    except PyMongoError as error:
        raise mapped_error(error, place) from error


def mapped_error(error: PyMongoError, place: str) -> SourceError:
    match error:
        case InvalidURI():
            return unusable()
        case ConfigurationError():
            return SourceError(f"MONGO_URI cannot be used: {error}")
        case OperationFailure() if error.code in _LOGIN:
            return SourceRefused(
                "MongoDB refuses the user or the password of MONGO_URI: correct it (authSource names the database that "
                "holds the user)"
            )
        case OperationFailure() if error.code == UNAUTHORIZED:
            return SourceRefused(f"the user of MONGO_URI may not read {place}: grant it the role read on that database")
        case OperationFailure() if error.code == TIME_LIMIT:
            return SourceError(f"MongoDB took too long to read {place}: it is tried again at the next sync")
        case ConnectionFailure():
            return SourceUnreachable(
                f"MongoDB does not answer: {_short(error)}; check MONGO_URI, and that it can be reached from here"
            )
        case OperationFailure():
            return SourceError(f"MongoDB could not read {place}: {_short(error)} (code {error.code})")
    return SourceError(f"{place} cannot be read from MongoDB: {_short(error)}")


def unusable() -> SourceError:
    """The driver's own words may quote a part of the password."""
    return SourceError(
        "MONGO_URI cannot be used: expected mongodb://user:password@host:port/, with signs such as @ : / in user and "
        "password percent-encoded"
    )


def _short(error: PyMongoError) -> str:
    """Without the driver's description of its whole view of the servers."""
    return str(error).partition(", full error:")[0].partition(", Timeout:")[0].partition(" (configured timeouts")[0]
