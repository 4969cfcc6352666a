-- id: S02
-- title: No supplier is active before its request was approved
-- family: onboarding
-- severity: security
-- kind: fail
-- effect: posted unasked
-- at: history
-- flow: supplier-onboarding
-- Whenever a connector makes it active, at its creation or again later: by then people had approved the request, in the revision that is named,
-- where one is. That the approval was taken back later is C16's matter.
-- section: candidates
select t.flow, count(*) as n from effect e join txn t using (txn_id)
where t.flow = 'supplier-onboarding' and e.entity_type = 'vendor' and e.state = 'active' and e.request_seq is not null group by 1
-- section: violations
with active as (
  select e.txn_id, e.call_point, e.seq, e.entity_id, e.currency, e.src_version from effect e join txn t using (txn_id)
  where t.flow = 'supplier-onboarding' and e.entity_type = 'vendor' and e.state = 'active' and e.request_seq is not null),
known as (
  select a.*, s.entity_id as source_id,
    (select min(r.approved_seq) from src_revision r where r.txn_id = a.txn_id and r.revision = coalesce(a.src_version, r.revision)) as approved_seq
  from active a left join src s using (txn_id))
select txn_id, call_point, null::bigint as money_minor, currency,
  case when approved_seq is null then format('vendor {} was made active, and {} was never approved', entity_id, coalesce(source_id, 'its request'))
    else format('vendor {} was made active before {} was approved', entity_id, source_id) end as story,
  entity_id as vendor, approved_seq
from known where approved_seq is null or approved_seq > seq
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
