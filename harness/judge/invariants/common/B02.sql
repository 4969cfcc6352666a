-- id: B02
-- title: Actual spending is what the ledger says, by cost centre, account group and period
-- family: budget
-- severity: books
-- kind: fail
-- at: rest
-- Where invoices end commitments, goods are spent with their invoice (reconciliations/posted-actuals.sql).
-- section: candidates
select a.flow, count(*) as n from actual a, run_fact r where r.final_read group by 1
-- section: violations
select a.txn_id, null as call_point, abs(a.spent_minor - a.booked_minor)::bigint as money_minor, a.currency,
  format('cost centre {} spent {} minor units on accounts {} in {} by the budget ledger, and {} by the general ledger', a.cost_center, a.spent_minor,
    a.account_group, a.period, a.booked_minor) as story, a.spent_minor as spent, a.booked_minor as booked
from actual a, run_fact r where r.final_read and a.spent_minor <> a.booked_minor
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
