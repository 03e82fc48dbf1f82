"""A question that leans on the conversation is completed from it; a new topic is left alone."""

from __future__ import annotations

import pytest

from vigie.ask.followup import is_dependent, standalone

SEPA = "Pourquoi SEPA_OUT_CIB tombe en AUTH-401 en production ?"


@pytest.mark.parametrize(
    "question",
    [
        "Et si cela recommence ?",
        "et en recette ?",
        "what about UAT?",
        "pourquoi ?",
        "Why?",
        "En recette ?",
        "Comment le relancer, celui-là ?",
        "How do I restart it?",
        "Qui la corrige, cette erreur ?",
        "Et comment elle est corrigée ?",
        "Depuis quand est-il bloqué et pourquoi tombe-t-il ?",
        "Is there a workaround for that one?",
        "ok, et ensuite ?",
        "ou en recette ?",
        "Quelle est la cause ?",
        "C'est quoi la cause ?",
        "What is the cause?",
        "Tell me more about them",
    ],
)
def test_dependence_is_noticed(question: str) -> None:
    follow = standalone(question, [SEPA])
    assert {"SEPA_OUT_CIB", "AUTH-401"} <= set(follow.added)
    assert follow.query.startswith(question)


@pytest.mark.parametrize(
    "question",
    [
        "Quelle est la procédure de purge mensuelle des archives ?",
        "Où est levée l'erreur KAFKA-LAG dans le code ?",
        "ou trouver la procédure de purge ?",
        "C'est quoi une micro-onde ?",
        "What is a microwave?",
        "Que veut dire cut-off ?",
        "Qu'est-ce qu'une purge ?",
        "Comment est calculé le solde dans balance.py ?",
        "Que faut-il faire quand il faut vider la file MQ ?",
        "ORA-00942",
        "How do I rotate the database password?",
        "Existe-t-il une astreinte le week-end pour les paiements ?",
        "Qu'est-ce que le lot KYC_IN_RETAIL ?",
        "Il y a combien de serveurs dans la ferme batch ?",
        "Quels sont les codes ORA les plus fréquents ?",
        "La purge mensuelle est-elle lancée le lundi ?",
        "Y a-t-il une astreinte paiements ?",
        "Comment le jeton de purge est-il renouvelé ?",
    ],
)
def test_a_new_topic_is_not_polluted(question: str) -> None:
    assert not is_dependent(question)
    follow = standalone(question, [SEPA])
    assert (follow.query, follow.search_text, follow.added) == (question, question, ())


def test_the_first_question_is_never_completed() -> None:
    assert standalone("et en recette ?", []).query == "et en recette ?"


def test_what_the_question_replaces_is_left_out() -> None:
    assert "production" not in standalone("et en recette ?", [SEPA]).added
    added = standalone("et pour KYC_IN ?", [SEPA]).added
    assert "SEPA_OUT_CIB" not in added
    assert "AUTH-401" in added


def test_a_chain_of_short_questions_goes_back_to_the_topic() -> None:
    earlier = ["Où sont les archives de 2019 ?", SEPA, "et en recette ?"]
    follow = standalone("pourquoi ?", earlier)
    assert {"SEPA_OUT_CIB", "recette"} <= set(follow.added)
    assert "production" not in follow.added
    assert "archives" not in follow.added


def test_the_present_words_weigh_more() -> None:
    follow = standalone("Et si cela recommence ?", [SEPA])
    assert follow.search_text.count("recommence") == 2
    assert follow.search_text.count("SEPA_OUT_CIB") == 1


def test_few_words_are_added_and_identifiers_before_others() -> None:
    long = "Explique " + " ".join(f"mot{chr(97 + i)}truc" for i in range(20)) + " pour FLUX_Z9"
    follow = standalone("pourquoi ?", [long])
    assert len(follow.added) == 10
    assert "FLUX_Z9" in follow.added
