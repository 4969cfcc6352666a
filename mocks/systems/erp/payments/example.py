"""Valid requests about payments, for fuzzing."""

from collections.abc import Iterator

from mocks.systems.erp.documents.example import DAY, Body, Example

NEXT_RUN = "20270131"  # by then everything is late
WORDS: tuple[Body, ...] = tuple({"status": word} for word in ("accepted", "rejected", "stopped", "returned"))
STATEMENTS: tuple[Body, ...] = tuple({"status": word} for word in ("cleared", "rejected", "returned"))
FILE_WORDS: tuple[Body, ...] = tuple({"status": word} for word in ("accepted", "partially_accepted", "rejected"))


def proposals(desk: Example) -> Iterator[Body]:
    """What is due in this company, with a reference and without, and in a company that there is not."""
    valid = {"company_code": desk.entity.erp_company, "pay_on": DAY, "next_run_on": NEXT_RUN}
    yield valid
    yield {**valid, "external_ref": f"FUZZ-RUN-{desk.entity.key}"}
    yield {**valid, "documents": ["5100000404"]}
    yield {**valid, "company_code": "9999"}
