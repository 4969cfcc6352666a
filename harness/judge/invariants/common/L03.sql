-- id: L03
-- title: A document that cannot be posted does not hold up its neighbours
-- family: liveness
-- severity: liveness
-- kind: warn
-- effect: stuck
-- kinds: document state status query
-- clock: world
-- at: rest
-- Fault-free documents of a flow that were due while the connector worked on one with a lasting fault, against those that were due while it
-- did not: 95 of 100 of the first take five times as long as 95 of 100 of the others, and two seconds longer. Ten of each have to be there.
-- section: candidates
select flow, count(*) as n from neighbour where is_near group by 1
-- section: violations
with pace as (
  select flow, quantile_cont(took_ms, 0.95) filter (is_near) as near_ms, quantile_cont(took_ms, 0.95) filter (not is_near) as far_ms,
    count(*) filter (is_near) as near_n, count(*) filter (not is_near) as far_n
  from neighbour group by 1)
select n.txn_id, null as call_point, null::bigint as money_minor, null as currency,
  format('it took {} ms while a document that cannot be posted was tried; beside such documents 95 of 100 take up to {} ms, elsewhere {} ms',
    round(n.took_ms)::bigint, round(p.near_ms)::bigint, round(p.far_ms)::bigint) as story, n.took_ms, p.near_ms, p.far_ms
from neighbour n join pace p using (flow)
where n.is_near and p.near_n >= 10 and p.far_n >= 10 and p.near_ms > 5 * p.far_ms and p.near_ms > p.far_ms + 2000 and n.took_ms >= p.near_ms
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'commit', 'source_action', 'event_ack')
