-- id: S05
-- title: No supplier is active without a clear screening that is newer than what was asked for
-- family: onboarding
-- severity: security
-- kind: fail
-- effect: posted unasked
-- at: history
-- flow: supplier-onboarding
-- The last check of this supplier before the create counts, when it came after the revision that the vendor stands for was written. A check
-- is of this supplier when its name (without legal form, marks and word breaks of its spelling) and its country are those that were asked
-- for; one that names a tax id is about that one. A vendor that was deactivated again was active too.
-- section: candidates
select flow, count(*) as n from doc where entity_type = 'vendor' and flow = 'supplier-onboarding' and txn_id is not null group by 1
-- section: violations
with written as (select txn_id, revision, min(seq) as seq from src_state group by all),
fact as (
  select txn_id, entity_type, parent_id, src_version, category, coalesce(party, ext_ref) as told from effect
  where entity_type in ('source_fact', 'check_fact') and category in ('name', 'country')),
checked as (
  select d.node, d.entity_id, arg_max(e.state, e.seq) as result, arg_max(e.entity_id, e.seq) as check_id
  from doc d join written w on w.txn_id = d.txn_id and w.revision = d.revision
  join effect e on e.txn_id = d.txn_id and e.entity_type = 'screening_check' and e.effect = 'create' and e.seq > w.seq and e.seq < d.seq
    and coalesce(e.party = d.party, true)
    and not exists (
      select 1 from fact s left join fact k on k.entity_type = 'check_fact' and k.txn_id = s.txn_id and k.parent_id = e.entity_id and k.category = s.category
      where s.entity_type = 'source_fact' and s.txn_id = d.txn_id and s.src_version = d.revision and k.told is distinct from s.told)
  where d.entity_type = 'vendor' group by all)
select d.txn_id, d.call_point, null::bigint as money_minor, d.currency,
  case when c.result is null then format('vendor {} was created, and nobody had screened this supplier since it was asked for', d.entity_id)
    else format('vendor {} was created although its last screening ({}) says {}', d.entity_id, c.check_id, words(c.result)) end as story,
  c.result, c.check_id
from doc d left join checked c on c.node = d.node and c.entity_id = d.entity_id
where d.entity_type = 'vendor' and d.flow = 'supplier-onboarding' and d.txn_id is not null and c.result is distinct from 'clear'
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action', 'fault_fired') or (kind in ('request', 'response_end') and call_kind in ('read', 'create')))
