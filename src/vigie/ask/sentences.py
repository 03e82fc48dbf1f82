"""What is said about the asking itself, in both languages."""

from __future__ import annotations

from vigie.ask.language import Language

_SENTENCES: dict[str, dict[Language, str]] = {
    "model_down": {
        "fr": "Le modèle de langage n'a pas répondu : la réponse est faite des passages trouvés.",
        "en": "The language model did not answer: the answer is made of the passages found.",
    },
    "model_cut": {
        "fr": "Le modèle de langage s'est interrompu : sa réponse commencée est remplacée par les passages trouvés.",
        "en": "The language model stopped midway: what it had begun is replaced by the passages found.",
    },
    "model_context": {
        "fr": "Aucun passage ne tient dans le contexte du modèle : la réponse est faite des passages trouvés.",
        "en": "No passage fits the language model's context: the answer is made of the passages found.",
    },
    "model_unusable": {
        "fr": "Rien du texte du modèle de langage n'a pu être vérifié : la réponse est faite des passages trouvés.",
        "en": "Nothing the language model wrote could be verified: the answer is made of the passages found.",
    },
    "not_computed": {
        "fr": "Le calcul sur les enregistrements n'a pas abouti : seuls les passages trouvés sont donnés.",
        "en": "The records could not be computed: only the passages found are given.",
    },
    "not_computed_database": {
        "fr": "MongoDB ne répond pas ou refuse d'être lu : rien n'a été compté ; voici les passages trouvés.",
        "en": "MongoDB does not answer or refuses to be read: nothing was counted; here are the passages found.",
    },
    "without_vectors": {
        "fr": "La recherche par le sens est en panne : ces passages ont été trouvés par leurs mots seuls.",
        "en": "Searching by meaning is down: these passages were found by their words alone.",
    },
    "without_some_vectors": {
        "fr": "Des sources attendent d'être indexées avec un autre modèle : cherchées par leurs mots seuls.",
        "en": "Some sources wait to be indexed with another model: they were searched by their words alone.",
    },
    "without_words": {
        "fr": "La recherche par mots est en panne : ces passages ont été trouvés par leur sens seul.",
        "en": "Searching by words is down: these passages were found by their meaning alone.",
    },
    "meant": {"fr": "Les exécutions dont il s'agit :", "en": "The runs that are meant:"},
    "cancelled": {
        "fr": "La question a été interrompue avant la fin de la réponse.",
        "en": "The question was stopped before its answer was complete.",
    },
    "failed": {
        "fr": "La réponse n'a pas pu être donnée : une erreur est survenue, elle est notée dans le journal. Réessayez.",
        "en": "The answer could not be given: an error occurred and was logged. Try again.",
    },
    "not_stored": {
        "fr": "Cette réponse n'a pas pu être enregistrée dans la conversation : vérifiez l'espace disque.",
        "en": "This answer could not be stored in the conversation: check the disk space.",
    },
    "unknown_collection": {
        "fr": "Il n'y a pas de collection « {name} ». Laquelle voulez-vous ?",
        "en": 'There is no collection "{name}". Which one do you mean?',
    },
    "greeting": {
        "fr": "Bonjour. Posez une question sur le wiki, les exécutions ou le code.",
        "en": "Hello. Ask a question about the wiki, the runs or the code.",
    },
    "thanks": {"fr": "Je vous en prie.", "en": "You are welcome."},
    "in_the_wiki": {"fr": "chercher dans le wiki", "en": "search the wiki"},
    "asked_of_the_wiki": {"fr": "{question} dans le wiki ?", "en": "{question} in the wiki?"},
    "everywhere": {"fr": "Chercher partout", "en": "Search everywhere"},
}


def sentence(code: str, language: Language, **values: str) -> str:
    return _SENTENCES[code][language].format(**values)
