-- id: D02
-- title: A transaction that met faults makes and undoes no more documents than its fault-free twins
-- family: differential
-- severity: books
-- kind: fail
-- at: history
-- Only for plans whose faults pass by themselves, and templates with at least three twins.
-- section: candidates
select o.flow, count(*) as n from outcome o join twin_count w using (template) join (select distinct txn_id from src_revision where approved_seq is not null)
  using (txn_id), twin_floor f where o.recoverable and o.faults > 0 and o.expected = 'posted' and w.n >= f.twins group by 1
-- section: violations
-- every revision that was approved may be posted, and all but the last of them undone
with approved as (select txn_id, greatest(count(*), 1) as n from src_revision where approved_seq is not null group by 1)
select o.txn_id, null as call_point, null::bigint as money_minor, o.currency,
  format('{} led to {} documents and {} reversals; its fault-free twins make {} and {}', o.source_id, o.made, o.reversed_n, w.made,
  w.reversed_n) || case when a.n > 1 then format(' for each of its {} revisions', a.n) else '' end as story,
  o.made, o.reversed_n, w.example as control_txn
from outcome o join twin_count w using (template) join approved a using (txn_id), twin_floor f
where o.recoverable and o.faults > 0 and o.expected = 'posted' and w.n >= f.twins
  and (o.made > w.made * a.n or o.reversed_n > w.reversed_n + w.made * (a.n - 1))
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
