"""Finding the passages that speak of a question: words and vectors, fused, live ones only."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from vigie.ask.english import as_code, in_english
from vigie.ask.fuse import fuse
from vigie.ask.gate import BEST, BM25_LIMIT, Signals, agreement, content_words, coverage, rarity, telling
from vigie.ask.named import named_first
from vigie.ask.scope import resolve
from vigie.ask.spread import spread, varied
from vigie.ask.trust import CODE, FOREIGN, UNSURE, Trust
from vigie.ask.words import words
from vigie.errors import EmbedderUnusable, InputError, StoreError
from vigie.protocols import Embedder, Ledger, TextIndex, VectorIndex
from vigie.types import EXCHANGING, Access, Hit, Kind, Passage, Scope, SourceRef

TOP_K_MAX = 50
LEXICAL_CANDIDATES = 100
DENSE_CANDIDATES = 50  # per collection
READ = 60  # of the candidates, the best so many are read from the ledger, and at least
READ_EACH = 3  # for each that is shown: what is left out are near-duplicates and third chunks of a document
IN_ENGLISH = 1.0  # of BM25 over code of a French question's English words, beside its own
TOLD = 600  # characters of a passage that tell its language
DEEPER = 4  # times as many candidates at each further try, when too many were dropped
TRIES = 3  # so at most 1,600 and 800 candidates
EXCHANGE_SECONDS = 0.02  # between two looks at a collection that changes hands, and
EXCHANGE_WAITS = 100  # so many looks: the moment itself is milliseconds

log = logging.getLogger(__name__)
Half = Literal["words", "vectors", "some_vectors"]


@dataclass(frozen=True, slots=True)
class _Candidates:
    """One round of both searches. `fused`: the best, and those of each search. `live`: their passages that the ledger
    holds. `more`: there are others, or a list came back full, so that deeper ones may hold more. `weight`: of cosines
    in the fused scores. `zero`: the cosine of texts without anything in common. `models`: that were asked."""

    fused: list[tuple[str, float]]
    live: Mapping[str, Passage]
    lexical: Mapping[str, float]
    dense: Mapping[str, float]
    more: bool
    weight: float
    zero: float
    models: Sequence[Embedder]
    without: frozenset[Half] = frozenset()


@dataclass(frozen=True, slots=True)
class _Cosines:
    """What the vectors told. `by_model`: cosines of each of `models`, in their order. `full`: a collection may hold
    more. `whole`: every collection was asked."""

    models: Sequence[Embedder] = ()
    by_model: Sequence[dict[str, float]] = ()
    full: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and the half of the search that failed: the other one alone found them. `some_vectors`:
    the model whose vectors a collection still holds is not here any more."""

    hits: list[Hit]
    without: frozenset[Half] = frozenset()
    signals: Signals | None = None  # of evidence; None where nothing was searched


