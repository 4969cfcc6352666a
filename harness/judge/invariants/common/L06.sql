-- id: L06
-- title: Nothing is parked or refused that the connector could have finished
-- family: honesty
-- severity: liveness
-- kind: fail
-- effect: given up
-- kinds: document state status query
-- clock: world
-- at: rest
-- section: candidates
select o.flow, count(*) as n from still o left join park_only w using (txn_id)
where o.expected in ('posted', 'current', 'answered') and (o.recoverable or (w.txn_id is not null and o.due_n > 0)) group by 1
-- section: violations
select o.txn_id, null as call_point, o.amount_minor as money_minor, o.currency,
  case when not o.recoverable
  then format('{} was refused to its owner because {}, which nobody who asked for it can repair', o.source_id, w.why)
  when o.was_parked
  then format('{} was parked ("{}") although every fault that it met passes by itself', o.source_id,
  coalesce(p.reason, 'no reason given'))
            else format('{} was refused to its owner although every fault that it met passes by itself', o.source_id) end as story,
  p.class as parked_class, p.owner, o.parked_state
from still o left join parked_then p using (txn_id) left join park_only w using (txn_id)
where o.expected in ('posted', 'current', 'answered') and ((o.recoverable and o.was_parked)
  or (o.meaning = 'refused' and o.due_n > 0 and (o.recoverable or w.txn_id is not null)))
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
