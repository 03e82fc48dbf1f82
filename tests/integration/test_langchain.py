"""Our passages in a LangChain chain: a small code root, the hashing embedder, a scripted model."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from vigie import wiring
from vigie.errors import InputError
from vigie.langchain import VigieRetriever
from vigie.settings import Settings, load
from vigie.store.lock import running
from vigie.sync.child import InlineWorker
from vigie.sync.run import Syncer
from vigie.testing.embedder import HashingEmbedder
from vigie.wiring.services import open_services

RETRY = 'def retry_sepa(flow):\n    """Relance un flux SEPA tombé en AUTH-401."""\n    renew_token(flow)\n'
PURGE = 'def purge(days):\n    """Purge mensuelle des archives."""\n    delete_before(days)\n'
QUESTION = "Que faire quand un flux SEPA tombe en AUTH-401 ?"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / "retry.py").write_text(RETRY)
    (tmp_path / "batch" / "purge.py").write_text(PURGE)
    for made in ("make_embedder", "make_tokens"):
        monkeypatch.setattr(f"vigie.wiring.models.{made}", lambda *model: HashingEmbedder())
    loaded = load(VIGIE_DATA_DIR=str(tmp_path / "data"), CODE_ROOTS=str(tmp_path / "batch"))
    services = open_services(loaded)
    make = wiring.make_preparer
    worker = InlineWorker(make(loaded, wiring.Inputs()))
    syncer = Syncer(services.ledger, services.indexer, services.bodies, lambda: worker, loaded.clock)
    assert syncer.run(("code",)).status == "ok"
    services.close()
    return loaded


@pytest.fixture
def retriever(settings: Settings) -> Iterator[VigieRetriever]:
    made = VigieRetriever(settings=settings, top_k=2)
    yield made
    made.close()


def numbered(documents: list[Document]) -> str:
    return "\n".join(f"[{d.metadata['n']}] {d.metadata['locator']}: {d.page_content}" for d in documents)


def test_documents_carry_the_keys_of_a_citation(retriever: VigieRetriever) -> None:
    assert isinstance(retriever, BaseRetriever)
    first, second = retriever.invoke(QUESTION)
    assert "AUTH-401" in first.page_content
    assert first.metadata["locator"].startswith("retry.py#L1")
    assert first.metadata["quote"] == '"""Relance un flux SEPA tombé en AUTH-401."""'
    assert [d.metadata["n"] for d in (first, second)] == [1, 2]
    assert first.metadata["score"] > second.metadata["score"]
    keys = "n source document_id title url locator quote rank score collection native_id".split()
    assert list(first.metadata) == keys


async def test_async_finds_the_same(retriever: VigieRetriever) -> None:
    assert await retriever.ainvoke(QUESTION) == retriever.invoke(QUESTION)


async def test_a_retrieval_chain_answers_from_our_passages(retriever: VigieRetriever) -> None:
    seen: list[str] = []

    def look(prompt: object) -> object:
        seen.append(str(prompt))
        return prompt

    model = FakeListChatModel(responses=["Renouveler le jeton [1]."] * 2)
    prompt = ChatPromptTemplate.from_template("{context}\n\nQuestion : {question}")
    answered = itemgetter("documents", "question") | RunnableLambda(
        lambda given: {"context": numbered(given[0]), "question": given[1]}
    )
    chain = RunnablePassthrough.assign(documents=itemgetter("question") | retriever).assign(
        answer=answered | prompt | RunnableLambda(look) | model | StrOutputParser()
    )
    found = chain.invoke({"question": QUESTION})
    assert found["answer"] == "Renouveler le jeton [1]."
    assert "[1] retry.py#L1" in seen[0]
    assert "renew_token" in seen[0]
    cited = found["documents"][0].metadata
    assert (cited["source"], cited["title"]) == ("code", "retry.py")
    assert (await chain.ainvoke({"question": QUESTION}))["documents"] == found["documents"]


def test_limits_apply_and_what_cannot_be_asked_is_said(settings: Settings) -> None:
    none = VigieRetriever(settings=settings, sources=frozenset({"confluence"}))
    assert none.invoke(QUESTION) == []
    none.close()
    wrong = VigieRetriever(settings=settings, top_k=500)
    with pytest.raises(InputError, match="top_k is 500"):
        wrong.invoke(QUESTION)
    wrong.close()


def test_the_data_directory_is_held_until_it_is_closed(settings: Settings, retriever: VigieRetriever) -> None:
    assert running(settings.data_dir) is None
    retriever.invoke(QUESTION)
    assert running(settings.data_dir) is not None
    retriever.close()
    assert running(settings.data_dir) is None
    assert retriever.invoke(QUESTION)
