-- id: Q01
-- title: Every question is answered while the person waits
-- family: timeliness
-- severity: liveness
-- kind: fail
-- effect: not answered
-- at: history
-- kinds: query
-- clock: world
-- The response budget is the flow's. An answer that says that it cannot know is an answer. Who was killed
-- meanwhile could not answer.
-- section: candidates
select flow, count(*) as n from asked a where not exists (select 1 from mark k where k.name = 'proc_kill' and k.seq between a.seq and a.answer_seq) group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  case when answer is null then format('the question about {} was not answered', entity_id)
  else format('the question about {} was answered after {} ms; a person waits {} ms', entity_id, round(took_ms)::bigint, budget_ms) end as story,
  took_ms, budget_ms
from asked a where (answer is null or took_ms > budget_ms)
  and not exists (select 1 from mark k where k.name = 'proc_kill' and k.seq between a.seq and a.answer_seq)
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('query_sent', 'query_answer', 'request', 'response_end', 'commit', 'fault_fired')
