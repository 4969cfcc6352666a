-- id: V01
-- title: Every planned fault fired
-- family: vacuity
-- severity: conduct
-- kind: void
-- kinds: document state status query
-- at: history
-- section: candidates
select t.flow, count(*) as n from step join txn t using (txn_id) group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('the planned {}/{} at {} attempt {} never fired', coalesce(fault_name, fault_id), mode, call_point, attempt) as story,
  fault_id, mode, attempt
from step where not has_fired
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
