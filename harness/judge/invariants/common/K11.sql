-- id: K11
-- title: A valid event is not refused at every delivery
-- family: durability
-- severity: loss
-- kind: fail
-- effect: misbehaved
-- kinds: document state status query
-- at: history
-- Of events after which somebody is responsible, with an answer that says that they are wrong. Not examined: kinds of events of which the
-- connector takes none at all (it polls for them), events of another shape (F-E), 401 and 403 (K15), and answers that ask to come again
-- later or say that it is known already (408, 409, 425, 429, 5xx).
-- section: candidates
select t.flow, count(distinct event_id) as n from offered left join txn t using (txn_id) group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('a valid event about {} was refused at each of {} deliveries, with {}', coalesce(entity_id, 'a document'), answers,
    array_to_string(list_sort(statuses), ' and ')) as story, event_id, answers
from offered where not was_taken and answers > 1 and refusals = answers
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('event_sent', 'event_ack', 'event_dropped', 'fault_fired', 'source_action')
