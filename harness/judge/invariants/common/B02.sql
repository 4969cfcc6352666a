-- id: B02
-- title: Actual spending is what the ledger says, by cost centre, account group and period
-- family: budget
-- severity: books
-- kind: fail
-- at: rest
-- Where invoices end commitments, goods are spent with their invoice (reconciliations/posted-actuals.sql). Named
-- are the transactions whose own share of what does not agree differs.
-- section: candidates
select a.flow, count(*) as n from actual_part a, run_fact r where r.final_read group by 1
-- section: violations
select p.txn_id, null as call_point, abs(p.spent_minor - p.booked_minor)::bigint as money_minor, p.currency,
  format('cost centre {} spent {} minor units on accounts {} in {} by the budget ledger, and {} by the general ledger', p.cost_center, p.spent_minor,
    p.account_group, p.period, p.booked_minor) as story, p.spent_minor as spent, p.booked_minor as booked
from actual a join actual_part p using (company, cost_center, account_group, period, currency), run_fact r
where r.final_read and a.spent_minor <> a.booked_minor and p.spent_minor <> p.booked_minor
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
