-- id: posted-actuals
-- title: Actual spending in the budget ledger and in the general ledger
-- left: budget ledger
-- right: general ledger
-- By company, cost centre, account group and period. Where invoices end commitments, goods are spent with their invoice and not with the
-- receipt that accrued them, so there the general ledger counts what the invoice took from GR/IR, coded as the order line is.
-- section: rows
select concat_ws(' · ', company, cost_center, account_group, period) as key, flow, txn_id, currency, spent_minor as left_minor,
  booked_minor as right_minor, null::varchar as left_word, null::varchar as right_word, t_biz as since
from actual
