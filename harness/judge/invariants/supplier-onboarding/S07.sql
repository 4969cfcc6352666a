-- id: S07
-- title: A vendor has the name, address, account, terms and currency of the supplier that was asked for
-- family: onboarding
-- severity: money
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: supplier-onboarding
-- Of the revision that the vendor stands for, fact by fact: what a connector said of it last. Letter case, width and blanks are no other fact.
-- What people of the ERP change later is theirs.
-- section: candidates
select d.flow, count(*) as n from doc d where d.entity_type = 'vendor' and d.flow = 'supplier-onboarding' and d.live and exists (
  select 1 from effect s where s.txn_id = d.txn_id and s.entity_type = 'source_fact' and s.src_version = d.revision) group by 1
-- section: violations
with asked as (
  select d.node, d.entity_id, s.category, any_value(s.ext_ref) as due from doc d join effect s on s.txn_id = d.txn_id
    and s.entity_type = 'source_fact' and s.src_version = d.revision
  where d.entity_type = 'vendor' and d.flow = 'supplier-onboarding' and d.live group by all),
carried as (
  select node, parent_id as entity_id, category, arg_max(ext_ref, seq) as found from effect where entity_type = 'vendor_fact' group by all),
apart as (
  select node, entity_id, category, due, found from asked full join carried using (node, entity_id, category) where due is distinct from found)
select d.txn_id, d.call_point, null::bigint as money_minor, d.currency,
  format('vendor {} is not the supplier that was asked for: {}', d.entity_id, string_agg(
    format('{} {}, asked for was {}', words(a.category), coalesce(a.found, 'none'), coalesce(a.due, 'none')), '; ' order by a.category)) as story,
  count(*) as facts
from apart a join doc d on d.node = a.node and d.entity_id = a.entity_id and d.entity_type = 'vendor'
where d.flow = 'supplier-onboarding' and d.live and exists (
  select 1 from effect s where s.txn_id = d.txn_id and s.entity_type = 'source_fact' and s.src_version = d.revision)
group by d.txn_id, d.call_point, d.entity_id, d.currency
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
