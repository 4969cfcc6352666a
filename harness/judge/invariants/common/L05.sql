-- id: L05
-- title: What was in doubt when the connector was killed is taken up again soon after its start
-- family: liveness
-- severity: liveness
-- kind: warn
-- effect: stuck
-- kinds: document state status query
-- clock: world
-- at: rest
-- Of documents whose last writing call before a kill was left without an answer: a call of theirs, or that they are declared parked, within the
-- time that L02 gives. Not examined: what met a lasting fault, and what had less time until the next kill or the end.
-- section: candidates
select flow, count(*) as n from in_doubt group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('{} had no answer when the connector was killed, and {} s after its start nobody had looked', call_point,
    ((coalesce(touched_t, until_t) - started_t) / 1e9)::decimal(12, 1)) as story, patience_ms
from in_doubt where coalesce(touched_t, until_t) > started_t + patience_ms * 1000000
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('request', 'response_end', 'commit', 'parked', 'redrive', 'proc_kill', 'proc_start', 'fault_fired', 'event_ack')
