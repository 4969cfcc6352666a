-- id: C21
-- title: Nothing is posted for what has to be refused, and its owner is told
-- family: occurrence
-- severity: money
-- kind: fail
-- effect: posted unasked
-- at: rest
-- Of flows whose `due` has the cardinality `none`. Parking is no refusal, but it is honest.
-- section: candidates
select o.flow, count(*) as n from still o join (select distinct flow from ref_due where cardinality = 'none') using (flow)
where o.expected = 'posted' group by 1
-- section: violations
select o.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} had to be refused, but {} {} is live', o.source_id, words(d.entity_type), d.entity_id) as story, o.source_state
from still o join doc d on d.txn_id = o.txn_id and d.live and d.cardinality = 'none' where o.expected = 'posted'
union all
select o.txn_id, null, o.amount_minor, o.currency, format('{} had to be refused, but its owner was never told: it is still {}', o.source_id,
  o.source_state), o.source_state
from still o where o.expected = 'posted' and o.meaning <> 'refused' and not o.is_parked and o.due_n = 0
  and o.flow in (select flow from ref_due where cardinality = 'none')
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
