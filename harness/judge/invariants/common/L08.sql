-- id: L08
-- title: A re-driven item becomes exactly one posting
-- family: honesty
-- severity: loss
-- kind: fail
-- effect: lost
-- clock: world
-- at: rest
-- Not examined: what was refused to its owner or taken back after the redrive, and a supplier that stays blocked, from which nothing can be
-- ordered, re-driven or not.
-- section: candidates
select t.flow, count(*) as n from parked_then p join still o using (txn_id) join txn t using (txn_id)
where p.retryable and p.redrive_seq is not null and o.expected = 'posted' and o.meaning <> 'refused'
  and not exists (select 1 from experienced x where x.txn_id = p.txn_id and x.fault_id = 'F-F5') group by 1
-- section: violations
select p.txn_id, null as call_point, o.amount_minor as money_minor, o.currency,
  format('{} was re-driven as retryable and has {} live postings{}', o.source_id, o.live_n, case when o.is_parked
  then '; it is parked again' else '' end) as story, o.live_n, o.source_state, p.class as parked_class
from parked_then p join still o using (txn_id)
where p.retryable and p.redrive_seq is not null and (o.missing_n > 0 or o.live_n > o.due_n) and o.expected = 'posted' and o.meaning <> 'refused'
  and not exists (select 1 from experienced x where x.txn_id = p.txn_id and x.fault_id = 'F-F5')
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
