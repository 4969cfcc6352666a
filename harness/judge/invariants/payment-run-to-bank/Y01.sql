-- id: Y01
-- title: No payment is ordered from the bank twice
-- family: payment
-- severity: money
-- kind: fail
-- effect: posted twice
-- at: history
-- flow: payment-run-to-bank
-- By its end-to-end id, in whatever file. What the bank itself rejected was not ordered.
-- section: candidates
select t.flow, count(*) as n from effect e join txn t using (txn_id)
where t.flow = 'payment-run-to-bank' and e.entity_type = 'bank_payment' and e.effect = 'create' group by 1
-- section: violations
with ordered as (
  select e.txn_id, e.node, e.entity_id, arg_min(e.ext_ref, e.seq) as reference, arg_max(e.state, e.seq) as state, arg_min(e.call_point, e.seq) as call_point,
    arg_min(e.amount_minor, e.seq) as amount_minor, arg_min(e.currency, e.seq) as currency
  from effect e join txn t using (txn_id) where t.flow = 'payment-run-to-bank' and e.entity_type = 'bank_payment' group by 1, 2, 3)
select min(txn_id) as txn_id, min(call_point) as call_point, (sum(amount_minor) - min(amount_minor))::bigint as money_minor, any_value(currency) as currency,
  format('payment {} was ordered from the bank {} times, as {}', reference, count(*), string_agg(entity_id, ', ' order by entity_id)) as story,
  count(*) as times
from ordered where state <> 'rejected' group by reference having count(*) > 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
