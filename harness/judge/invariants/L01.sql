-- id: L01
-- title: After healing every transaction settles
-- family: liveness
-- severity: liveness
-- kind: fail
-- at: rest
-- section: candidates
select count(*) from still where expected = 'posted' and recoverable
-- section: violations
select txn_id, null as call_point, amount_minor as money_minor, currency,
  case when live_n > 0
  then format('{} {} was posted, but {} never learned of it (status {})', 'document', live_document, source_id, source_state)
            else format('{} is still {} at the end of the run', source_id, source_state) end as story, source_state, live_n
from still where expected = 'posted' and recoverable and not settled and not is_parked
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
