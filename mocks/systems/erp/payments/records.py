"""From the values of payments to what goes over the wire, and to the file that the bank takes."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from mocks.company.accounts import BankAccount
from mocks.company.money import to_text
from mocks.systems.erp import rules
from mocks.systems.erp.payments import models
from mocks.systems.erp.payments.book import PaymentBook
from mocks.systems.erp.payments.values import InvoicePayment, Payment, PaymentRun

NAME_MAX, REMITTANCE_MAX = 140, 140


def payment_record(payment: Payment) -> models.Payment:
    """A payment on the wire."""
    decimals = payment.company.decimals
    return models.Payment(
        **_head(payment),
        payment_number=payment.id,
        status=cast("models.PaymentStatus", payment.status),
        run_number=payment.run,
        company_code=payment.company.code,
        payee=payment.payee,
        payee_name=payment.account.holder,
        amount=to_text(payment.amount_minor, decimals),
        discount=to_text(payment.discount_minor, decimals),
        charge=to_text(payment.charge_minor, decimals),
        currency=payment.company.currency,
        pay_on=rules.to_yyyymmdd(payment.pay_on),
        value_date=rules.to_yyyymmdd(payment.value_date) if payment.value_date else None,
        documents=tuple(
            models.PaidDocument(
                number=each.document,
                reference=each.reference,
                amount=to_text(each.open_minor, decimals),
                discount=to_text(each.discount_on(payment.pay_on), decimals),
            )
            for each in payment.payables
        ),
        reason_code=payment.reason_code,
        reason=payment.reason,
    )


def run_record(run: PaymentRun, payments: Iterable[Payment]) -> models.PaymentRun:
    """A run on the wire, with its payments as they are now."""
    return models.PaymentRun(
        **_head(run),
        number=run.id,
        status=cast("models.RunStatus", run.status),
        company_code=run.company.code,
        currency=run.company.currency,
        pay_on=rules.to_yyyymmdd(run.pay_on),
        next_run_on=rules.to_yyyymmdd(run.next_run_on),
        external_ref=run.ext_ref,
        total=to_text(run.total_minor, run.company.decimals),
        payments=tuple(payment_record(each) for each in payments),
        left_out=tuple(models.LeftOut(payee=each.payee, document=each.document, reason=each.reason) for each in run.left_out),
        proposed_by=run.proposed_by,
        reviewed_by=run.reviewed_by,
        approved_by=run.approved_by,
        next_actor=run.next_actor,
        bank_file_id=run.bank_file,
        reason=run.reason,
        correlation_id=run.correlation_id,
    )


def run_summary(run: PaymentRun) -> models.RunSummary:
    """A run in a list."""
    return models.RunSummary(
        number=run.id,
        status=cast("models.RunStatus", run.status),
        company_code=run.company.code,
        pay_on=rules.to_yyyymmdd(run.pay_on),
        total=to_text(run.total_minor, run.company.decimals),
        version=run.version,
        updated_at=run.updated_at,
    )


def invoice_record(book: PaymentBook, number: str) -> models.InvoicePayment:
    """How far an invoice is paid, on the wire. Raises NOT_FOUND."""
    known = book.known(number)
    company_code, open_minor, decimals = book.payables.look(number)
    company = book.erp.master.companies[company_code]
    payment = book.payments.get(known.payment) if known else None
    billed = book.billed(number)
    return models.InvoicePayment(
        document_number=number,
        status=known.status if known else "open",
        version=known.version if known else 0,
        company_code=company.code,
        vendor_id=billed.vendor_id if billed else None,
        supplier_reference=billed.supplier_reference if billed else None,
        external_ref=known.ext_ref if known else None,
        payments=known.payments if known else 0,
        payment_number=known.payment if known else None,
        paid_by=payment.made_by if payment else None,
        value_date=rules.to_yyyymmdd(payment.value_date) if payment and payment.value_date else None,
        reason_code=payment.reason_code if payment else None,
        reason=payment.reason if payment else None,
        open_amount=to_text(open_minor, decimals),
    )


def invoice_summary(known: InvoicePayment) -> models.InvoicePaymentSummary:
    """The same in a list."""
    return models.InvoicePaymentSummary(
        document_number=known.id,
        status=known.status,
        version=known.version,
        external_ref=known.ext_ref,
        payment_number=known.payment,
        updated_at=known.updated_at,
    )


def _head(one: Payment | PaymentRun) -> dict[str, Any]:
    return {
        "id": one.number,
        "uuid": one.uuid,
        "version": one.version,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "exported": False,
        "external_id": None,
    }


def bank_file(run: PaymentRun, payments: Sequence[Payment], debtor: BankAccount) -> models.BankFile:
    """The file: control sum and count are those of its payments."""
    decimals = run.company.decimals
    return models.BankFile(
        message_id=run.id,
        debtor_name=debtor.holder[:NAME_MAX],
        debtor_account=debtor.text,
        requested_execution_date=run.pay_on.isoformat(),
        number_of_transactions=len(payments),
        control_sum=to_text(sum(each.amount_minor for each in payments), decimals),
        transactions=tuple(
            models.Transfer(
                end_to_end_id=each.id,
                instructed_amount=models.InstructedAmount(amount=to_text(each.amount_minor, decimals), currency=run.company.currency),
                creditor_name=each.account.holder[:NAME_MAX],
                creditor_account=each.account.text,
                remittance_information=" ".join(item.reference for item in each.payables)[:REMITTANCE_MAX],
            )
            for each in payments
        ),
    )
