-- id: Q02
-- title: Every answer is true at the time that it speaks of
-- family: accuracy
-- severity: money
-- kind: fail
-- effect: told wrong
-- clock: world
-- at: history
-- kinds: query
-- Without `as_of` it may have been true at any moment between question and answer. The answer that the policy asks for when the truth
-- cannot be had is right after a look that failed, or that was not answered before it was given; and without any look only for who had a reason
-- not to look: its calls had failed just before.
-- An answer for which every look came to nothing is Q03's matter.
-- section: candidates
select flow, count(*) as n from answered where answer is not null and not is_blind group by 1
-- section: violations
select a.txn_id, a.call_point, null::bigint as money_minor, null as currency,
  format('the question about {} was answered with "{}", which was not true{}', a.entity_id, a.answer,
    case when a.as_of is null then '' else ' at ' || a.as_of end) as story, a.answer, a.as_of
from answered a where a.answer is not null and not a.is_true and not a.is_blind
  and not (a.answer = a.degraded and (a.good_looks < a.looks or (a.looks = 0 and a.has_reason)))
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('query_sent', 'query_answer', 'request', 'response_end', 'commit', 'fault_fired')
