"""The mock ERP: suppliers, coding, purchase orders, AP invoices, journals, periods and a double-entry ledger."""
