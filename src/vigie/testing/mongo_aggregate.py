"""Aggregation over documents held in memory: mongomock's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mongomock

Document = dict[str, Any]


def aggregate(
    documents: Sequence[Document], pipeline: Sequence[Mapping[str, Any]], others: Callable[[str], Sequence[Document]]
) -> list[Document]:
    """What `pipeline` gives over `documents`; `others` gives the documents of another collection (`$lookup`).

    Documents hold what pymongo decodes by default (naive dates). Raises mongomock's OperationFailure, and
    NotImplementedError for what mongomock lacks.
    """
    del others
    collection: Any = mongomock.MongoClient().db.documents
    for number, document in enumerate(documents):
        collection.insert_one(document if "_id" in document else {"_id": number, **document})
    return list(collection.aggregate(list(pipeline)))
