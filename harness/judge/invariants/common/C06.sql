-- id: C06
-- title: Every live posting has the amount and currency of its source document
-- family: accuracy
-- severity: money
-- kind: fail
-- compares: amount
-- effect: posted wrong
-- at: history
-- section: candidates
select d.flow, count(*) as n from doc d join src_revision r using (txn_id, revision) where d.live and r.amount_minor is not null
  and d.amount_minor is not null and contains(d.compare, 'amount') group by 1
-- section: violations
with held as (
  select d.*, coalesce(u.amount_minor, r.amount_minor) as due_minor, r.currency as due_currency
  from doc d join src_revision r using (txn_id, revision)
  left join due_document u on d.part is not null and u.txn_id = d.txn_id and u.revision = d.revision and u.due_id = d.due_id and u.part = d.part
  where d.live and d.amount_minor is not null and r.amount_minor is not null and contains(d.compare, 'amount')),
summed as (
  select *, sum(due_minor) over (partition by node, entity_type, entity_id) as total_minor, count(*) over (partition by node, entity_type, entity_id)
    as sources from held)
select d.txn_id, d.call_point, abs(d.amount_minor - d.total_minor)::bigint as money_minor, coalesce(d.due_currency, d.currency) as currency,
  case when d.sources = 1 then format('{} {} carries {} {} in minor units; {} says {} {}', words(d.entity_type), d.entity_id, d.amount_minor,
    d.currency, s.entity_id, d.due_minor, d.due_currency)
  else format('{} {} carries {} {} in minor units; the {} documents that it stands for, {} among them, say {} {}', words(d.entity_type),
    d.entity_id, d.amount_minor, d.currency, d.sources, s.entity_id, d.total_minor, d.due_currency) end as story,
  d.amount_minor as posted_minor, d.currency as posted_currency, d.total_minor as source_minor, d.due_currency as source_currency
from summed d join src s using (txn_id)
where d.amount_minor <> d.total_minor or d.currency <> d.due_currency
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
