-- id: L02
-- title: What waited for a system that was down is done soon after it is back
-- family: liveness
-- severity: liveness
-- kind: warn
-- effect: stuck
-- kinds: document state status query
-- clock: world
-- at: rest
-- Within half a minute, or twice the longest pause that the connector's own retries come to, counted from the end of the last outage that a
-- document waited in. Not examined: what met a lasting fault or was declared parked, and what had less time until the connector was killed,
-- until somebody told it to try again, or until the end.
-- section: candidates
select flow, count(*) as n from backlog group by 1
-- section: violations
select txn_id, null as call_point, null::bigint as money_minor, null as currency,
  format('{} was back, and {} s later it was still not done; {} s would do', words(system),
    ((coalesce(settled_t, until_t) - end_t) / 1e9)::decimal(12, 1), (patience_ms / 1000)::decimal(12, 1)) as story, system, patience_ms
from backlog where coalesce(settled_t, until_t) > end_t + patience_ms * 1000000
-- section: systematic
-- most of what waited is left behind: a breaker that never closes
select s.* replace (format('{}; so it went with {} of {}', story, left_behind.n, every.n) as story)
from slip s, (select count(*) as n from slip) left_behind, (select count(*) as n from backlog) every
where left_behind.n >= 3 and left_behind.n > every.n / 2
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'commit', 'source_action', 'event_ack', 'fault_fired')
