"""The last lines in the terminal: what a person understands in ten seconds."""

import textwrap
from pathlib import Path

from reports.fields import Record, clip, count, percent, rows, table, text, texts, whole
from reports.headline import exit_code_of, straight_through_of, tested_sentence, title_of, verdict_of
from reports.money import amounts_of, amounts_text, at_risk, violation_money
from reports.violations import again_alone, own_story, plan_of, spread
from reports.words import EXIT_WHY, RUN_WORD, TIMES, whose

WIDTH = 100
FIRST = 5
_LABEL = 11


def summary_text(verdict: Record, *, report: Path | None = None) -> str:
    """Plain text without colour codes, ending without a newline. `report` is where the page lies."""
    kind = verdict_of(verdict)
    code = exit_code_of(verdict)
    lines = [f"{RUN_WORD[kind].upper()}  {title_of(verdict)}", ""]
    lines += _labelled("looked at", tested_sentence(verdict) + _judged(verdict))
    lines += _straight_through(verdict)
    lines += [line for told in texts(verdict, "told") for line in _labelled("note", clip(told, 400))]
    money = amounts_text(at_risk(verdict))
    lines += _labelled("at risk", money) if money else []
    lines += _reasons(verdict) if kind != "pass" else []
    lines += _wrong(verdict)
    lines += _first_violations(rows(verdict, "violations"))
    lines += ["", *_labelled("report", str(report))] if report else [""]
    lines += _labelled("exit code", f"{code}: {EXIT_WHY.get(code, 'not known to this version')}")
    return "\n".join(line.rstrip() for line in lines)


def _labelled(label: str, content: str) -> list[str]:
    head = f"  {label:<{_LABEL}}"
    return textwrap.wrap(
        content, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False, break_on_hyphens=False
    ) or [head]


def _judged(verdict: Record) -> str:
    cells = table(table(verdict, "coverage"), "cells")
    applicable = whole(cells, "applicable")
    return (
        f" {whole(cells, 'judged'):,} of {count(applicable, 'cell')} (call point {TIMES} fault) judged.{_by_flow(verdict)}"
        if applicable
        else ""
    )


def _by_flow(verdict: Record) -> str:
    """The same for each flow of which something was to be judged, when there is more than one."""
    covered = table(table(verdict, "coverage"), "by_flow")
    counts = {flow: (whole(table(covered, flow), "judged"), whole(table(covered, flow), "applicable")) for flow in covered}
    parts = [f"{flow} {judged:,} of {applicable:,}" for flow, (judged, applicable) in counts.items() if applicable]
    return f" By flow: {', '.join(parts)}." if len(parts) > 1 else ""


def _straight_through(verdict: Record) -> list[str]:
    posted, expected = straight_through_of(verdict)
    if not expected:
        return []
    share = percent(posted, expected)
    return _labelled("posted", f"{posted:,} of the {expected:,} that only met faults which pass by themselves, without parking ({share}).")


def _reasons(verdict: Record) -> list[str]:
    """Why it is no pass, without the violated invariants, which have lines of their own."""
    violated = tuple(f"{text(row, 'id')}: " for row in rows(verdict, "invariants") if text(row, "status") == "violated")
    reasons = [reason for reason in texts(verdict, "reasons") if not violated or not reason.startswith(violated)]
    found = [line for reason in reasons[:FIRST] for line in _labelled("because", clip(reason, 400))]
    return found + (_labelled("", f"and {count(len(reasons) - FIRST, 'more reason')}") if len(reasons) > FIRST else [])


def _wrong(verdict: Record) -> list[str]:
    broken = [row for row in rows(verdict, "invariants") if text(row, "status") in {"violated", "warned", "error"}]
    wrong = [row for row in broken if text(row, "status") == "violated"]
    others = [row for row in broken if text(row, "status") != "violated"]
    lines: list[str] = []
    for head, group in (("rules that were broken", wrong), ("rules that were not kept, without failing the run", others)):
        group.sort(key=lambda row: (-whole(row, "violations"), text(row, "id")))
        lines += ["", f"  {head}"] if group else []
        lines += [line for row in group for line in _invariant(row)]
    return lines


def _invariant(row: Record) -> list[str]:
    money = amounts_text(amounts_of(row, "money"))
    mark = whose(text(row, "origin"))
    unchecked = " (could not be checked)" if text(row, "status") == "error" else ""
    said = f"{mark and mark + ': '}{text(row, 'title')}{unchecked}{money and ': ' + money}"
    head = f"  {text(row, 'id'):<4} {whole(row, 'violations'):>5,} {TIMES}  "
    return textwrap.wrap(clip(said, 300), WIDTH, initial_indent=head, subsequent_indent=" " * len(head))


def _first_violations(violations: list[Record]) -> list[str]:
    chosen = spread(violations, FIRST)
    lines = []
    for violation in chosen:
        money = violation_money(violation)
        lines += [
            "",
            f"  {text(violation, 'invariant')} {text(violation, 'txn_id')}{'  ' + money if money else ''}  {_solo(violation)}".rstrip(),
        ]
        lines += textwrap.wrap(clip(own_story(violation), 300), WIDTH, initial_indent="    ", subsequent_indent="    ")
        lines.append(f"    plan    {clip(plan_of(violation), 200)}")
        if command := text(violation, "replay"):
            lines.append(f"    replay  {command}")
    if len(violations) > len(chosen):
        lines += ["", f"  {count(len(violations) - len(chosen), 'more violation')} in the report"]
    return lines


def _solo(violation: Record) -> str:
    alone = again_alone(violation)
    return f"(again alone: {alone})" if alone else ""
