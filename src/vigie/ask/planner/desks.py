"""Collections that a question calls by what they serve: the help desk, whose records are what people turn to it with,
and the gateway, whose records are calls of an API."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from vigie.ask.planner.concepts import concepts_of
from vigie.ask.planner.facets import Facet, called_by
from vigie.ask.planner.tokens import stem

_TURNED_TO = 3.0  # of `RecordNames.noun`: what the collection holds is called so
_SERVED = 1.2  # of a word beside it
# One request of somebody to a desk, whichever of these words its collection has for it.
_REQUESTS = frozenset(
    stem(word)
    for word in "ticket incident appel call demande request case cas dossier requete sollicitation fiche".split()
)
# What records are that each have somebody who asked for them, and somebody who decided.
_ASKED = frozenset(map(stem, "demande request".split()))
_ASKER = frozenset(map(stem, "demandeur requester requestor applicant".split()))
_DECIDER = frozenset(map(stem, "approbateur approver valideur validator decideur".split()))
# What no other things are called that somebody deals with: calls, requests and incidents are of anything.
_TICKETS = frozenset(stem(word) for word in "ticket case dossier sollicitation".split())
_DESKS = frozenset(stem(word) for word in "support helpdesk servicedesk assistance hotline helpline".split())
_GATEWAYS = frozenset(stem(word) for word in "gateway passerelle".split())
_APIS = _GATEWAYS | {"api", "apis", "gw"}


@dataclass(frozen=True)
class Served:
    """`named`: stems of the words of the collection's name."""

    named: Collection[str]
    facets: Mapping[str, Facet]

    def noun(self, word: str) -> float:
        """ "tickets" and "helpdesk" of `appels_support`, "gateway" of `api_calls`: points of `RecordNames.noun`."""
        said = stem(word)
        if said in _TICKETS or (said in _REQUESTS and not _DESKS.isdisjoint(self.named)):
            return _TURNED_TO if self._desk and said not in called_by(self.facets) else 0.0
        if said in _ASKED and self._asked_for:
            return _TURNED_TO
        served = (said in _DESKS and self._desk) or (said in _GATEWAYS and self.gateway)
        return _SERVED if served else 0.0

    @cached_property
    def _desk(self) -> bool:
        """Has each how urgent it is and who deals with it? Runs and messages, which are called so as well, have not
        both; calls of an API have codes."""
        urgent = any(facet.concepts & {"priority", "severity"} for facet in self.facets.values())
        dealt_with = any(facet.concepts & {"user", "team"} for facet in self.facets.values())
        return urgent and dealt_with and not self._http and not (_DESKS | _REQUESTS).isdisjoint(self.named)

    @cached_property
    def _asked_for(self) -> bool:
        """`demandeur` and `approbateur` of accesses: each is a request."""
        called = called_by(self.facets)
        return not (called.isdisjoint(_ASKER) or called.isdisjoint(_DECIDER))

    @cached_property
    def gateway(self) -> bool:
        return self._http and not _APIS.isdisjoint(self.named)

    @cached_property
    def _http(self) -> bool:
        return any(facet.http for facet in self.facets.values())


def no_payments(said: str, named: Sequence[str], facets: Mapping[str, Facet]) -> bool:
    """ "payments" are no transfers of what has no amount: those are of files."""
    if concepts_of(said) != {"payment"}:
        return False
    transfers = any({"transfer", "payment"} <= concepts_of(word) for word in named)
    return transfers and not any({"amount", "currency"} & facet.concepts for facet in facets.values())
