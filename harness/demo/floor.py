"""What is on the floor: every document, where it stands, each hop that it took, which faults it met. Rows of the history in, moments out.

Pure: it sees what an auditor would see, the world's own record, and never asks a system or the connector.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contracts.catalog import Catalog
from harness.actors.registry import ACTORS
from harness.demo.documents import CardStage, Hop, Incident, Moment, Row, TrackedDocument, clock_of, how_healed, ms_between
from harness.demo.words import act_words, call_words, document_name, fault_label, fault_story, system_name

HOPS_MAX = 200
TRACES_MAX = 600  # of settled documents; older ones keep their card and lose their trace
DOCUMENTS_MAX = 5_000


class Floor:
    """`take` rows in their order. `names`: what people are called, by their ids in the systems."""

    def __init__(self, catalog: Catalog, names: Mapping[str, str]) -> None:
        self._catalog = catalog
        self._names = names
        self._targets = {kind for flow in catalog.flows.values() for kind in flow.target_documents}
        self._sources = {flow.source_document for flow in catalog.flows.values()}
        self._calls = {point.id: point for flow in catalog.flows.values() for point in flow.call_points}
        self.documents: dict[str, TrackedDocument] = {}
        self.incidents: list[Incident] = []
        self.windows: dict[tuple[str, str], Incident] = {}
        self.thrown = self.healed = 0
        self.posted = self.stopped = self.handed_in = 0  # documents so far
        self.changed: set[str] = set()  # transactions since `take_changed`
        self.moments: list[Moment] = []  # since `take_moments`
        self._lost: set[str] = set()
        self._by_correlation: dict[str, str] = {}
        self._hops: dict[int, tuple[TrackedDocument, Hop]] = {}  # calls and deliveries under way, by op_id
        self._settled: list[str] = []  # in their order, with a trace
        self._handlers: Mapping[str, Callable[[Row], None]] = {
            "source_action": self._source_action,
            "event_sent": self._event_sent,
            "event_ack": self._event_ack,
            "event_dropped": self._event_dropped,
            "request": self._request,
            "decision": self._decision,
            "response_end": self._response_end,
            "commit": self._commit,
            "fault_fired": self._fault_fired,
            "fault_healed": self._fault_healed,
        }

    # --- in and out

    def introduce(self, txn_id: str, *, flow: str, entity: str, title: str) -> None:
        """A document is about to be written."""
        self.documents[txn_id] = TrackedDocument(txn_id, flow, entity, title)

    def take(self, rows: Iterable[Row]) -> None:
        """What happened, in order."""
        for row in rows:
            handler = self._handlers.get(row["kind"])
            if handler is not None:
                handler(row)

    def take_changed(self) -> list[TrackedDocument]:
        """Documents whose card changed since the last time."""
        changed, self.changed = self.changed, set()
        return [self.documents[txn_id] for txn_id in sorted(changed) if txn_id in self.documents]

    def take_moments(self) -> list[Moment]:
        """What is worth telling since the last time."""
        moments, self.moments = self.moments, []
        return moments

    def declared_parked(self, reasons: Mapping[str, str], at_ns: int, clock: str) -> None:
        """What the connector says it has parked: reason by transaction."""
        for document in list(self.documents.values()):
            reason = reasons.get(document.txn_id)
            if reason is not None and document.stage in ("approved", "connector"):
                self._stage(document, "stopped")
                document.note = f"parked: {reason}"
                self.moments.append(Moment("parked", at_ns, clock, document))
            elif reason is None and document.parked:
                self._stage(document, "connector")
                document.note = "taken up again"

    def refused_for(self, codes: Mapping[str, str]) -> None:
        """What the source systems were told about refused documents: code by transaction."""
        for document in self.open("stopped"):
            code = codes.get(document.txn_id)
            note = f"refused by the connector: {code.replace('_', ' ').lower()}" if code else document.note
            if document.note != note:
                document.note = note
                self.changed.add(document.txn_id)

    def open(self, *stages: CardStage) -> list[TrackedDocument]:
        """Documents in these stages."""
        return [document for document in self.documents.values() if document.stage in stages]

    def overdue(self, now_ns: int, patience_ns: int) -> set[str]:
        """Transactions that the connector could have finished for so long, approved and no window over it, and has not. What was lost
        before a window stays lost during it."""
        open_ones = {one.txn_id for one in self.open("approved", "connector")}
        self._lost &= open_ones
        if self.windows:
            return set(self._lost)
        free_ns = max((one.ended_ns or 0 for one in self.incidents if one.window), default=0)
        since = {txn_id: self.documents[txn_id].approved_ns for txn_id in open_ones}
        self._lost |= {txn_id for txn_id, ns in since.items() if ns is not None and now_ns - max(ns, free_ns) > patience_ns}
        return set(self._lost)

    # --- finding

    def _document(self, row: Row) -> TrackedDocument | None:
        txn_id = row.get("txn_id") or self._by_correlation.get(row.get("corr_id") or "")
        return self.documents.get(txn_id) if txn_id else None

    def _name(self, person: str) -> str:
        return self._names.get(person, person)

    def _hop(self, document: TrackedDocument, row: Row, who: str, to: str, text: str, **more: Any) -> Hop:
        hop = Hop(row["t_mono_ns"], clock_of(row), who, to, text, **more)
        document.hops.append(hop)
        if len(document.hops) > HOPS_MAX:
            document.hops.pop(HOPS_MAX // 2)  # how it began and how it goes on now matter most
            document.hops_left_out += 1
        self.changed.add(document.txn_id)
        return hop

    def _stage(self, document: TrackedDocument, stage: CardStage) -> None:
        document.stage = stage
        document.note = ""
        self.changed.add(document.txn_id)

    def _tell(self, what: str, row: Row, document: TrackedDocument | None = None, incident: Incident | None = None) -> None:
        self.moments.append(Moment(what, row["t_mono_ns"], clock_of(row), document, incident))

    # --- people

    def _source_action(self, row: Row) -> None:
        if row.get("entity_type") not in self._sources or not row.get("txn_id"):
            return
        document = self.documents.get(row["txn_id"])
        if document is None:  # somebody wrote it by hand, over the API
            document = TrackedDocument(row["txn_id"], row.get("flow") or "", "", document_name(row["entity_type"]))
            self.documents[document.txn_id] = document
        document.number, document.kind = row["entity_id"], row["entity_type"]
        document.amount_minor, document.currency = row.get("amount_minor") or 0, row.get("currency") or ""
        if row.get("corr_id"):
            document.correlation_id = row["corr_id"]
            self._by_correlation[row["corr_id"]] = document.txn_id
        person = self._name(row.get("owner") or "")
        self._hop(document, row, person, row["node"], act_words(row["call_point"]))
        self._acted(document, row, person)

    def _acted(self, document: TrackedDocument, row: Row, person: str) -> None:
        verb, actor = row["call_point"].rpartition(".")[2], ACTORS.get(row["entity_type"])
        said = f": {document.reason}" if document.reason else ""
        is_due = self._catalog.documents[row["entity_type"]].meaning(row.get("state")) == "approved"
        if actor is not None and verb == actor.create:
            document.requester = person
            if actor.is_born_due:
                self._handed_in(document, row)
                self._due(document, row)
        elif actor is not None and verb == actor.submit:
            self._handed_in(document, row)
        elif actor is not None and verb in (actor.verbs or (actor.approve,)):
            document.approver = person
            if is_due:
                self._due(document, row)
            else:
                document.note = f"{person} {act_words(row['call_point'])}; the next one decides"
        elif verb in ("reject", "withdraw", "cancel", "recall"):
            self._settle(document, row, "stopped", f"{person} {act_words(row['call_point'])}{said}")
            self._tell("rejected", row, document)
        elif verb in ("send_back", "reverse_approval"):
            self._stage(document, "approval")
            document.note = f"{person} {act_words(row['call_point'])}{said}"
            self._tell("returned", row, document)

    def _handed_in(self, document: TrackedDocument, row: Row) -> None:
        self.handed_in += not document.handed_in
        document.handed_in = True
        self._stage(document, "approval")
        self._tell("submitted", row, document)

    def _due(self, document: TrackedDocument, row: Row) -> None:
        document.approved_ns = row["t_mono_ns"]
        self._stage(document, "approved")
        self._tell("approved", row, document)

    # --- events

    def _event_sent(self, row: Row) -> None:
        document = self._document(row)
        if document is None:
            return
        event = row["call_point"].removeprefix("wh.")
        repeats = any(hop.text.startswith(f"webhook {event}") for hop in document.hops)
        text = f"webhook {event}{', again' if repeats else ''}"
        self._hops[row["op_id"]] = (document, self._hop(document, row, system_name(row["node"]), "connector", text))

    def _event_ack(self, row: Row) -> None:
        found = self._hops.pop(row["op_id"], None)
        if found is None:
            return
        document, hop = found
        status = row.get("status")
        hop.took_ms = ms_between(hop.at_ns, row["t_mono_ns"])
        taken = status is not None and 200 <= status < 300
        hop.detail, hop.tone = (f"acknowledged {status}", "ok") if taken else (f"not taken: {status or row.get('reason')}", "fail")
        if taken and document.stage == "approved":
            self._stage(document, "connector")
        self.changed.add(document.txn_id)

    def _event_dropped(self, row: Row) -> None:
        document = self._document(row)
        if document is not None:
            self._hop(document, row, system_name(row["node"]), "nobody", f"webhook {row['call_point'].removeprefix('wh.')}", detail="lost")

    # --- calls

    def _request(self, row: Row) -> None:
        document = self._document(row)
        if document is None or row["call_point"] not in self._calls:
            return
        text = call_words(row["call_point"])
        again = row.get("txn_id") is not None and row["attempt"] > 1  # attempts are counted for each transaction that is known
        hop = self._hop(document, row, "connector", system_name(row["node"]), f"{text}, again" if again else text)
        self._hops[row["op_id"]] = (document, hop)
        if document.stage == "approved":
            self._stage(document, "connector")

    def _decision(self, row: Row) -> None:
        found = self._hops.get(row["op_id"])
        if found is not None:
            outcome, code = row.get("server_outcome"), row.get("code")
            done = self._done(row)
            said = {"committed": done, "replayed": "the first answer again", "deferred": "later"}.get(outcome or "", "")
            found[1].detail = (code or said).replace("_", " ").lower() if code else said
            if outcome == "committed":
                found[1].tone = "commit"

    def _done(self, row: Row) -> str:
        """What a change came to: a 202 books nothing yet, and a source system keeps no books."""
        if self._calls[row["call_point"]].kind != "create":
            return "done"
        return "accepted, not yet posted" if row.get("status") == 202 else "booked"

    def _response_end(self, row: Row) -> None:
        found = self._hops.pop(row["op_id"], None)
        if found is None:
            return
        document, hop = found
        view, status = row.get("client_view"), row.get("status")
        hop.took_ms = ms_between(hop.at_ns, row["t_mono_ns"])
        if view == "info" and hop.tone == "commit":
            hop.detail, hop.tone = f"{hop.detail}, but the connector cannot know", "info"
        elif view == "info":
            hop.detail, hop.tone = hop.detail or "no usable answer", "info"
        else:
            hop.detail = " ".join(filter(None, (str(status or ""), hop.detail)))
            hop.tone = hop.tone or ("ok" if view == "ok" else "fail")
        if row.get("fault_id") == "F-B5":
            document.note = f"waits for {system_name(row['node'])}"
        self.changed.add(document.txn_id)

    # --- books

    def _commit(self, row: Row) -> None:
        document = self._document(row)
        if document is None:
            return
        kind, state = row["entity_type"], row.get("state") or ""
        if kind in self._targets:
            self._target(document, row, kind)
        elif kind in self._sources and row.get("op_id") is not None:
            meaning = self._catalog.documents[kind].meaning(state)
            if meaning == "posted":
                self._tell("posted", row, document)
                self._settle(document, row, "posted", "")
            elif meaning == "refused":
                self._tell("refused", row, document)
                self._settle(document, row, "stopped", "refused by the connector")

    def _target(self, document: TrackedDocument, row: Row, kind: str) -> None:
        name = f"{document_name(kind)} {row['entity_id']}"
        if row["effect"] == "create":
            document.posted[row["entity_id"]] = kind
            if len(document.posted) > 1:
                document.doubled = True
                self._unheal(document)
                self._tell("doubled", row, document)
            self.changed.add(document.txn_id)
            if row.get("op_id") is None:
                self._hop(document, row, system_name(row["node"]), system_name(row["node"]), f"posts {name}", tone="commit")
        elif row["effect"] == "reverse":
            document.posted.pop(row.get("parent_id") or "", None)
            self._hop(document, row, system_name(row["node"]), system_name(row["node"]), f"takes back {name}", tone="commit")
        elif self._catalog.documents[kind].meaning(row.get("state")) in ("dead", "refused"):
            document.posted.pop(row["entity_id"], None)

    def _settle(self, document: TrackedDocument, row: Row, stage: CardStage, note: str) -> None:
        self._stage(document, stage)
        document.note = note
        document.settled_ns = row["t_mono_ns"]
        self.posted += stage == "posted"
        self.stopped += stage == "stopped"
        for incident in document.incidents:
            if incident.healed_ns is None and not incident.window and not document.doubled:
                incident.how = how_healed(document, incident)
                self._heal(incident, row)
        self._settled.append(document.txn_id)
        self._forget()
        for window in [one for one in self.incidents if one.window and one.ended_ns is not None and one.healed_ns is None]:
            self._heal_window(window, row)

    def _forget(self) -> None:
        """A demo may run for a day: the oldest traces go, then the oldest cards."""
        if len(self._settled) > TRACES_MAX:
            old = self.documents.get(self._settled.pop(0))
            if old is not None:
                old.hops.clear()
                self._by_correlation.pop(old.correlation_id, None)
        if len(self.documents) > DOCUMENTS_MAX:
            oldest = next((one for one in self.documents.values() if one.settled_ns is not None), None)
            if oldest is not None:
                del self.documents[oldest.txn_id]

    # --- faults

    def _fault_fired(self, row: Row) -> None:
        fault = self._catalog.faults[row["fault_id"]]
        document = self.documents.get(row.get("txn_id") or "")
        if document is None:
            self._window(row)
            return
        system = row["node"] if row["node"] != "harness" else row["call_point"].partition(".")[0]
        label, story = fault_label(fault.id, fault.name), fault_story(fault.id, fault.name, system)
        incident = Incident(fault.id, label, story, system, row["t_mono_ns"])
        incident.documents.add(document.txn_id)
        document.incidents.append(incident)
        self._keep(incident)
        self._hop(document, row, "fault", system_name(system), incident.label, detail=incident.story, tone="fault")
        self._tell("fault", row, document, incident)

    def _window(self, row: Row) -> None:
        fault, system = self._catalog.faults[row["fault_id"]], row["call_point"]
        incident = self.windows.get((fault.id, system))
        if incident is None:
            label, story = fault_label(fault.id, fault.name), fault_story(fault.id, fault.name, system)
            label = f"{system_name(system)} {label}" if fault.family == "outage" else label
            incident = self.windows[fault.id, system] = Incident(fault.id, label, story, system, row["t_mono_ns"], window=True)
            self._keep(incident)
            self._tell("fault", row, None, incident)
        for txn_id in (row.get("experienced_by") or "").split():
            document = self.documents.get(txn_id)
            if document is not None:
                incident.documents.add(txn_id)

    def _fault_healed(self, row: Row) -> None:
        incident = self.windows.pop((row["fault_id"], row.get("call_point") or ""), None)
        if incident is not None:
            incident.ended_ns = row["t_mono_ns"]
            # who is still with people did not meet it
            incident.documents = {txn for txn in incident.documents if self._met(txn, incident)}
            self._tell("ended", row, None, incident)
            self._heal_window(incident, row)

    def _met(self, txn_id: str, incident: Incident) -> bool:
        document = self.documents.get(txn_id)
        if document is None or document.approved_ns is None:
            return False
        return document.settled_ns is None or document.settled_ns >= incident.began_ns

    def _heal_window(self, incident: Incident, row: Row) -> None:
        if all(self.documents[txn].settled_ns is not None for txn in incident.documents if txn in self.documents):
            count, seconds = len(incident.documents), (row["t_mono_ns"] - (incident.ended_ns or 0)) / 1e9
            waited = f"{count} documents that waited are" if count != 1 else "the one document that waited is"
            incident.how = f"{waited} through, {seconds:.1f} s after it was over" if count else "no document met it"
            self._heal(incident, row)

    def _unheal(self, document: TrackedDocument) -> None:
        """What was called healed and booked once is neither."""
        for incident in document.incidents:
            if incident.healed_ns is not None and not incident.window:
                incident.healed_ns, incident.how = None, ""
                self.healed -= 1

    def _keep(self, incident: Incident) -> None:
        self.thrown += 1
        self.incidents = [one for one in self.incidents if one.healed_ns is None][-500:]
        self.incidents.append(incident)

    def _heal(self, incident: Incident, row: Row) -> None:
        incident.healed_ns = row["t_mono_ns"]
        self.healed += 1
        document = self.documents.get(next(iter(incident.documents), "")) if not incident.window else None
        self._tell("healed", row, document, incident)
