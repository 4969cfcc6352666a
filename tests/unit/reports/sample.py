"""Run directories that look like real ones, made without a run: a failing one with many violations, a passing one, a hostile one."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from contracts.catalog import CallPoint, Catalog, Fault, Flow
from tests.shipped import CATALOG

SENTENCE = (
    "Exhaustive means: every declared call point, times every declared fault mode that applies to it, once per template, with one data "
    "template per class and one interleaving. It does not mean all timings, all data, all orders."
)
LIMITS = (
    "No violation was found in these experiments, with this coverage, under this fault model. Not seen: faults inside the connector's own "
    "database or queue, timing bugs narrower than the hold points, bugs that need three faults, data outside the templates."
)
SHORT = {"requisition-to-po": "p2p", "expense-to-posting": "exp"}  # two flows, whatever else ships
_SHIPPED = CATALOG
_FLOWS = {flow: _SHIPPED.flows[flow] for flow in SHORT}
_ACTS = {act for flow in _FLOWS.values() for act in _SHIPPED.documents[flow.source_document].acts}
# Without faults of which every mode needs something that people never do to these two kinds of documents.
_FAULTS = {name: fault for name, fault in _SHIPPED.faults.items() if any(set(mode.acts) <= _ACTS for mode in fault.modes)}
CATALOG = replace(_SHIPPED, flows=_FLOWS, faults=_FAULTS)
MONEY = {"US01": ("USD", 2), "DE01": ("EUR", 2), "JP01": ("JPY", 0)}
KINDS = {
    "transaction": lambda fault, point: (
        point.kind in fault.at
        or ("source" in fault.at and point.source)
        or ("supplier_read" in fault.at and point.id == "erp.supplier.read")
        or ("source_event" in fault.at and point.kind == "event" and point.stage == "normal" and point.system != "erp")
        or ("callback" in fault.at and bool(point.callback_of))
    ),
    "kill": lambda fault, point: point.kind in fault.at or ("source_event" in fault.at and point.id.endswith("approved")),
}

Text = Callable[[str], str]
Cell = tuple[Flow, CallPoint, Fault, str]


def plain(text: str) -> str:
    """The text as it is."""
    return text


def hostile(text: str) -> str:
    """What an attacker, a spreadsheet or a bad encoding would put there."""
    return f"<script>alert('{text}')</script><img src=x onerror=alert(1)>\"'&;{{{{7*7}}}}\x1b[31m\u202e\ud800 {text}"


def _money(amount_minor: int, entity: str) -> dict[str, str]:
    currency, digits = MONEY[entity]
    return {"amount": str(Decimal(amount_minor).scaleb(-digits)), "currency": currency}


def _entry(t_ms: float, node: str, kind: str, *what: Any) -> dict[str, Any]:
    call_point, attempt, text, *view = what
    return {
        "t_ms": t_ms,
        "node": node,
        "kind": kind,
        "call_point": call_point,
        "attempt": attempt,
        "text": text,
        "view": view[0] if view else None,
    }


def timeline(flow: Flow, point: CallPoint, fault: Fault, say: Text) -> list[dict[str, Any]]:
    """What the world saw of one double posting."""
    source, read = flow.source_system, next(p.id for p in flow.call_points if p.source)
    create = next(p.id for p in flow.call_points if p.kind == "create")
    event = next(p.id for p in flow.call_points if p.kind == "event")
    settle = flow.settled_by[0]
    return [
        _entry(
            0.0,
            source,
            "source_action",
            None,
            None,
            say("a person: requisition REQ-R7K2-000017 is now pending_approval, 20629 USD in minor units"),
            None,
        ),
        _entry(
            1.2,
            source,
            "source_action",
            None,
            None,
            "a person: requisition REQ-R7K2-000017 is now approved, 20629 USD in minor units",
            None,
        ),
        _entry(2.0, source, "event_sent", event, 1, say("event evt-r7k2-17-1"), None),
        _entry(4.1, source, "event_ack", event, 1, "the connector answered 202", "ok"),
        _entry(8.3, source, "request", read, 1, "GET /api/v1/requisitions/{id}", None),
        _entry(9.0, source, "response_end", read, 1, "200", "ok"),
        _entry(11.5, "erp", "request", "erp.supplier.read", 1, "GET /suppliers/{vendor_id}", None),
        _entry(12.1, "erp", "response_end", "erp.supplier.read", 1, say("200 Müller & Söhne"), "ok"),
        _entry(14.0, "erp", "request", create, 1, "POST /purchase-orders key 6f1c reference REQ-R7K2-000017/1", None),
        _entry(15.2, "erp", "commit", create, 1, say("create: purchase order 4500012345 is now created, 20629 USD in minor units"), None),
        _entry(15.3, "erp", "fault_fired", create, 1, f"fault {fault.id}/{fault.modes[0].id}", None),
        _entry(15.9, "erp", "response_end", create, 1, say("no answer committed"), "info"),
        _entry(71.4, "erp", "request", create, 2, "POST /purchase-orders key 9a0e reference REQ-R7K2-000017/1b", None),
        _entry(72.6, "erp", "commit", create, 2, "create: purchase order 4500012346 is now created, 20629 USD in minor units", None),
        _entry(73.0, "erp", "response_end", create, 2, "201 committed", "ok"),
        _entry(76.2, source, "request", settle, 1, "PUT", None),
        _entry(77.0, source, "response_end", settle, 1, "409 VERSION_CONFLICT rejected", "fail"),
        _entry(90.0, source, "request", settle, 2, "PUT", None),
        _entry(91.0, source, "commit", settle, 2, "update: requisition REQ-R7K2-000017 is now ordered, 20629 USD in minor units", None),
        _entry(91.4, source, "response_end", settle, 2, "200", "ok"),
    ]


LATER_FAULTS = {"F-B11", "F-B12", "F-B31", "F-D10", "F-F14"}
LATER_MODES = {
    "future_timestamp",
    "cancelled_by_its_author",
    "recalled_by_its_author",
    "answer_lost",
    "amended",
    "amended_twice",
    "corrected",
}


def _cells(catalog: Catalog) -> list[Cell]:
    """Some families, not all: the sample's counts and sums stay what the tests say when the vocabulary grows."""
    return [
        (flow, point, fault, mode.id)
        for flow in catalog.flows.values()
        for point in flow.call_points
        if not point.is_shared
        for fault in catalog.faults.values()
        if fault.family != "drift" and fault.scope in KINDS and KINDS[fault.scope](fault, point)
        for mode in fault.modes
        if mode.id not in LATER_MODES and fault.id not in LATER_FAULTS
    ]


