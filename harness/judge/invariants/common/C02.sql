-- id: C02
-- title: At rest no source document has two live postings
-- family: occurrence
-- severity: money
-- kind: fail
-- effect: posted twice
-- at: history
-- section: candidates
select flow, count(distinct txn_id) as n from doc where txn_id is not null and live group by 1
-- section: violations
select txn_id, arg_max(call_point, seq) as call_point, (sum(amount_minor) - arg_min(amount_minor, seq))::bigint as money_minor,
  any_value(currency) as currency,
  format('{} has {} live postings: {}', coalesce(any_value(source_id), 'the document'), count(*),
    string_agg(words(entity_type) || ' ' || entity_id, ', ' order by seq)) as story,
  count(*) as live_documents
from doc left join (select txn_id, entity_id as source_id from src) using (txn_id)
where txn_id is not null and live
group by txn_id, due_id, part having count(distinct revision || '/' || node || '/' || entity_type || '/' || entity_id) > 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
