-- id: N01
-- title: At rest whoever waits knows the latest status
-- family: completeness
-- severity: loss
-- kind: fail
-- effect: lost
-- at: rest
-- kinds: status
-- What is declared parked is not examined.
-- section: candidates
select o.flow, count(*) as n from still o join current_copy c using (txn_id) where o.flow_kind = 'status' and not o.is_parked group by 1
-- section: violations
select o.txn_id, c.call_point, o.amount_minor as money_minor, o.currency,
  case when c.value is null then format('nobody was told what became of {}: it is {}', o.source_id, c.due)
  else format('whoever waits for {} was last told "{}"; it is "{}"', o.source_id, c.value, c.due) end as story, c.due_id, c.value as told, c.due
from still o join current_copy c using (txn_id) where o.flow_kind = 'status' and not c.is_current and not o.is_parked
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