STORIES = {
    "C01": "The {where} answer got lost; the connector sent the order again under a new reference, and the ERP now holds two.",
    "C02": "Two live postings remain for one source document.",
    "C03": "The document was approved, was never posted and is on no list of parked items.",
    "K10": "A forged event was acknowledged with 202 and an order was created from it.",
}
TITLES = {
    "C01": ("No source document is posted twice, not even for a moment", "occurrence", "money"),
    "C02": ("No source document has two live postings at rest", "occurrence", "money"),
    "C03": ("Nothing approved is lost", "completeness", "loss"),
    "K10": ("A forged or expired event is refused and has no effect", "security", "security"),
}
QUIET = {
    "C06": ("The posted amount is the approved amount", "accuracy", "money", "ok", 512),
    "C08": ("Every journal balances", "balance", "books", "ok", 311),
    "C13": ("Nothing is posted into a closed period", "cut-off", "books", "vacuous", 0),
    "K05": ("Attempts stay within the declared budget", "conduct", "conduct", "warned", 212),
    "L08": ("What is re-driven is posted once", "honesty", "liveness", "not_applicable", 0),
    "V01": ("Every planned fault fired", "vacuity", "conduct", "ok", 480),
}


def _broken(number: int, fault: Fault, point: CallPoint) -> list[str]:
    if fault.id in {"F-A3", "F-A5", "F-A6", "F-A9", "F-B8"} and point.kind == "create":
        return ["C01", "C02"]
    if fault.id == "F-D8":
        return ["K10"]
    if fault.id in {"F-D5", "F-G4"} or (fault.id == "F-B20" and number % 2):
        return ["C03"]
    return []


