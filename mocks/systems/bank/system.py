"""The bank as the kit serves it."""

from mocks.abilities.system_type import under
from mocks.company import Company
from mocks.company.projections import bank_master
from mocks.kit.operation import Operation, View
from mocks.systems.bank.core import Bank
from mocks.systems.bank.operations import operations
from mocks.systems.bank.payments import minor_of


class BankSystem:
    """One bank with its own payments; their ids carry the run's namespace."""

    type = "bank"
    title = "Mock bank"
    summary = "Payments by API and by file, the acknowledgement of file and payment, what became of each, and the statement"
    event_types = ("payment_file.acknowledged",)

    def __init__(self, company: Company, *, namespace: str, ack_delay_ms: int, instance: str = "bank") -> None:
        self.name = instance
        self.core = Bank(bank_master(company), namespace, ack_delay_ms)
        self.operations: tuple[Operation, ...] = under(self.name, self.type, operations(self.core))

    def final_views(self) -> list[View]:
        """Every payment and file as it stands."""
        payments = [
            View(
                "bank_payment",
                each.id,
                each.status,
                each.version,
                amount_minor=each.amount_minor,
                currency=each.transfer.instructed_amount.currency,
                company=each.customer.account_id,
                ext_ref=each.transfer.end_to_end_id,
                parent_id=each.file_id,
                reason=each.reason_code,
            )
            for each in self.core.payments
        ]
        files = [
            View(
                "payment_file",
                each.id,
                each.status,
                each.version,
                amount_minor=minor_of(each.upload.control_sum, each.customer),
                currency=each.customer.currency,
                company=each.customer.account_id,
                ext_ref=each.upload.message_id,
                reason=each.reason_code,
            )
            for each in self.core.files
        ]
        return payments + files
