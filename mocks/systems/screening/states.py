"""States of the screening service: who is on the list, whether it can be searched, and a check that was made."""

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.sanctions import ListedParty
from mocks.systems.screening.desk import ScreeningDesk
from mocks.systems.screening.system import ScreeningSystem


class ListedGiven(Parameters, frozen=True, kw_only=True):
    """The party of the contract."""

    name: Name = "Zharovik Qorazan Exchange"
    country: Name = "US"


class ClearGiven(Parameters, frozen=True, kw_only=True):
    """The party that no entry is like."""

    name: Name = "Northline Media"
    country: Name = "US"


class Nothing(Parameters, frozen=True, kw_only=True):
    """There is nothing to say about it."""


class CheckGiven(Parameters, frozen=True, kw_only=True):
    """A check of a party; its id is drawn and answered."""

    name: Name = "Northline Media"
    country: Name = "US"
    external_ref: Name | None = None


class CheckGone(Parameters, frozen=True, kw_only=True):
    """The id that no check has."""

    check_id: Name = "SC000000000404"


def states() -> tuple[State, ...]:
    """Every state of the screening service."""
    return (
        State("a party is listed", "a check of it is answered match", ListedGiven, _listed),
        State("a party is not listed", "a check of it is answered clear", ClearGiven, _clear),
        State("the sanctions list is unavailable", "every check is answered unavailable", Nothing, _unavailable),
        State("a check exists", "of a party that is not listed", CheckGiven, _check),
        State("there is no check", "with this id (so it is in every state; for readers)", CheckGone, lambda _stage, given: _gone(given)),
    )


def _desk(stage: Stage) -> ScreeningDesk:
    return stage.system(ScreeningSystem).desk


def _listed(stage: Stage, given: ListedGiven) -> Values:
    entry = ListedParty("SL-9001", given.name, given.name, given.country, "", "FINANCE")
    _desk(stage).watchlist.add(entry, stage.mechanics.business.now())
    return {"entry_id": entry.entry_id, "name": given.name, "country": given.country}


def _clear(stage: Stage, given: ClearGiven) -> Values:
    watchlist = _desk(stage).watchlist
    for hit in watchlist.search(given.name, given.country, None, None).hits:
        watchlist.remove(hit.entry.entry_id, stage.mechanics.business.now())
    return {"name": given.name, "country": given.country}


def _unavailable(stage: Stage, _given: Nothing) -> Values:
    _desk(stage).watchlist.open(available=False, now=stage.mechanics.business.now())
    return {}


def _check(stage: Stage, given: CheckGiven) -> Values:
    reference = {"external_ref": given.external_ref} if given.external_ref else {}
    made = stage.perform("screening.party.check", body={"name": given.name, "country": given.country, **reference}).body
    return {"check_id": made.check_id, "result": made.result}


def _gone(given: CheckGone) -> Values:
    return {"check_id": given.check_id}
