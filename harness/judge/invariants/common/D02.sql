-- id: D02
-- title: A transaction that met faults makes and undoes no more documents than its fault-free twins
-- family: differential
-- severity: books
-- kind: fail
-- at: history
-- section: candidates
select o.flow, count(*) as n from outcome o join twin_count w using (template) where o.recoverable and o.faults > 0 and o.expected = 'posted'
  and w.n >= 2 group by 1
-- section: violations
select o.txn_id, null as call_point, null::bigint as money_minor, o.currency,
  format('{} led to {} documents and {} reversals; its fault-free twins make {} and {}', o.source_id, o.made, o.reversed_n, w.made,
  w.reversed_n) as story, o.made, o.reversed_n, w.example as control_txn
from outcome o join twin_count w using (template)
where o.recoverable and o.faults > 0 and o.expected = 'posted' and w.n >= 2 and (o.made > w.made or o.reversed_n > w.reversed_n)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
