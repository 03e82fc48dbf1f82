"""What tantivy stores of a passage, and what it is asked for a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder

from vigie.index import words
from vigie.types import Passage

FORMAT = 1  # to be raised with every change of the fields or of `words`: older indexes then count as none

# Each word of a question counts once, by its best view (a `dis_max`): a word that reads the same in French, in English
# and unstemmed would else count three times as much as an inflected one.
VIEWS = ("words", "names", "fr", "en")
TITLES = {"fr": "title_fr", "en": "title_en"}
# The weights were chosen on four judged sets together, French and English: mean nDCG@10 .814.
WORD = 1.3  # of a word as it was typed, before its stem at 1. At 1: -1.5 points, by technical English; 1.2 to 1.7 alike
NAME = (
    0.2  # of a word that is a piece of an identifier. At 1: -3.5 points, for few names stand in prose, each counts high
)
TITLE = 0.3  # headings are searched with the text, and once more apart at this weight. At 0.15: -0.9, at 0.45: -0.2
WHOLE = 2.0  # an identifier as it was typed, beside its runs: the chunk that holds it whole comes first; 0 to 2 alike
PART = 0.5  # pieces of a run (`Flow` of `MyFlow`): they find, but weigh less than a word that was typed; 0: -0.3
EXACT = 1_024.0  # above any sum of BM25, taken off again by `lift`

QUESTION_CHARS = 20_000  # of a question are read
QUESTION_WORDS = 96  # distinct ones are searched, the first
EXACT_CHARS = 300  # longer titles are not compared whole
# Among so many passages, words that more than this share of them hold are left out where there are others: they tell
# nearly nothing, and take most of the time.
MANY, COMMON = 10_000, 0.5

Frequency = Callable[[str, str], int]  # of a field and a term: how many passages hold it


def _schema() -> Schema:
    builder = SchemaBuilder()
    for raw in ("id", "collection", "exact"):
        builder.add_text_field(raw, stored=raw == "id", tokenizer_name="raw", index_option="basic")
    for view in VIEWS:
        builder.add_text_field(view, tokenizer_name=view, index_option="freq")
    for view, title in TITLES.items():
        builder.add_text_field(title, tokenizer_name=view, index_option="freq")
    return builder.build()


SCHEMA = _schema()


def register(index: Index) -> None:
    """Tokenizers are not kept with an index: each opening names them again."""
    for name, analyzer in words.analyzers().items():
        index.register_tokenizer(name, analyzer)


def document(passage: Passage) -> Document:
    """A passage under its chunk id. Title, headings and symbol are searched with the text, and once more apart."""
    chunk = passage.chunk
    heads = [chunk.context] if passage.title in chunk.context else [passage.title, chunk.context]
    if chunk.symbol and chunk.symbol not in chunk.context:
        heads.append(chunk.symbol)
    head = words.clean("\n".join(heads))
    text = f"{head}\n{words.clean(chunk.text)}"
    prose = words.prose(text)
    title = words.prose(head)
    folded = words.fold(text)
    return Document(
        id=[passage.chunk_id],
        collection=[words.storable(passage.ref.collection)],
        exact=_exact(passage),
        words=[" ".join(words.runs(folded))],
        names=[" ".join(words.names(text, folded))],
        fr=[prose],
        en=[prose],
        title_fr=[title],
        title_en=[title],
    )


def _exact(passage: Passage) -> list[str]:
    names = [passage.title, passage.chunk.symbol or "", passage.native_id]
    if passage.ref.kind == "confluence":
        names.append(passage.chunk.locator.rpartition(" > ")[2])
    if passage.ref.kind == "code":
        names.append(passage.native_id.rpartition("/")[2])
    forms = dict.fromkeys(words.normal(words.clean(name)) for name in names)
    return [form for form in forms if form and len(form) <= EXACT_CHARS]


def question(text: str, collections: Sequence[str] | None, frequency: Frequency, passages: int) -> Query | None:
    """What to ask for any string; None when it holds no word. Built from terms: there is no syntax to get wrong.
    `passages`: in the index."""
    text = words.clean(text[:QUESTION_CHARS])
    clauses = _clauses(text, frequency, passages)
    if not clauses:
        return None
    asked = _any(clauses)
    if collections is None:
        return asked
    inside = _any([_term("collection", words.storable(name)) for name in collections])
    return Query.boolean_query([(Occur.Must, asked), (Occur.Must, Query.const_score_query(inside, 0.0))])


def _clauses(text: str, frequency: Frequency, passages: int) -> list[Query]:
    runs = list({words.fold(run): run for run in words.runs(text)}.values())
    runs = words.telling(runs)[:QUESTION_WORDS]
    if passages >= MANY:
        runs = [run for run in runs if frequency("words", words.fold(run)) <= COMMON * passages] or runs
    clauses = [clause for run in runs for clause in _word(run, frequency)]
    parts = dict.fromkeys(part for run in runs for part in words.parts(run))
    clauses += [Query.boost_query(_word(part, frequency)[0], PART) for part in list(parts)[:QUESTION_WORDS]]
    wholes = list(dict.fromkeys(words.wholes(words.fold(text))))[:QUESTION_WORDS]
    names = wholes if wholes == [text.strip().lower()] else [whole for whole in wholes if words.is_name(whole)]
    clauses += [Query.boost_query(_term("names", whole), WHOLE) for whole in names]
    form = words.normal(text)
    if clauses and len(form) <= EXACT_CHARS:
        clauses.append(Query.const_score_query(_term("exact", form), EXACT))
    return clauses


def _word(word: str, frequency: Frequency) -> list[Query]:
    """The best of its views in the text, then in the headings. A stem that no other word of the passages shares is
    left out: they are the same passages, and the word as it was typed counts more."""
    stems = [(view, stem) for view in TITLES for stem in words.stems(view, word)]
    typed = words.fold(word)
    alone = frequency("words", typed)
    inside = [Query.boost_query(_term("words", typed), WORD), Query.boost_query(_term("names", typed), NAME)]
    inside += [_term(view, stem) for view, stem in stems if not alone or frequency(view, stem) != alone]
    heads = [_term(TITLES[view], stem) for view, stem in stems]
    found = [Query.disjunction_max_query(inside)]
    if heads:
        found.append(Query.boost_query(Query.disjunction_max_query(heads), TITLE))
    return found


def word_forms(word: str) -> list[tuple[str, str]]:
    """(field, term) of each view of one word in the text."""
    typed = words.fold(words.clean(word))
    stems = [(view, stem) for view in TITLES for stem in words.stems(view, typed)]
    return [("words", typed), ("names", typed), *stems]


def lift(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Exact hits keep their place before the best of the others, at its score plus their own BM25."""
    best = next((score for _, score in hits if score < EXACT), 0.0)
    return [(id_, round(score - EXACT + best, 4) if score >= EXACT else score) for id_, score in hits]


def _term(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, field, value, "basic" if field in ("collection", "exact") else "freq")


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])
