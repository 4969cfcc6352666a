"""Reads docs/connector-contract.md: what is generated in it (errors, members), and the files that it contains."""

import re
from pathlib import Path

from contracts.catalog import Catalog, ErrorCode
from tests.contract.connectors import members
from tests.shipped import CATALOG

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "connector-contract.md"
BEGIN, END = "<!-- errors: written by tests/contract/connectors/page.py from contracts/errors.yaml -->", "<!-- end of errors -->"
CLASSES_BEGIN = "<!-- classes: written by tests/contract/connectors/page.py from contracts/errors.yaml -->"
CLASSES_END = "<!-- end of classes -->"
MEMBERS = "<!-- members: written by tests/contract/connectors/page.py from contracts/openapi and members.yaml -->"
END_OF_MEMBERS = "<!-- end of members -->"
TO_DO = {
    "same": "wait (`Retry-After`, else back off), send the same again",
    "reread": "read the object again, decide again",
    "refresh": "get a new token, send the same again",
    "adopt": "take `existing_id` for yours, unless `existing_status` says that it was undone: this is a success",
    "no": "do not repeat it unchanged",
}
HEAD = "| code | status | certainly no effect | what a correct connector does | who repairs it |\n|---|---|---|---|---|"
SPECIAL = {
    "PERIOD_CLOSED": "as your manifest says: park it, or post it into the next open period",
    "INVALID_CURSOR": "begin the list again from the last change that you processed",
    "INVALID_CLIENT": "stop and tell a person",
    "INSUFFICIENT_SCOPE": "stop and tell a person",
}
IF_BUSINESS = "write the refusal to the source, or park it"
IF_OURS = "park it: mapping or code must change"


def error_table(catalog: Catalog) -> str:
    """The page's table of codes."""
    return "\n".join([HEAD, *(_error_row(error) for error in catalog.errors.values())])


def _error_row(error: ErrorCode) -> str:
    to_do = TO_DO[error.retry]
    if error.retry == "no":
        to_do = IF_BUSINESS if error.error_class == "business" and error.owner != "integration team" else IF_OURS
    to_do = SPECIAL.get(error.code, to_do)
    if not error.definite:
        to_do = f"unknown effect: {to_do}, with the same reference or key"
    return f"| `{error.code}` | {error.status} | {'yes' if error.definite else 'no'} | {to_do} | {error.owner} |"


def class_table(catalog: Catalog) -> str:
    """The page's table of what is in the way of a parked item."""
    rows = [f"| `{one.id}` | {one.doc} |" for one in catalog.error_classes.values()]
    return "\n".join(["| class | what is in the way |\n|---|---|", *rows])


def with_errors(text: str, catalog: Catalog) -> str:
    """The page with both tables as they should be."""
    text = _with(text, BEGIN, END, error_table(catalog))
    return _with(text, CLASSES_BEGIN, CLASSES_END, class_table(catalog))


def _with(text: str, begin: str, end: str, table: str) -> str:
    head, rest = text.split(begin)
    return f"{head}{begin}\n\n{table}\n\n{end}{rest.split(end, 1)[1]}"


def with_members(text: str) -> str:
    """The page with the tables of members as they should be."""
    return _with(text, MEMBERS, END_OF_MEMBERS, members.tables())


def files_in_page(text: str) -> dict[str, str]:
    """Name to content of every block that is introduced as a file."""
    return dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", text, re.DOTALL))


def fenced(text: str, language: str) -> list[str]:
    """Every block of one language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(with_members(with_errors(PAGE.read_text("utf-8"), CATALOG)), "utf-8")
