-- id: D01
-- title: A transaction that met faults ends like its fault-free twins
-- family: differential
-- severity: books
-- kind: fail
-- clock: world
-- at: rest
-- Compared: documents and their states, what was written back and in which order, status of the source, accounts, company, period, amount. Only
-- for plans whose faults pass by themselves. Left out, and named beside a violation: what fewer than three twins of the template carry, and
-- what differs among the twins themselves (more than one in ten), which is noise. A template without enough twins is not examined.
-- section: candidates
select o.flow, count(distinct s.txn_id) as n from still o join signature s using (txn_id) join twin w on w.template = o.template
  and w.component = s.component and w.is_comparable where o.recoverable and o.faults > 0 and o.expected = 'posted' group by 1
-- section: violations
select o.txn_id, null as call_point, case when s.component = 'amount'
  then abs(coalesce(o.live_minor, 0) - o.amount_minor)::bigint end as money_minor, o.currency,
  format('{} of {}: {}; its fault-free twins end with: {}', s.component, o.source_id, s.value, w.value)
    || coalesce(format(' (but {})', w.deviating), '') || coalesce(format('. Not compared, because the twins differ or are too few: {}', l.components), '')
    as story, s.component, s.value as found, w.value as expected_value, w.example as control_txn, w.n::bigint as twins, w.deviating,
  l.components as left_out
from still o join signature s using (txn_id) join twin w on w.template = o.template and w.component = s.component and w.is_comparable
left join (select template, string_agg(component, ', ' order by component) as components from twin where not is_comparable group by 1) l
  on l.template = o.template
where o.recoverable and o.faults > 0 and o.expected = 'posted' and s.value <> w.value
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
