-- id: B10
-- title: What procurement does with a requisition is what the answer said
-- family: accuracy
-- severity: money
-- kind: fail
-- kinds: query
-- effect: told wrong
-- at: history
-- flow: requisition-check
-- A consumer that decides by budget rules of its own contradicts the service sooner or later. Within 20 ms of the end of the wait both are right.
-- section: candidates
with decided as (
  select a.*, (select arg_min(e.state, e.seq) from effect e where e.entity_type = a.about and e.entity_id = a.entity_id and e.seq > a.answer_seq) as state
  from asked a where abs(a.took_ms - a.budget_ms) > 20)
select flow, count(*) as n from decided where state is not null group by 1
-- section: violations
with decided as (
  select a.*, case when a.took_ms <= a.budget_ms then a.answer end as heard,
    (select arg_min(e.state, e.seq) from effect e where e.entity_type = a.about and e.entity_id = a.entity_id and e.seq > a.answer_seq) as state
  from asked a where abs(a.took_ms - a.budget_ms) > 20)
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('procurement heard "{}" about {} and made it {}', coalesce(heard, 'nothing'), entity_id, words(state)) as story, answer, took_ms
from decided where state is not null and not case heard when 'within_budget' then state = 'within_budget'
  when 'over_budget' then state = 'exception_pending' else state in ('flagged', 'exception_pending') end
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('query_sent', 'query_answer', 'commit', 'source_action', 'fault_fired')
