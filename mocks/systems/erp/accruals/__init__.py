"""Accruals at the end of a period: what is owed and in no books yet, posted by journal and reversed on the first day of the next period."""
