-- id: V01
-- title: Every planned fault fired
-- family: vacuity
-- severity: conduct
-- kind: void
-- kinds: document state status query
-- at: history
-- A fault at a later arrival that never came is no gap where another fault of the same plan was met: the call simply succeeded before.
-- section: candidates
select t.flow, count(*) as n from step join txn t using (txn_id) group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('the planned {}/{} at {} attempt {} {}', coalesce(fault_name, fault_id), mode, call_point, attempt,
    case when exists (select 1 from fired x where x.txn_id = step.txn_id and x.fault_id = step.fault_id)
      then 'came out otherwise: the client had left before, or this machine was late' else 'never fired' end) as story,
  fault_id, mode, attempt
from step where not has_fired and not (attempt > 1
  and exists (select 1 from step o where o.txn_id = step.txn_id and o.has_fired)
  and not exists (select 1 from op where op.txn_id = step.txn_id and op.call_point = step.call_point and op.attempt >= step.attempt))
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