class Retriever:
    """Searches the indexes and shows what the ledger holds live.

    `embedders`: the model of each kind of source; kinds with the same model share one query vector.
    `former`: a model by its fingerprint, for collections that hold vectors of another one than is configured now.
    """

    def __init__(
        self,
        ledger: Ledger,
        vectors: VectorIndex,
        text: TextIndex,
        embedders: Mapping[Kind, Embedder],
        former: Callable[[str], Embedder | None] = lambda fingerprint: None,
    ) -> None:
        self._ledger = ledger
        self._vectors = vectors
        self._text = text
        self._embedders = embedders
        self._former = former
        self._trust = Trust()
        self._beside = ThreadPoolExecutor(thread_name_prefix="words")

    def search(self, query: str, scope: Scope, top_k: int, access: Access) -> list[Hit]:
        """The hits of `find`."""
        return self.find(query, scope, top_k, access).hits

    def find(self, query: str, scope: Scope, top_k: int, access: Access) -> Found:
        """At most `top_k` (1 to 50) live passages, best first, ties by chunk id; the same state gives the same list.

        What the query names exactly (title, heading, symbol, id, file name) comes before the rest, with score 1. Equal
        and almost equal texts come once, and at most two chunks of a document unless nothing else is left.
        Raises NotFound for an unknown collection, InputError for a `top_k` out of range, StoreError or
        EmbedderUnusable when neither index answers.
        """
        if not 1 <= top_k <= TOP_K_MAX:
            raise InputError(f"top_k is {top_k}: give a number from 1 to {TOP_K_MAX}")
        refs = resolve(scope, self._ledger.sources())
        if not refs or not query.strip():
            return Found([])
        wanted = words(query)
        depth = 1
        for _ in range(TRIES):
            found = self._live_candidates(query, refs, depth, max(READ, READ_EACH * top_k) * depth, access)
            live = found.live
            ranked, named = named_first([(live[one], score) for one, score in found.fused if one in live], wanted)
            kept, crowded = spread(varied(ranked, top_k), top_k, frozenset(wanted))
            if len(kept) == top_k or not found.more:
                break
            depth *= DEEPER
        kept = _order([*kept, *crowded[: top_k - len(kept)]], named)
        hits = [
            Hit(rank, score, passage, found.lexical.get(passage.chunk_id), found.dense.get(passage.chunk_id))
            for rank, (passage, score) in enumerate(kept, 1)
        ]
        return Found(hits, found.without, self._signals(query, found, hits, bool(named)))

    def _live_candidates(
        self, query: str, refs: Sequence[SourceRef], depth: int, read: int, access: Access
    ) -> _Candidates:
        """Once more where one lives no longer: what took its place may have come after it was found."""
        for _ in range(2):
            before = self._ledger.version()
            found = self._candidates(query, refs, depth, read, access)
            if self._ledger.version() != before:  # or one half would show a page as it was, the other as it is
                found = replace(found, live=self._ledger.passages([one for one, _ in found.fused], access))
            if all(chunk_id in found.live for chunk_id, _ in found.fused):
                break
        return found

    def _signals(self, query: str, found: _Candidates, hits: Sequence[Hit], named: bool) -> Signals:
        live = found.live
        by_words, by_vectors = _best_first(found.lexical, live), _best_first(found.dense, live)
        asked = content_words(query)
        if "words" in found.without:
            passages, weights = 0, [1.0] * len(asked)
        else:
            passages = self._text.count()
            weights = [rarity(held, passages) for held in self._text.frequencies([word.typed for word in asked])]
        most = BM25_LIMIT * sum(weights)
        best = [*(live[one] for one, _ in by_words[:BEST]), *(hit.passage for hit in hits)]
        known = found.weight > FOREIGN
        covered = coverage(asked, weights, best)
        code = [passage for passage in best if passage.ref.kind == "code"]
        if code and (said := in_english(query)) is not None:
            covered = max(covered, self._covered_in_english(said, code, passages))
        return Signals(
            coverage=covered,
            lexical=min(1.0, by_words[0][1] / most) if by_words and most else 0.0,
            agreement=agreement(_documents(by_words, live), _documents(by_vectors, live)),
            cosine=(by_vectors[0][1] - found.zero) / (1 - found.zero) if by_vectors else None,
            known=known,
            passages=passages,
            named=named,
            read=known and self._reads(hits, found.models),
            code=all(hit.passage.ref.kind == "code" for hit in hits),
            telling=telling(asked, weights, passages) if passages else 1.0,
        )

    def _covered_in_english(self, said: Sequence[Sequence[str]], code: Sequence[Passage], passages: int) -> float:
        """As `coverage`, each word of the question by what most code calls it."""
        held = {one: count for words in said for one, count in zip(words, self._text.frequencies(words), strict=True)}
        asked = content_words(" ".join(max(words, key=lambda one: held[one]) for words in said))
        return coverage(asked, [rarity(held.get(word.typed, 0), passages) for word in asked], code)

    def _reads(self, hits: Sequence[Hit], models: Sequence[Embedder]) -> bool:
        """Do the models know the language of most of what was found? English questions find any French page as near."""
        texts = [hit.passage.chunk.text[:TOLD] for hit in hits]
        known = sum(all(self._trust.reads(text, model) for model in models) for text in texts)
        return 2 * known >= len(texts)

    def _candidates(self, query: str, refs: Sequence[SourceRef], depth: int, read: int, access: Access) -> _Candidates:
        wanted = LEXICAL_CANDIDATES * depth
        without: set[Half] = set()
        lexical: dict[str, float] = {}
        cosines = _Cosines()
        weight, zero = UNSURE, 0.0
        # On a second core, while this one embeds the question.
        by_words = self._beside.submit(self._by_words, query, wanted, refs)
        code = all(ref.kind == "code" for ref in refs)
        said = (as_code(query, refs) if code else None) or query
        try:
            cosines = self._dense(said, refs, DENSE_CANDIDATES * depth)
            weight, zero = self._trusted(said, cosines.models)
            weight = max(weight, CODE) if code and weight >= UNSURE else weight
            if not cosines.whole:
                without.add("some_vectors")
        except (StoreError, EmbedderUnusable) as error:
            log.error("searching by vectors failed: %s", error)
            without.add("vectors")
        dense = {chunk_id: cosine for found in cosines.by_model for chunk_id, cosine in found.items()}
        try:
            lexical = by_words.result()
        except StoreError as error:
            if "vectors" in without:
                raise
            log.error("searching by words failed: %s", error)
            without.add("words")
        complete = len(lexical) < wanted
        fused = fuse(lexical, cosines.by_model, weight, lexical_floor=0.0 if complete else None)
        best = {one for one, _ in fused[:read]}.union(*(_first(scores) for scores in (lexical, dense)))
        kept = [(one, score) for one, score in fused if one in best]
        live = self._ledger.passages([one for one, _ in kept], access)
        more = cosines.full or not complete or len(kept) < len(fused)
        return _Candidates(kept, live, lexical, dense, more, weight, zero, cosines.models, frozenset(without))

    def _by_words(self, query: str, k: int, refs: Iterable[SourceRef]) -> dict[str, float]:
        """BM25 by chunk, best first."""
        collections = sorted({ref.collection for ref in refs})
        every = len(collections) == len(self._ledger.sources())  # a fifth faster than to look which one each is of
        lexical = dict(self._text.search(query, k, None if every else collections))
        if (read := as_code(query, refs)) is not None:
            code = sorted({ref.collection for ref in refs if ref.kind == "code"})
            for chunk_id, score in self._text.search(read, k, code):
                lexical[chunk_id] = lexical.get(chunk_id, 0.0) + IN_ENGLISH * score
            lexical = dict(sorted(lexical.items(), key=lambda pair: (-pair[1], pair[0]))[:k])
        return lexical

    def _trusted(self, query: str, models: Sequence[Embedder]) -> tuple[float, float]:
        """The share of the model that knows the question's language least, and the highest cosine of nothing."""
        weight = min((self._trust.weight(query, model) for model in models), default=UNSURE)
        return weight, max((self._trust.zero(model) for model in models), default=0.0)

    def _dense(self, query: str, refs: Iterable[SourceRef], k: int) -> _Cosines:
        """The cosines of each model for the collections whose vectors are its own.

        A collection is asked with the model whose vectors it holds. Where another model's take their place meanwhile,
        what was found is thrown away and asked again.
        """
        kinds = {ref.collection: ref.kind for ref in refs}
        for _ in range(EXCHANGE_WAITS):
            held = self._ledger.fingerprints()
            if not any(held.get(collection, "").startswith(EXCHANGING) for collection in kinds):
                found = self._ask_models(query, kinds, held, k)
                after = self._ledger.fingerprints()
                if all(held.get(collection) == after.get(collection) for collection in kinds):
                    return found
            time.sleep(EXCHANGE_SECONDS)
        settled = {name: kind for name, kind in kinds.items() if not held.get(name, "").startswith(EXCHANGING)}
        return replace(self._ask_models(query, settled, held, k), whole=False)

    def _ask_models(self, query: str, kinds: Mapping[str, Kind], held: Mapping[str, str], k: int) -> _Cosines:
        by_model: dict[str, tuple[Embedder, set[str]]] = {}
        whole = True
        for collection, kind in kinds.items():
            configured = self._embedders.get(kind)
            if configured is None:
                continue
            fingerprint = held.get(collection, configured.fingerprint)
            asked = configured if fingerprint == configured.fingerprint else self._former(fingerprint)
            if asked is None:
                whole = False
            else:
                by_model.setdefault(asked.fingerprint, (asked, set()))[1].add(collection)
        models, cosines, full = [], [], False
        for _, (embedder, collections) in sorted(by_model.items()):
            vector = embedder.embed_query(query)
            found: dict[str, float] = {}
            for collection in sorted(collections):
                rows = self._vectors.query(collection, vector, k)
                full = full or len(rows) >= k
                found.update(rows)
            models.append(embedder)
            cosines.append(found)
        return _Cosines(models, cosines, full, whole)


def _first(scores: Mapping[str, float]) -> list[str]:
    """The best of one search, by which the gate tells what was found."""
    return sorted(scores, key=lambda one: (-scores[one], one))[:BEST]


def _best_first(scores: Mapping[str, float], live: Mapping[str, Passage]) -> list[tuple[str, float]]:
    return sorted(((one, score) for one, score in scores.items() if one in live), key=lambda pair: (-pair[1], pair[0]))


def _documents(ranked: Iterable[tuple[str, float]], live: Mapping[str, Passage]) -> list[str]:
    return list(dict.fromkeys(live[one].chunk.document_id for one, _ in ranked))


def _order(ranked: Iterable[tuple[Passage, float]], named: Container[str]) -> list[tuple[Passage, float]]:
    return sorted(ranked, key=lambda pair: (pair[0].chunk_id not in named, -pair[1], pair[0].chunk_id))
