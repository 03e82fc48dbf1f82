"""Domain values as the JSON of the contract."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from vigie.types import Answer, Hit, SourceStatus, SyncReport

Json = dict[str, Any]


def plain(value: Any) -> Any:
    """Nothing but JSON values: instants in UTC with a Z, numbers that JSON lacks (NaN, infinities) as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Sequence | Set) and not isinstance(value, bytes | bytearray):
        return [plain(part) for part in (sorted(value) if isinstance(value, Set) else value)]
    return str(value)


def line(value: Any) -> str:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def answer(found: Answer) -> Json:
    shaped: Json = plain(found)
    return shaped


def report(found: SyncReport) -> Json:
    shaped: Json = plain(found)
    for source in shaped["sources"]:
        source["skipped"] = [{"native_id": s["native_id"], "reason": s["reason"]} for s in source["skipped"]]
    return shaped


def hit(found: Hit) -> Json:
    """`native_id` of runs is the latest `_id` of their signature, as is their locator."""
    passage = found.passage
    latest = passage.stats.latest_ids[0] if passage.stats is not None and passage.stats.latest_ids else None
    return {
        "rank": found.rank,
        "score": round(found.score, 6),
        "source": passage.ref.kind,
        "collection": passage.ref.name,
        "document_id": passage.chunk.document_id,
        "native_id": latest or passage.native_id,
        "title": passage.title,
        "url": passage.url,
        "locator": f"{passage.ref.name}/{latest}" if latest else passage.chunk.locator,
        "text": passage.chunk.text,
    }


def source_status(found: SourceStatus, roles: Sequence[tuple[str, str]]) -> Json:
    """As `GET /status` shows a source. `roles`: (role, path) of a record collection's fields."""
    ref = found.ref
    return {
        "source": {
            "source": ref.kind,
            "name": ref.name,
            "collection": ref.collection,
            "documents": found.documents,
            "chunks": found.chunks,
            "records": found.records,
            "last_sync": plain(found.synced_at),
            "last_whole_sync": plain(found.whole_at),
            "outcome": found.report.status if found.report else None,
        },
        "report": plain(found.report),
        "skipped": plain(found.skipped),
        "fields": [{"role": role, "path": path} for role, path in roles],
    }
