"""The screening service's commands: check a party, read what was found, change the list."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime

from mocks.abilities.party_facts import party_facts
from mocks.abilities.tax_ids import canonical
from mocks.company.sanctions import ListedParty, sanctions_list
from mocks.kit.ids import draw_id, draw_uuid, free_number
from mocks.kit.operation import Call, Effect, Refusal, Reply, View
from mocks.systems.screening.models import Availability, CheckRecord, Hit, Listing, ListState, PartyCheck
from mocks.systems.screening.watchlist import Watchlist

LIST_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
KIND, LIST, SERVICE = "screening_check", "sanctions_list", "screening_service"
CHECK_SPACE = 16**12


class ScreeningDesk:
    """Checks and the list of one service. compliance: ids of those who may change the list. A method changes everything or raises."""

    def __init__(self, seed: int, compliance: frozenset[str]) -> None:
        self.watchlist = Watchlist(sanctions_list(seed), LIST_SINCE)
        self.checks: dict[str, CheckRecord] = {}
        self._by_reference: defaultdict[str, list[str]] = defaultdict(list)
        self._compliance = compliance
        self._openings = 0

    def check(self, call: Call) -> Reply:
        """screening.party.check"""
        body: PartyCheck = call.body
        finding = self.watchlist.search(body.name, body.country, body.tax_id, body.bank_country)
        record = CheckRecord(
            id=draw_id(call, "check"),
            uuid=draw_uuid(call, "check"),
            version=1,
            created_at=call.now,
            updated_at=call.now,
            exported=False,
            external_id=None,
            check_id=_check_id(free_number(call, "check", _check_id, self.checks.__contains__, space=CHECK_SPACE)),
            result=finding.result,
            name=body.name,
            country=body.country,
            tax_id=body.tax_id,
            bank_country=body.bank_country,
            external_ref=body.external_ref,
            list_version=self.watchlist.version,
            checked_at=call.now,
            hits=tuple(
                Hit(
                    entry_id=hit.entry.entry_id,
                    name=hit.entry.name,
                    country=hit.entry.country,
                    programme=hit.entry.programme,
                    likeness=hit.likeness,
                )
                for hit in finding.hits
            ),
        )
        self.checks[record.check_id] = record
        if record.external_ref is not None:
            self._by_reference[record.external_ref].append(record.check_id)
        party = canonical(body.tax_id) if body.tax_id else None
        effect = Effect(KIND, record.check_id, "create", version=1, ext_ref=record.external_ref, state=record.result, party=party)
        facts = party_facts("check_fact", record.check_id, {"name": body.name, "country": body.country}, about="")
        return Reply(record, version=1, location=f"/v1/checks/{record.check_id}", effects=(effect, *facts))

    def read(self, call: Call) -> Reply:
        """screening.check.read"""
        found = self.checks.get(call.path["check_id"])
        if found is None:
            raise Refusal("NOT_FOUND", f"no check {call.path['check_id']!r}")
        return Reply(found, version=1)

    def find(self, call: Call) -> Reply:
        """screening.check.find"""
        found = self._by_reference.get(call.query["external_ref"], [])
        return Reply({"items": [self.checks[each] for each in found[: call.limit]], "next": None})

    def read_list(self, _call: Call) -> Reply:
        """screening.list.read"""
        return self._listed()

    def add(self, call: Call) -> Reply:
        """screening.list.add"""
        self._require_compliance(call)
        body: Listing = call.body
        entry = ListedParty(body.entry_id, body.name, body.alias or body.name, body.country, body.tax_id or "", body.programme)
        self.watchlist.add(entry, call.now)
        return self._listed("add")

    def remove(self, call: Call) -> Reply:
        """screening.list.remove"""
        self._require_compliance(call)
        entry_id = call.path["entry_id"]
        if entry_id not in self.watchlist.entries:
            raise Refusal("NOT_FOUND", f"no entry {entry_id!r} on the list")
        self.watchlist.remove(entry_id, call.now)
        return self._listed("remove")

    def set_availability(self, call: Call) -> Reply:
        """screening.list.open"""
        self._require_compliance(call)
        body: Availability = call.body
        self.watchlist.open(available=body.available, now=call.now)
        self._openings += 1
        effect = Effect(SERVICE, "1", "update", version=self._openings, state="available" if body.available else "unavailable")
        return replace(self._listed(), effects=(effect,))

    def _listed(self, change: str | None = None) -> Reply:
        listed = self.watchlist
        state = ListState(version=listed.version, entries=len(listed.entries), available=listed.available, changed_at=listed.changed_at)
        effects = (Effect(LIST, "1", "update", version=listed.version, state=change),) if change else ()
        return Reply(state, version=listed.version, effects=effects)

    def _require_compliance(self, call: Call) -> None:
        if call.actor not in self._compliance:
            raise Refusal("SEGREGATION_OF_DUTIES", f"acting user {call.actor!r} is not of compliance")

    def final_views(self) -> list[View]:
        """Every check as it stands: as it was answered."""
        return [View(KIND, each.check_id, each.result, 1, ext_ref=each.external_ref) for each in self.checks.values()]


def _check_id(number: int) -> str:
    return f"SC{number:012X}"
