-- id: S08
-- title: No supplier is changed, ordered from or paid without a clear screening that is newer than its last change
-- family: onboarding
-- severity: security
-- kind: fail
-- effect: posted unasked
-- at: history
-- flow: supplier-onboarding
-- What comes behind the creation (S05): a change by a connector, an order and a payment, whoever makes them. The last check in the transaction
-- of the vendor that is about it (as S05 says) counts, when it came after the revision that the vendor was told last was written (whoever
-- names none tells the one that was approved last). Examined: vendors, for what became of them.
-- section: candidates
select flow, count(*) as n from doc where entity_type = 'vendor' and flow = 'supplier-onboarding' and txn_id is not null group by 1
-- section: violations
with vendor as (
  select d.txn_id, d.node, d.entity_id, d.seq, d.party from doc d where d.entity_type = 'vendor' and d.flow = 'supplier-onboarding' and d.txn_id is not null),
used as (
  select v.*, e.seq as used_seq, e.call_point, 'changed' as how, e.entity_id as by_id, null::bigint as minor, e.currency from vendor v
  join effect e on e.node = v.node and e.request_seq is not null and e.effect = 'update' and e.seq > v.seq
    and ((e.entity_type = 'vendor' and e.entity_id = v.entity_id and e.state = 'active') or (e.entity_type = 'vendor_fact' and e.parent_id = v.entity_id))
  union all
  select v.*, e.seq, e.call_point, 'ordered from', e.entity_id, e.amount_minor, e.currency from vendor v
  join effect e on e.node = v.node and e.entity_type = 'purchase_order' and e.effect = 'create' and e.party = v.entity_id
  union all
  select v.*, e.seq, e.call_point, 'paid', e.entity_id, e.amount_minor, e.currency from vendor v
  join effect e on e.node = v.node and e.entity_type = 'payment' and e.state = 'issued' and e.party = v.entity_id),
named as (
  select e.node, coalesce(e.parent_id, e.entity_id) as entity_id, e.seq, coalesce(e.src_version, max(r.revision)) as revision from effect e
  left join src_revision r on r.txn_id = e.txn_id and r.approved_seq < e.seq and e.entity_type = 'vendor_fact' and e.request_seq is not null
  where e.entity_type in ('vendor', 'vendor_fact') group by e.node, e.entity_id, e.parent_id, e.seq, e.src_version),
told as (
  select u.*, coalesce((select max(c.revision) from named c where c.node = u.node and c.entity_id = u.entity_id and c.seq <= u.used_seq), 1) as revision
  from used u),
fact as (
  select txn_id, entity_type, parent_id, src_version, category, coalesce(party, ext_ref) as told from effect
  where entity_type in ('source_fact', 'check_fact') and category in ('name', 'country')),
checked as (
  select t.node, t.entity_id, t.used_seq, arg_max(k.state, k.seq) as result from told t
  join (select txn_id, revision, min(seq) as seq from src_state group by 1, 2) w on w.txn_id = t.txn_id and w.revision = t.revision
  join effect k on k.txn_id = t.txn_id and k.entity_type = 'screening_check' and k.effect = 'create' and k.seq > w.seq and k.seq < t.used_seq
    and coalesce(k.party = t.party, true)
    and not exists (
      select 1 from fact s left join fact f on f.entity_type = 'check_fact' and f.txn_id = s.txn_id and f.parent_id = k.entity_id and f.category = s.category
      where s.entity_type = 'source_fact' and s.txn_id = t.txn_id and s.src_version = t.revision and f.told is distinct from s.told)
  group by 1, 2, 3)
select t.txn_id, t.call_point, t.minor as money_minor, t.currency,
  format('vendor {} was {} ({}) {}', t.entity_id, t.how, t.by_id, case when c.result is null then 'and nobody had screened it since it changed'
    else 'although its last screening says ' || words(c.result) end) as story, t.how, c.result
from told t left join checked c using (node, entity_id, used_seq) where c.result is distinct from 'clear'
qualify row_number() over (partition by t.node, t.entity_id, t.how order by t.used_seq) = 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
