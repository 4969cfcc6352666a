-- id: Q03
-- title: Without the truth an answer fails open or closed, as the policy says
-- family: honesty
-- severity: security
-- kind: fail
-- effect: told wrong
-- at: history
-- kinds: query
-- Examined: questions for whose answer every look came to nothing: refused, broken, or not answered in time. An answer that comes true by luck is still a guess.
-- section: candidates
select flow, count(*) as n from answered where answer is not null and is_blind group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('the question about {} was answered with "{}" although every look failed; the policy says "{}"', entity_id, answer, degraded) as story,
  answer, degraded
from answered where answer is not null and is_blind and answer <> degraded
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('query_sent', 'query_answer', 'request', 'response_end', 'commit', 'fault_fired')
