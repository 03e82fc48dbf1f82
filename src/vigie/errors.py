"""One tree. The message of each says what happened, to what, and what to do about it.

    VigieError
    ├── InputError            the caller's words cannot be used            exit 2, HTTP 4xx
    │   ├── SettingError      a setting names something unusable           exit 2, at start
    │   ├── NotFound          no such collection, document, session, job   HTTP 404
    │   └── Conflict          it cannot be done in the present state       HTTP 409
    ├── SourceError           a source cannot be read; the others go on    exit 1, reason in the report
    │   ├── SourceUnreachable no connection, time-out, 5xx after retries
    │   └── SourceRefused     401, 403, a login page: never tried again
    ├── StoreError            ledger, index or session file cannot be used
    │   ├── StoreCorrupt      said, repaired on request or refused; nothing is deleted silently
    │   ├── StoreBusy         another process writes in this data directory HTTP 503
    │   └── StoreFull         no space left: the last good state still answers
    ├── QueryError            a Plan cannot be run
    │   ├── QueryRefused      the profile does not allow it: an unknown path, a sum of texts
    │   └── QueryTooLong      past its time limit: a narrower window helps  HTTP 503
    ├── ModelError            the embedding model or the language model
    │   ├── EmbedderUnusable  missing, damaged or of another kind: says what to install or set
    │   └── ChatFailed        the language model did not answer; the composed answer is given
    └── Cancelled             somebody asked to stop

Foreign exceptions are mapped here by the family that calls the library that raises them.
"""


class VigieError(Exception):
    """Base of all errors that are shown to a person; `code` is stable, the message is not.

    `code` is what `error` holds in the HTTP body, `status` the HTTP status, `exit_code` the command's.
    """

    code = "error"
    status = 500
    exit_code = 1


class InputError(VigieError):
    """What was asked cannot be done as it was written."""

    code = "bad_input"
    status = 422
    exit_code = 2


class SettingError(InputError):
    """A setting cannot be used: names the variable, its value (secrets masked) and what is expected."""

    code = "bad_setting"


class NotFound(InputError):
    """What is named does not exist (or is no longer visible)."""

    code = "not_found"
    status = 404


class Conflict(InputError):
    """The request does not fit the present state."""

    code = "conflict"
    status = 409


class SourceError(VigieError):
    """A source could not be read whole: its run is not complete, nothing of it is deleted."""

    code = "source_failed"
    status = 503


class SourceUnreachable(SourceError):
    """No answer after the allowed retries."""

    code = "source_unreachable"


class SourceRefused(SourceError):
    """The source refused the credentials. Never retried: three failures lock an account."""

    code = "source_refused"


class StoreError(VigieError):
    """A file of the data directory cannot be used."""

    code = "store_failed"
    status = 503


class StoreCorrupt(StoreError):
    """A store fails its own integrity check."""

    code = "store_corrupt"


class StoreBusy(StoreError):
    """Another process holds the data directory's writer lock."""

    code = "store_busy"


class StoreFull(StoreError):
    """No space left on the device of the data directory."""

    code = "store_full"


class QueryError(VigieError):
    """A Plan could not be run to its end."""

    code = "query_failed"


class QueryRefused(QueryError):
    """The Plan names what the collection does not hold, or asks of it what it cannot give."""

    code = "query_refused"


class QueryTooLong(QueryError):
    """The engine's time limit was reached; nothing partial is returned."""

    code = "query_too_long"
    status = 503


class ModelError(VigieError):
    """A model cannot be used."""

    code = "model_failed"
    status = 503


class EmbedderUnusable(ModelError):
    """The embedding model is missing, damaged or of an unknown kind."""

    code = "embedder_unusable"
    exit_code = 2


class ChatFailed(ModelError):
    """The language model did not answer (refused, stalled, cut, empty)."""

    code = "model_down"


class Cancelled(VigieError):
    """Stopped on request."""

    code = "cancelled"
    status = 409
