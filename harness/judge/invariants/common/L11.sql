-- id: L11
-- title: Without faults a flow keeps its latency target
-- family: timeliness
-- severity: liveness
-- kind: warn
-- kinds: document state status query
-- effect: not answered
-- clock: world
-- at: rest
-- Of the baselines: from the moment in which a document is due to the moment in which everything is done; of a question, until its answer.
-- One transaction in twenty may take longer. It only warns: a
-- machine that is busy with something else makes everybody slow.
-- section: candidates
select flow, count(*) as n from timed group by 1
-- section: violations
with late as (select flow, quantile_cont(took_ms, 0.95) as p95_ms from timed group by 1)
select t.txn_id, null as call_point, null::bigint as money_minor, null as currency,
  format('{} took {} ms; the target of its flow is {} ms, and 95 of 100 took up to {} ms', t.txn_id, round(t.took_ms)::bigint,
    t.target_ms, round(l.p95_ms)::bigint) as story, t.took_ms, t.target_ms
from timed t join late l using (flow) where l.p95_ms > t.target_ms and t.took_ms > t.target_ms
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('query_sent', 'query_answer', 'request', 'response_end', 'commit', 'event_sent')
