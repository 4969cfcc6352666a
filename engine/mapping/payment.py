"""The file of a payment run is carried to the bank as it is, when it says what the run says."""

from decimal import Decimal, InvalidOperation

from engine.mapping.rules import Unpostable
from engine.model.payments import BankFile, PaymentFileDraft
from engine.model.sources import PaymentRun


def file_draft(run: PaymentRun) -> PaymentFileDraft:
    """Raises Unpostable when file and run contradict each other."""
    file = run.file
    if file is None:
        raise Unpostable(f"payment run {run.source_id} is {run.status} and has no file")
    for problem in _contradictions(run, file):
        raise Unpostable(f"the file of payment run {run.source_id} {problem}")
    return PaymentFileDraft(file, run.total)


def _contradictions(run: PaymentRun, file: BankFile) -> list[str]:
    try:
        amounts = sum((Decimal(each.amount) for each in file.transfers), Decimal(0))
        control = Decimal(file.control_sum)
    except InvalidOperation:
        return ["has an amount that is none"]
    found = [
        (file.message_id == run.source_id, f"has the message id {file.message_id}"),
        (file.count == len(file.transfers), f"says that it has {file.count} payments and has {len(file.transfers)}"),
        (control == amounts == run.total, f"says {control}, its payments say {amounts}, the run says {run.total}"),
        (all(each.currency == run.currency for each in file.transfers), f"has payments that are not in {run.currency}"),
        (len({each.end_to_end_id for each in file.transfers}) == len(file.transfers), "pays one payment twice"),
    ]
    return [problem for holds, problem in found if not holds]
