-- id: Q04
-- title: A question leaves no reservation behind
-- family: completeness
-- severity: money
-- kind: fail
-- effect: left standing
-- at: rest
-- kinds: query
-- section: candidates
select a.flow, count(distinct a.txn_id) as n from asked a join still using (txn_id) where a.reservation is not null group by 1
-- section: violations
with last_state as (
  select e.txn_id, e.entity_type, e.entity_id, arg_max(e.state, e.seq) as state, min(e.call_point) as call_point,
    max(e.amount_minor) as amount_minor, any_value(e.currency) as currency, bool_or(e.effect = 'reverse') as is_reversed
  from effect e join ref_query r on r.reservation = e.entity_type join txn t on t.txn_id = e.txn_id and t.flow = r.flow group by 1, 2, 3)
select l.txn_id, l.call_point, l.amount_minor as money_minor, l.currency,
  format('{} {} is still held after the answer was given', words(l.entity_type), l.entity_id) as story, l.state
from last_state l join still o using (txn_id) left join ref_state m on m.entity_type = l.entity_type and m.state = l.state
where not l.is_reversed and coalesce(m.meaning, 'open') not in ('dead', 'posted', 'refused')
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
