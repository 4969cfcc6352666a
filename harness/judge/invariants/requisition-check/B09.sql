-- id: B09
-- title: No order leaves for what is over budget before its owners agreed
-- family: procure to pay
-- severity: money
-- kind: fail
-- kinds: query
-- effect: posted unasked
-- at: history
-- flow: requisition-check
-- Over budget, or nobody could say and the policy fails closed. Examined: checks that came to wait for a decision.
-- section: candidates
select t.flow, count(distinct e.entity_id) as n from effect e join txn t using (txn_id)
where e.entity_type = 'budget_check' and e.state = 'exception_pending' group by 1
-- section: violations
with pending as (select txn_id, min(entity_id) as check_id from effect where entity_type = 'budget_check' and state = 'exception_pending' group by 1),
agreed as (select txn_id, min(seq) as seq from effect where entity_type = 'budget_check' and state = 'exception_approved' group by 1)
select o.txn_id, o.call_point, o.amount_minor as money_minor, o.currency,
  format('order {} left before the owners agreed to {}', o.entity_id, p.check_id) as story, o.seq as ordered_at, a.seq as agreed_at
from effect o join pending p using (txn_id) left join agreed a using (txn_id)
where o.entity_type = 'purchase_order' and o.effect = 'create' and coalesce(o.seq < a.seq, true)
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('query_sent', 'query_answer', 'commit', 'source_action', 'fault_fired')