def failing(*, say: Text = plain, repeat: int = 1) -> dict[str, dict[str, Any]]:
    """manifest, plan and verdict of a connector that posts twice; `repeat` multiplies every cell's experiments."""
    catalog = CATALOG
    experiments: list[dict[str, Any]] = []
    violations: list[dict[str, Any]] = []
    matrix: list[dict[str, Any]] = []
    number = 0
    for flow, point, fault, mode in _cells(catalog):
        unreached = point.stage == "recovery" and point.kind == "event"
        cell = {"flow": flow.id, "call_point": point.id, "fault_id": fault.id, "mode": mode, "planned": 0, "fired": 0, "judged": 0}
        verdicts = []
        for _ in range(0 if unreached else repeat):
            number += 1
            experiments.append(_experiment(number, (flow, point, fault, mode), say))
            broken = _broken(number, fault, point)
            verdicts.append("fail" if broken else "void" if number % 67 == 0 else "inconclusive" if number % 71 == 0 else "pass")
            experiments[-1]["verdict"] = verdicts[-1]
            experiments[-1]["why"] = None if verdicts[-1] in {"pass", "fail"} else say("the fault never fired")
            experiments[-1]["outcome"] = "double" if "C01" in broken else "lost" if "C03" in broken else "posted"
            violations += [_violation(invariant, experiments[-1], (flow, point, fault, mode), say) for invariant in broken]
        worst = next((v for v in ("fail", "contaminated", "inconclusive", "void", "pass") if v in verdicts), "not_applicable")
        fired = sum(1 for v in verdicts if v != "void")
        cell |= {"planned": len(verdicts), "fired": fired, "judged": fired, "verdict": worst}
        matrix.append(cell | {"reason": say("the baseline never reached this call point") if unreached else None})
    number += 1
    experiments += [_control(n, say) for n in range(number, number + 60)]
    return {
        "manifest": _manifest(say),
        "plan": {"experiments": [{"txn_id": e["txn_id"], "flow": e["flow"], "steps": []} for e in experiments], "cells": []},
        "verdict": _verdict(experiments, violations, matrix, say),
    }


def _experiment(number: int, cell: Cell, say: Text) -> dict[str, Any]:
    flow, point, fault, mode = cell
    entity = list(MONEY)[number % 3]
    return {
        "txn_id": f"{SHORT[flow.id]}-{number:06d}",
        "flow": flow.id,
        "template": f"{flow.id}/{entity}",
        "wave": f"wave-{fault.family}",
        "role": "faulted",
        "plan": say(f"{point.id}@1 = {fault.name}/{mode}"),
        "solo": None,
    }


def _control(number: int, say: Text) -> dict[str, Any]:
    row = {
        "txn_id": f"p2p-{number:06d}",
        "flow": "requisition-to-po",
        "template": "requisition-to-po/US01",
        "wave": "wave-status",
        "role": "control",
    }
    return row | {"plan": say("no fault"), "verdict": "pass", "why": None, "outcome": "posted", "solo": None}


def _violation(invariant: str, experiment: dict[str, Any], cell: Cell, say: Text) -> dict[str, Any]:
    flow, point, fault, _ = cell
    entity = experiment["template"].split("/")[1]
    number = int(experiment["txn_id"].split("-")[1])
    experiment["solo"] = "1/1" if number % 5 else "0/1"
    return {
        "invariant": invariant,
        "txn_id": experiment["txn_id"],
        "call_point": point.id,
        "fault_id": fault.id,
        "fault_name": fault.name,
        "plan": f"{experiment['txn_id']}: {experiment['plan']}",
        "story": say(STORIES[invariant].format(where=point.id)),
        "money": _money(20_000 + 37 * number, entity) if invariant != "K10" else None,
        "control_txn": say("p2p-000999") if number % 4 else None,
        "timeline": timeline(flow, point, fault, say),
        "solo": {"reproduced": 1 if number % 5 else 0, "of": 1},
        "also_without_fault": (None, True, False)[number % 3],
        "replay": say(f"dryclose replay runs/r7k2 {experiment['txn_id']}"),
    }


def _invariants(violations: list[dict[str, Any]], say: Text) -> list[dict[str, Any]]:
    found = []
    for invariant, (title, family, severity) in TITLES.items():
        mine = [v for v in violations if v["invariant"] == invariant]
        rows = [
            {
                "txn_id": v["txn_id"],
                "call_point": v["call_point"],
                "story": v["story"],
                "money_minor": 20629,
                "currency": "USD",
                "documents": say("4500012345 4500012346"),
            }
            for v in mine
        ]
        entry = {
            "id": invariant,
            "title": title,
            "family": family,
            "severity": severity,
            "status": "violated" if mine else "ok",
            "required": True,
        }
        money = {"USD": "8123.37", "EUR": "912.00", "JPY": "104300"} if mine and invariant != "K10" else {}
        found.append(entry | {"candidates": 540, "violations": len(mine), "money": money, "rows": rows[:20]})
    for invariant, (title, family, severity, status, candidates) in QUIET.items():
        entry = {"id": invariant, "title": title, "family": family, "severity": severity, "status": status, "required": invariant != "L08"}
        found.append(entry | {"candidates": candidates, "violations": 3 if status == "warned" else 0, "money": {}, "rows": []})
    return sorted(found, key=lambda entry: str(entry["id"]))


