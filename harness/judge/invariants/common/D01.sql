-- id: D01
-- title: A transaction that met faults ends like its fault-free twins
-- family: differential
-- severity: books
-- kind: fail
-- clock: world
-- at: rest
-- Only for plans whose faults pass by themselves. A component that differs among the twins themselves is noise and is not compared.
-- section: candidates
select o.flow, count(distinct s.txn_id) as n from still o join signature s using (txn_id) join twin w on w.template = o.template
  and w.component = s.component and w.share >= 0.9 and w.n >= 2 where o.recoverable and o.faults > 0 and o.expected = 'posted' group by 1
-- section: violations
select o.txn_id, null as call_point, case when s.component = 'amount'
  then abs(coalesce(o.live_minor, 0) - o.amount_minor)::bigint end as money_minor, o.currency,
  format('{} of {}: {}; its fault-free twins end with: {}', s.component, o.source_id, s.value, w.value) as story, s.component,
  s.value as found, w.value as expected_value
from still o join signature s using (txn_id) join twin w on w.template = o.template and w.component = s.component and w.share >= 0.9
  and w.n >= 2
where o.recoverable and o.faults > 0 and o.expected = 'posted' and s.value <> w.value
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
