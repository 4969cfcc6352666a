"""What settles with suppliers beside bills and payments: prepayments, refunds, and tax that is kept back."""
