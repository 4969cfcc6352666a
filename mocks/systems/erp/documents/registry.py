"""The kinds of documents that the ERP has: one line each."""

from mocks.systems.erp.documents import ap_invoice, goods_receipt, journal_entry, purchase_order
from mocks.systems.erp.invoices import operations as supplier_invoice

DOCUMENT_FILES = (purchase_order, ap_invoice, journal_entry, goods_receipt, supplier_invoice)
