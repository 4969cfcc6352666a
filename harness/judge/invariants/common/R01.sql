-- id: R01
-- title: At rest every target holds the latest version of a record
-- family: completeness
-- severity: books
-- kind: fail
-- effect: left behind
-- at: rest
-- kinds: state
-- What is declared parked is not examined.
-- section: candidates
select o.flow, count(*) as n from still o join current_copy c using (txn_id) where o.flow_kind = 'state' and not o.is_parked group by 1
-- section: violations
select o.txn_id, c.call_point, null::bigint as money_minor, null as currency,
  case when c.value is null then format('{} never reached its target ({})', o.source_id, words(c.due_id))
  else format('the target ({}) of {} holds "{}"; the latest version is "{}"', words(c.due_id), o.source_id, c.value, c.due) end as story,
  c.due_id, c.value as held, c.due
from still o join current_copy c using (txn_id) where o.flow_kind = 'state' and not c.is_current and not o.is_parked
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
