-- id: R03
-- title: No target holds what no version of its record ever said
-- family: accuracy
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- kinds: state
-- A write that names a version is held against that one; any other against every version that existed when it was asked for.
-- section: candidates
select flow, count(*) as n from copy join txn t using (txn_id, flow) where t.flow_kind = 'state' group by 1
-- section: violations
select c.txn_id, c.call_point, null::bigint as money_minor, null as currency,
  format('{} {} was written with "{}", which {} never said{}', words(c.entity_type), c.entity_id, c.value, coalesce(s.entity_id, 'its record'),
    case when c.version is null then '' else format(' in version {}', c.version) end) as story, c.value as held, c.version
from copy c join txn t using (txn_id) left join src s using (txn_id)
where t.flow_kind = 'state' and not exists (
  select 1 from version v where v.txn_id = c.txn_id and v.due_id = c.due_id and v.value = c.value and v.seq < c.asked_seq
    and (c.version is null or v.version = c.version))
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
