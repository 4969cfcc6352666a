-- id: B01
-- title: Under absolute control no commitment takes more than is available
-- family: budget
-- severity: money
-- kind: fail
-- effect: posted unasked
-- at: history
-- flow: requisition-to-po
-- Behind each call of a connector, over the months that count together: what is left is not below zero by more than the tolerance, where the call
-- reserved or encumbered something and made it less. Not examined: advisory control, what the budget's owners approved as an exception before, in the
-- transaction or in one that it grows out of, and what a person or a new version of the budget overdrew.
-- section: candidates
select t.flow, count(*) as n from funds f left join txn t using (txn_id) where f.level = 'absolute' and f.committed_minor > 0 group by 1
-- section: violations
select f.txn_id, f.call_point, (-f.available_minor - f.tolerated_minor)::bigint as money_minor, f.currency,
  format('with this call {} minor units are available to cost centre {}, accounts {}, from {} to {}; the budget is {} and {} may be overdrawn',
    f.available_minor, f.cost_center, f.account_group, f.first_month, f.last_month, f.budget_minor, f.tolerated_minor) as story, f.budget_minor, f.seq
from funds f
where f.level = 'absolute' and f.committed_minor > 0 and f.taken_minor > 0 and f.available_minor < -f.tolerated_minor and not exists (
  select 1 from effect e join chain c on c.txn_id = e.txn_id join chain own on own.case_id = c.case_id
  where own.txn_id = f.txn_id and (c.txn_id = own.txn_id or c.depth < own.depth)
    and e.entity_type = 'budget_check' and e.state = 'exception_approved' and e.seq < f.seq)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
