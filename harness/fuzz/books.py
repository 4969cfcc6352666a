"""What an accounting system owes whatever was sent to it: balanced books, and one effect for each idempotency key."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

from harness.fuzz.key_header import PREFIX

LEDGERS = ("actual", "memo")
TIMEOUT_S = 10.0
BALANCES, JOURNALS, EFFECTS = "books_balance", "history_balances", "history_has_one_effect_for_one_key"


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at, by the name of the check, and the objections to it."""

    read: Counter[str]
    objections: list[str]


class TrialBalances:
    """Asks the ERP for the trial balance of each company, as an auditor would."""

    def __init__(self, base_url: str, token: str, companies: Sequence[str]) -> None:
        self._urls = [f"{base_url}/trial-balance?{urlencode({'company_code': one, 'ledger': two})}" for one in companies for two in LEDGERS]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self) -> Audit:
        """The books as they stand."""
        read: Counter[str] = Counter()
        return Audit(read, [objection for url in self._urls for objection in self._one(url, read)])

    def _one(self, url: str, read: Counter[str]) -> Iterator[str]:
        try:
            answer = self._session.get(url, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            yield f"the trial balance cannot be read: {type(error).__name__}"
            return
        if answer.status_code == 200:
            read[BALANCES] += 1
            yield from unbalanced(answer.json())
        else:
            yield f"the trial balance cannot be read: {answer.status_code}"


def unbalanced(balance: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a trial balance."""
    name = f"trial balance of {balance['company_code']} ({balance['ledger']})"
    debit, credit = Decimal(balance["total_debit"]), Decimal(balance["total_credit"])
    if debit != credit:
        yield f"{name}: debit and credit differ by {debit - credit}"
    rest = sum((Decimal(account["balance"]) for account in balance["accounts"]), Decimal(0))
    if rest != 0:
        yield f"{name}: the accounts add up to {rest}, not to zero"


def audit_history(rows: Iterable[Mapping[str, Any]]) -> Audit:
    """The history of a world: journals that do not balance, keys with several effects."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    keys: dict[int, tuple[str, str]] = {}
    of_people: dict[str, int] = {}  # under way
    effects: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        if row["kind"] == "request":
            if row.get("owner"):
                of_people[row["call_point"]] = row["op_id"]
            if str(row.get("idem_key", "")).startswith(PREFIX):
                keys[row["op_id"]] = (row["call_point"], row["idem_key"])
        elif row["kind"] == "response_end":
            of_people.pop(row["call_point"], None)
        elif row["kind"] == "commit":
            if row.get("entity_type") == "journal_line":
                sums[row["entity_id"].rsplit("/", 1)[0], row["currency"]] += row["amount_minor"]
            number = _request_of(row, of_people)
            if number in keys:
                effects[keys[number]].add(number)
    wrong = [f"journal {name} in {currency} is out of balance by {rest} minor units" for (name, currency), rest in sums.items() if rest]
    wrong += [f"key {key} at {point} had {len(ops)} effects" for (point, key), ops in effects.items() if len(ops) > 1]
    return Audit(Counter({JOURNALS: len(sums), EFFECTS: len(effects)}), wrong)


def _request_of(commit: Mapping[str, Any], of_people: Mapping[str, int]) -> int | None:
    """What people do is recorded without its request: it is theirs that is under way at that place, because they are sent one at a time.
    What a system does without any was deferred, and belongs to none."""
    number = commit.get("op_id")
    return of_people.get(commit.get("call_point", "")) if number is None else number


def rows_of(history: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a history that is complete to its last line."""
    with history.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)
