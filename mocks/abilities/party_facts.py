"""What a system was told about a party, fact by fact, for the judge: it holds what was asked for against what was screened and created.

The names of facts are the same in every system, or nothing could be compared: `NAMES`. A value is folded, so that letter case, width
and blanks make no other party; the name carries its normalised form too (`party`), which is what a screening is about.
"""

import unicodedata
from collections.abc import Mapping
from typing import Literal

from mocks.abilities.party_names import normalised
from mocks.kit.operation import Effect

NAMES = frozenset(
    {"name", "street", "postcode", "city", "country", "account", "holder", "bank_country", "payment_terms", "currency"}
)  # country: ISO 3166-1 alpha-2; account: the IBAN, or country/routing/account


def party_facts(
    entity_type: str,
    owner: str,
    facts: Mapping[str, str | None],
    *,
    about: str,
    revision: int | None = None,
    effect: Literal["create", "update"] = "create",
) -> tuple[Effect, ...]:
    """One row for each fact that was told. owner: the document's id; about: what distinguishes its rows (a revision); None and "" are
    left out. Raises ValueError for a fact that no other system would compare."""
    unknown = facts.keys() - NAMES
    if unknown:
        raise ValueError(f"facts of a party: {', '.join(sorted(unknown))}: valid are {', '.join(sorted(NAMES))}")
    return tuple(
        Effect(
            entity_type,
            f"{owner}/{about}{name}",
            effect,
            src_version=revision,
            parent_id=owner,
            category=name,
            ext_ref=folded(told),
            party=normalised(told) if name == "name" else None,
        )
        for name, told in facts.items()
        if told
    )


def account_number(country: str, iban: str | None, routing: str | None, account: str | None) -> str:
    """One account is one text, whichever system says it."""
    return iban or f"{country}/{routing}/{account}"


def folded(text: str) -> str:
    """One width, one letter case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
