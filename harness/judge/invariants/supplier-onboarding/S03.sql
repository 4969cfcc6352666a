-- id: S03
-- title: A live supplier is paid on the account that was approved last
-- family: onboarding
-- severity: money
-- kind: fail
-- effect: posted wrong
-- at: rest
-- flow: supplier-onboarding
-- Account, holder and country of the bank, as the newest revision of the request that was approved has them. Examined: requests that are done,
-- with a live vendor that a connector told these facts of. What people of the ERP changed later, with three of them, is theirs.
-- section: candidates
select o.flow, count(*) as n from still o where o.flow = 'supplier-onboarding' and o.settled and o.live_n > 0 and o.meaning = 'posted' group by 1
-- section: violations
with approved as (select txn_id, max(revision) as revision from src_revision where approved_seq is not null group by 1),
due as (
  select a.txn_id, s.category, any_value(s.ext_ref) as due from approved a join effect s on s.txn_id = a.txn_id and s.src_version = a.revision
  where s.entity_type = 'source_fact' and s.category in ('account', 'holder', 'bank_country') group by 1, 2),
held as (
  select node, parent_id as entity_id, category, arg_max(ext_ref, seq) as found from effect
  where entity_type = 'vendor_fact' and category in ('account', 'holder', 'bank_country') group by 1, 2, 3)
select d.txn_id, d.call_point, null::bigint as money_minor, d.currency,
  format('vendor {} is paid on another account than {} says since it was approved last: {}', d.entity_id, o.source_id,
    string_agg(format('{} {}, approved is {}', words(u.category), coalesce(h.found, 'none'), u.due), '; ' order by u.category)) as story,
  count(*) as facts
from still o join doc d on d.txn_id = o.txn_id and d.live and d.entity_type = 'vendor' join due u on u.txn_id = o.txn_id
left join held h on h.node = d.node and h.entity_id = d.entity_id and h.category = u.category
where o.flow = 'supplier-onboarding' and o.settled and o.meaning = 'posted' and h.found is distinct from u.due
group by d.txn_id, d.call_point, d.entity_id, d.currency, o.source_id
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
