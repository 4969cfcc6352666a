-- id: K04
-- title: A request that was refused for good is not repeated unchanged
-- family: conduct
-- severity: conduct
-- kind: warn
-- kinds: document state status query
-- at: history
-- Look-ups may be repeated. After a re-drive, a healing, a restart or a change by a person, asking again is right;
-- so is beginning again because another step had failed meanwhile.
-- section: candidates
select t.flow, count(*) as n from op join txn t using (txn_id) where call_kind in ('create', 'update') and client_view = 'fail' and definite
  and retry = 'no' and body_hash is not null and seq_end is not null group by 1
-- section: violations
select a.txn_id, a.call_point, null::bigint as money_minor, null as currency,
  format('attempt {} repeats unchanged what was refused with {} {}', a.attempt, b.status, b.code) as story, a.attempt, b.code
from op b join op a on a.txn_id = b.txn_id and a.call_point = b.call_point and a.body_hash = b.body_hash and a.seq > b.seq_end
where b.call_kind in ('create', 'update') and b.client_view = 'fail' and b.definite and b.retry = 'no'
  and not exists (select 1 from mark m where m.seq between b.seq and a.seq and m.name in ('redrive', 'heal', 'fault_healed', 'proc_start'))
  and not exists (select 1 from op x where x.txn_id = a.txn_id and x.call_point <> a.call_point and x.client_view <> 'ok'
    and x.seq between b.seq_end and a.seq)
  and not exists (select 1 from src_state s where s.txn_id = a.txn_id and s.seq between b.seq and a.seq and s.op_id is null)
qualify row_number() over (partition by a.op_id order by b.seq desc) = 1
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
