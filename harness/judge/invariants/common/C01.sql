-- id: C01
-- title: No revision of a source document is posted twice, not even for a moment
-- family: occurrence
-- severity: money
-- kind: fail
-- effect: posted twice
-- at: history
-- Counts documents for one due of one revision of the source (one line of it, where each line has its own): revision 1 undone and revision 2 posted is right. A document that the target
-- system itself turned down after accepting it was never posted.
-- section: candidates
select flow, count(*) as n from doc where txn_id is not null and not never_posted group by 1
-- section: violations
select txn_id, arg_max(call_point, seq) as call_point, (sum(amount_minor) - arg_min(amount_minor, seq))::bigint as money_minor,
  any_value(currency) as currency,
  format('{} revision {} was posted {} times: {}', coalesce(any_value(source_id), 'the document'), revision, count(*),
    string_agg(words(entity_type) || ' ' || entity_id || case when live then '' else ' (later undone)' end, ', '
    order by seq)) as story,
  count(*) as documents, count(*) filter (live) as live_documents
from doc left join (select txn_id, entity_id as source_id from src) using (txn_id)
where txn_id is not null and not never_posted
group by txn_id, revision, due_id, part having count(*) > 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
