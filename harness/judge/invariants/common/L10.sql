-- id: L10
-- title: What does not need a system that is down goes on
-- family: liveness
-- severity: liveness
-- kind: warn
-- effect: stuck
-- kinds: document state status query
-- clock: world
-- at: rest
-- A connector with one worker is held up by each call to the system that is down, so it has that long for every document that waits. Not
-- examined: windows shorter than that, and documents that became due too near to the end of one.
-- section: candidates
select flow, count(*) as n from bystander group by 1
-- section: violations
select txn_id, null as call_point, null::bigint as money_minor, null as currency,
  format('it became due while {} was down, which it does not need, and waited {} ms; {} ms would have done', words(system),
    coalesce(((settled_t - approved_t) / 1e6)::bigint, ((end_t - approved_t) / 1e6)::bigint), patience_ms) as story,
  system, patience_ms
from bystander where coalesce(settled_t > approved_t + patience_ms * 1000000, true)
-- section: systematic
-- most of those that could have gone on did not
select s.* replace (format('{}; so it went with {} of {}', story, held.n, every.n) as story)
from slip s, (select count(*) as n from slip) held, (select count(*) as n from bystander) every
where held.n >= 3 and held.n > every.n / 2
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'commit', 'source_action', 'event_ack')
