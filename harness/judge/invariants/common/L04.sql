-- id: L04
-- title: Nothing is written any more after the connector has gone quiet
-- family: liveness
-- severity: liveness
-- kind: fail
-- effect: written too late
-- kinds: document state status query
-- clock: world
-- at: history
-- section: candidates
select null as flow, count(*) as n from quiet where state = 'end' and begin_seq is not null
-- section: violations
select any_value(op.txn_id) as txn_id, op.call_point, null::bigint as money_minor, null as currency,
  format('{} writing requests to {} arrived in the quiet window', count(*), op.call_point) as story, count(*) as requests,
  min(op.seq) as first_seq
from quiet q join op on op.seq between q.begin_seq and q.end_seq and op.call_kind in ('create', 'update') where q.state = 'end'
  group by op.call_point, op.txn_id
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
