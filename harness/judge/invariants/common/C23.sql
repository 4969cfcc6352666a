-- id: C23
-- title: What was undone nets to zero in the ledger
-- family: balance
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- By account, cost centre, company and currency, over the document and what reversed it. A reversal may be in a later period. What was
-- withdrawn before it was posted has no lines and needs none.
-- section: candidates
select t.flow, count(*) as n from document d left join txn t on t.txn_id = d.txn_id
where d.dead_seq is not null and d.posted_seq is not null and d.dead_seq < (select max(seq) from h where kind <> 'commit')
  and (exists (select 1 from line l where l.node = d.node and l.parent_id = d.entity_id)
    or exists (select 1 from effect e where e.node = d.node and e.effect = 'reverse' and e.parent_id = d.entity_id and e.entity_type = d.entity_type))
group by 1
-- section: violations
with gone as (select * from document where dead_seq is not null and posted_seq is not null and dead_seq < (select max(seq) from h where kind <> 'commit')),
undoing as (
  select g.node, g.entity_type, g.entity_id, e.entity_id as by_id, e.amount_minor, e.currency
  from gone g join effect e on e.node = g.node and e.effect = 'reverse' and e.parent_id = g.entity_id and e.entity_type = g.entity_type),
papers as (
  select node, entity_type, entity_id, entity_id as paper from gone union select node, entity_type, entity_id, by_id from undoing),
net as (
  select p.node, p.entity_type, p.entity_id, l.account, l.cost_center, l.company, l.currency, sum(l.amount_minor)::bigint as left_minor
  from papers p join line l on l.node = p.node and l.parent_id = p.paper group by all having sum(l.amount_minor) <> 0)
select g.txn_id, g.call_point, max(abs(n.left_minor)) as money_minor, any_value(n.currency) as currency,
  format('{} {} was undone, but the ledger keeps {} in minor units on account {}', words(g.entity_type), g.entity_id,
    arg_max(n.left_minor, abs(n.left_minor)), arg_max(n.account, abs(n.left_minor))) as story, count(*) as balances
from net n join gone g using (node, entity_type, entity_id) group by g.txn_id, g.call_point, g.node, g.entity_type, g.entity_id
union all
select g.txn_id, g.call_point, abs(coalesce(u.amount_minor, 0) - g.amount_minor), g.currency,
  format('{} {} over {} {} in minor units was undone by {} over {} {}', words(g.entity_type), g.entity_id, g.amount_minor, g.currency, u.by_id,
    u.amount_minor, u.currency), 1
from undoing u join gone g using (node, entity_type, entity_id)
where u.amount_minor <> g.amount_minor or u.currency <> g.currency
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'source_action', 'fault_fired', 'request', 'response_end')
