-- id: C20
-- title: One external reference names one live document
-- family: crosswalk
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- section: candidates
select t.flow, count(*) as n from document d left join txn t using (txn_id) where d.live and d.ext_ref is not null group by 1
-- section: violations
select arg_max(txn_id, seq) as txn_id, arg_max(call_point, seq) as call_point,
  (sum(amount_minor) - arg_min(amount_minor, seq))::bigint as money_minor, any_value(currency) as currency,
  format('the reference {} names {} live documents: {}', ext_ref, count(*),
  string_agg(words(entity_type) || ' ' || entity_id, ', ' order by seq)) as story, ext_ref, count(*) as documents
from document where live and ext_ref is not null group by node, entity_type, ext_ref having count(*) > 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
