"""What an accounting system owes whatever was sent to it: balanced books, and one effect for each idempotency key."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

from harness.fuzz.keys import PREFIX

LEDGERS = ("actual", "memo")
TIMEOUT_S = 10.0


class TrialBalances:
    """Asks the ERP for the trial balance of each company, as an auditor would."""

    def __init__(self, base_url: str, token: str, companies: Sequence[str], *, may_be_down: bool = False) -> None:
        self._may_be_down = may_be_down  # whoever fuzzes the control port takes systems down
        self._urls = [f"{base_url}/trial-balance?{urlencode({'company_code': one, 'ledger': two})}" for one in companies for two in LEDGERS]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self) -> list[str]:
        """Objections to the books as they stand."""
        return [objection for url in self._urls for objection in self._one(url)]

    def _one(self, url: str) -> Iterator[str]:
        try:
            answer = self._session.get(url, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            if not self._may_be_down:
                yield f"the trial balance cannot be read: {type(error).__name__}"
            return
        if answer.status_code == 200:
            yield from unbalanced(answer.json())
        elif not (self._may_be_down and answer.status_code in {401, 503}):
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


def history_objections(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong in the history of a world: journals that do not balance, keys with several effects."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    keys: dict[int, tuple[str, str]] = {}
    effects: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        if row["kind"] == "request" and str(row.get("idem_key", "")).startswith(PREFIX):
            keys[row["op_id"]] = (row["call_point"], row["idem_key"])
        elif row["kind"] == "commit":
            if row.get("entity_type") == "journal_line":
                sums[row["entity_id"].rsplit("/", 1)[0], row["currency"]] += row["amount_minor"]
            if row.get("op_id") in keys:
                effects[keys[row["op_id"]]].add(row["op_id"])
    yield from (f"journal {name} in {currency} is out of balance by {rest} minor units" for (name, currency), rest in sums.items() if rest)
    yield from (f"key {key} at {point} had {len(ops)} effects" for (point, key), ops in effects.items() if len(ops) > 1)


def rows_of(history: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a history that is complete to its last line."""
    with history.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)
