-- id: B12
-- title: What is given back of a line is given back where it was kept, and never more than that
-- family: budget
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- Of each line of a reservation or an order: by stage, cost centre, account group, project and month, at every moment. A reservation that is
-- over keeps nothing.
-- section: candidates
select t.flow, count(distinct (m.node, m.owner, m.line)) as n from moved m left join txn t using (txn_id)
where m.stage in ('reserved', 'pre_encumbrance', 'encumbrance') and m.amount_minor < 0 group by 1
union all
select t.flow, count(distinct (e.node, e.entity_id)) from effect e left join txn t using (txn_id)
where e.state in ('consumed', 'released', 'expired') and (e.node, e.entity_id) in (select (node, owner) from moved where stage = 'reserved') group by 1
-- section: violations
with running as (
  select *, sum(amount_minor) over (partition by node, owner, line, stage, company, cost_center, account_group, project, period order by seq) as kept
  from moved where stage in ('reserved', 'pre_encumbrance', 'encumbrance')),
below as (
  select * from running where kept < 0 qualify row_number() over (partition by node, owner, line, stage order by seq) = 1),
ended as (
  select node, entity_id as owner, max(seq) as seq, arg_max(state, seq) as state, any_value(txn_id) as txn_id from effect
  where state is not null and (node, entity_id) in (select (node, owner) from moved where stage = 'reserved') group by 1, 2 having arg_max(state, seq) in ('consumed', 'released', 'expired'))
select b.txn_id, null as call_point, abs(b.kept)::bigint as money_minor, b.currency,
  format('of line {} of {} {} minor units were taken back from cost centre {}, accounts {} in {}, where so much was not {}', b.line, b.owner,
    abs(b.amount_minor), b.cost_center, b.account_group, b.period, case b.stage when 'encumbrance' then 'encumbered' else 'reserved' end) as story,
  b.owner, b.seq
from below b
union all
select e.txn_id, null, abs(sum(m.amount_minor))::bigint, any_value(m.currency),
  format('reservation {} is {} and keeps {} minor units', e.owner, e.state, sum(m.amount_minor)), e.owner, e.seq
from ended e join moved m on m.node = e.node and m.owner = e.owner, run_fact r
where r.final_read and m.stage in ('reserved', 'pre_encumbrance') group by e.txn_id, e.owner, e.state, e.seq having sum(m.amount_minor) <> 0
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
