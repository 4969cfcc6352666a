-- id: Y03
-- title: What the ERP was told of a payment is what the bank said of it
-- family: payment
-- severity: money
-- kind: fail
-- effect: told wrong
-- at: rest
-- flow: payment-run-to-bank
-- PST-Y04: what the bank rejected is owed again, and what it took is not. Examined: payments of runs that are settled.
-- section: candidates
select s.flow, count(distinct e.entity_id) as n from still s join effect e using (txn_id)
where s.flow = 'payment-run-to-bank' and s.settled and e.entity_type = 'payment' and e.state = 'issued' group by 1
-- section: violations
with told as (
  select e.txn_id, e.entity_id as reference, arg_max(e.state, e.seq) as state, arg_max(e.call_point, e.seq) as call_point,
    arg_max(e.amount_minor, e.seq) as amount_minor, arg_max(e.currency, e.seq) as currency
  from effect e join still s using (txn_id) where s.flow = 'payment-run-to-bank' and s.settled and e.entity_type = 'payment' group by 1, 2
  having bool_or(e.state = 'issued')),
paid as (
  select txn_id, entity_id, arg_min(ext_ref, seq) as reference, arg_max(state, seq) as state from effect
  where entity_type = 'bank_payment' group by 1, 2),
said as (select txn_id, reference, bool_or(state <> 'rejected') as is_taken from paid group by 1, 2)
select t.txn_id, t.call_point, t.amount_minor as money_minor, t.currency,
  format('payment {} is {} in the ERP; the bank {}', t.reference, t.state, case when s.is_taken then 'took it'
    when s.is_taken is null then 'was never asked for it' else 'rejected it' end) as story, t.state
from told t left join said s using (txn_id, reference)
where (t.state in ('accepted', 'cleared') and not coalesce(s.is_taken, false)) or (t.state = 'rejected' and s.is_taken) or t.state = 'issued'
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'update') or kind = 'fault_fired')
