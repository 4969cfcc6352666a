-- id: C24
-- title: The final reads say what was written last
-- family: reconciliation
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: rest
-- Member by member, where both carry it, against the last change before the read.
-- A read of what nobody ever wrote has nothing to be compared with.
-- section: candidates
select t.flow, count(*) as n from h r left join txn t using (txn_id) where r.kind = 'read_view' and exists (
  select 1 from effect e where e.node = r.node and e.entity_type = r.entity_type and e.entity_id = r.entity_id and e.seq < r.seq) group by 1
-- section: violations
with reading as (select * from h where kind = 'read_view'),
written as (
  select r.seq, arg_max(e.state, e.seq) as state, arg_max(e.amount_minor, e.seq) as amount_minor, arg_max(e.currency, e.seq) as currency,
    arg_max(e.company, e.seq) as company, arg_max(e.period, e.seq) as period, arg_max(e.ext_ref, e.seq) as ext_ref,
    arg_max(e.src_version, e.seq) as src_version, arg_max(e.version, e.seq) as version
  from reading r join effect e on e.node = r.node and e.entity_type = r.entity_type and e.entity_id = r.entity_id and e.seq < r.seq group by 1),
apart as (
  select r.seq, unnest([
    {'what': 'state', 'said': r.state, 'was': w.state},
    {'what': 'amount', 'said': r.amount_minor::varchar, 'was': w.amount_minor::varchar},
    {'what': 'currency', 'said': r.currency, 'was': w.currency},
    {'what': 'company', 'said': r.company, 'was': w.company},
    {'what': 'period', 'said': r.period, 'was': w.period},
    {'what': 'reference', 'said': r.ext_ref, 'was': w.ext_ref},
    {'what': 'source revision', 'said': r.src_version::varchar, 'was': w.src_version::varchar},
    {'what': 'version', 'said': r.version::varchar, 'was': w.version::varchar}]) as one
  from reading r join written w using (seq)
  where r.state <> w.state or r.amount_minor <> w.amount_minor or r.currency <> w.currency or r.company <> w.company or r.period <> w.period
    or r.ext_ref <> w.ext_ref or r.src_version <> w.src_version or r.version <> w.version)
select r.txn_id, null as call_point, r.amount_minor as money_minor, r.currency,
  format('{} {} has the {} {} in the final read; what was written last is {}', words(r.entity_type), r.entity_id, a.one.what, a.one.said, a.one.was)
    as story, a.one.said as found, a.one.was as due
from apart a join reading r using (seq) where a.one.said <> a.one.was
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('commit', 'source_action', 'read_view', 'fault_fired')