def _verdict(
    experiments: list[dict[str, Any]], violations: list[dict[str, Any]], matrix: list[dict[str, Any]], say: Text
) -> dict[str, Any]:
    counts = {
        name: sum(1 for e in experiments if e["verdict"] == name) for name in ("pass", "fail", "void", "inconclusive", "contaminated")
    }
    cells = {"applicable": sum(1 for c in matrix if c["planned"]), "planned": 0, "fired": 0, "judged": 0, "not_applicable": 0}
    cells |= {name: sum(1 for c in matrix if c[name]) for name in ("planned", "fired", "judged")}
    cells["not_applicable"] = sum(1 for c in matrix if c["verdict"] == "not_applicable")
    return {
        "schema": 1,
        "run_id": "r7k2",
        "seed": 42,
        "scenario": say("standard"),
        "connector": say("naive"),
        "verdict": "fail" if violations else "pass",
        "exit_code": 1 if violations else 0,
        "reasons": [say("C01 is violated by 60 transactions")] if violations else [],
        "experiments": {"total": len(experiments)} | counts,
        "by_experiment": experiments,
        "invariants": _invariants(violations, say),
        "violations": violations,
        "coverage": {"cells": cells, "matrix": matrix, "sentence": say(SENTENCE)},
        "straight_through": {
            "connection": {"posted": 71, "expected": 96, "rate": 0.7396},
            "status": {"posted": 140, "expected": 140, "rate": 1.0},
            "all": {"posted": 211, "expected": 236, "rate": 0.8941},
        },
        "parking": {"declared_by": "nothing", "items": 0, "unproven": 0},
        "interference": {
            "wave-status": {
                "contaminated": False,
                "control_p95_ms": 41.2,
                "baseline_p95_ms": 39.8,
                "note": say("controls are like the baseline"),
            }
        },
        "noise": {"fields_that_differ": 0, "attempts_that_differ": 1},
        "figures": {"experiments_per_s": 71.3, "events": 41877, "judge_s": 1.82, "duration_s": 31.4, "concurrency_effective": 7.6},
        "limits_of_a_pass": say(LIMITS),
    }


def _manifest(say: Text) -> dict[str, Any]:
    return {
        "schema": 1,
        "run_id": "r7k2",
        "seed": 42,
        "scenario": {
            "name": say("standard"),
            "title": say("Every fault at every call point"),
            "flows": list(SHORT),
            "entities": list(MONEY),
        },
        "connector": {
            "name": say("naive"),
            "description": say("sends neither key nor reference"),
            "webhook": True,
            "parked": "nothing",
            "redrive": False,
            "kills": True,
        },
        "versions": {"dryclose": "0.1.0", "python": "3.11.9"},
        "started_at": "2026-11-21T09:53:15+00:00",
        "finished_at": "2026-11-21T09:53:46+00:00",
        "status": "complete",
        "why": None,
        "figures": {"duration_s": 31.4},
        "drawn_options": {"webhook_schedule_ms": [0, 300, 1000], "posting_delay_ms": 30, "note": say("drawn from the seed")},
        "restarts": [],
    }


def passing() -> dict[str, dict[str, Any]]:
    """A run without any violation."""
    run = failing()
    verdict = run["verdict"]
    for experiment in verdict["by_experiment"]:
        experiment.update(verdict="pass", outcome="posted", solo=None, why=None)
    for cell in verdict["coverage"]["matrix"]:
        cell["verdict"] = "pass" if cell["planned"] else "not_applicable"
    total = len(verdict["by_experiment"])
    verdict["experiments"] = {"total": total, "pass": total, "fail": 0, "void": 0, "inconclusive": 0, "contaminated": 0}
    for invariant in verdict["invariants"]:
        invariant.update(
            status="ok" if invariant["status"] in {"violated", "warned"} else invariant["status"], violations=0, money={}, rows=[]
        )
    verdict.update(violations=[], verdict="pass", exit_code=0, reasons=[], connector="careful")
    run["manifest"]["connector"]["name"] = "careful"
    return run


def write_run(folder: Path, run: dict[str, dict[str, Any]]) -> Path:
    """The run as files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in run.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return folder
