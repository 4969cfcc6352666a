-- id: L07
-- title: What cannot be done is declared parked soon after the last attempt
-- family: honesty
-- severity: liveness
-- kind: warn
-- effect: stuck
-- kinds: document state status query
-- clock: world
-- at: history
-- By when the connector says that it set the item aside (`first_seen`), which is optional: who does not say it is not examined. Within the time
-- that L02 gives.
-- section: candidates
select t.flow, count(*) as n from set_aside s join txn t using (txn_id) group by 1
-- section: violations
select s.txn_id, s.call_point, null::bigint as money_minor, null as currency,
  format('{} was set aside {} s after the last attempt ({})', s.entity_id, ((s.aside_t - s.tried_t) / 1e9)::decimal(12, 1), s.call_point) as story,
  p.patience_ms
from set_aside s, patience p where s.aside_t > s.tried_t + p.patience_ms * 1000000
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'parked', 'redrive', 'proc_kill', 'proc_start', 'fault_fired')
