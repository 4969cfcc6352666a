"""From the bank's values to what goes over its wire."""

from collections.abc import Iterable
from typing import cast

from mocks.systems.bank import models
from mocks.systems.bank.payments import BankPayment, UploadedFile


def payment_record(payment: BankPayment) -> models.Payment:
    """A payment on the wire."""
    transfer = payment.transfer
    return models.Payment(
        id=payment.number,
        uuid=payment.uuid,
        payment_id=payment.id,
        version=payment.version,
        status=cast("models.Status", payment.status),
        end_to_end_id=transfer.end_to_end_id,
        debtor_account=payment.customer.account_id,
        creditor_name=transfer.creditor_name,
        creditor_account=transfer.creditor_account,
        instructed_amount=transfer.instructed_amount,
        remittance_information=transfer.remittance_information,
        requested_execution_date=payment.wanted_on.isoformat(),
        execution_date=payment.execution_day.isoformat(),
        reason_code=payment.reason_code,
        reason=payment.reason,
        file_id=payment.file_id,
        correlation_id=payment.correlation_id,
        created_at=payment.created_at,
        updated_at=payment.updated_at,
        exported=False,
        external_id=None,
    )


def file_record(file: UploadedFile, payments: Iterable[BankPayment]) -> models.PaymentFile:
    """A file on the wire, with its payments as they are now."""
    return models.PaymentFile(
        id=file.number,
        uuid=file.uuid,
        file_id=file.id,
        version=file.version,
        status=cast("models.FileStatus", file.status),
        message_id=file.upload.message_id,
        debtor_account=file.customer.account_id,
        number_of_transactions=file.upload.number_of_transactions,
        control_sum=file.upload.control_sum,
        reason_code=file.reason_code,
        reason=file.reason,
        transactions=tuple(payment_record(payment) for payment in payments),
        correlation_id=file.correlation_id,
        created_at=file.created_at,
        updated_at=file.updated_at,
        exported=False,
        external_id=None,
    )


def file_summary(file: UploadedFile) -> models.PaymentFileSummary:
    """A file in a list."""
    return models.PaymentFileSummary(
        file_id=file.id,
        status=cast("models.FileStatus", file.status),
        message_id=file.upload.message_id,
        version=file.version,
        updated_at=file.updated_at,
    )
