-- id: L01
-- title: After healing every transaction settles
-- family: liveness
-- severity: liveness
-- kind: fail
-- effect: stuck
-- kinds: document state status query
-- clock: world
-- at: rest
-- section: candidates
select flow, count(*) as n from still where expected in ('posted', 'current', 'answered') and (recoverable
  or exists (select 1 from h q where q.kind = 'quiet' and q.state = 'before_kill' and q.seq > still.seq0)) group by 1
-- section: violations
-- A restart rescues a connector that only hangs, or that takes up at its start what it had set aside. So what must settle by itself has to be
-- settled before the first kill, or before it is started again because it ended; what it meets behind that moment excuses nothing.
with before_kill as (
  select q.seq,
    (select min(k.t_mono_ns) from h k where k.kind in ('proc_kill', 'proc_start') and k.seq > q.seq) as again_t
  from h q where q.kind = 'quiet' and q.state = 'before_kill')
select txn_id, null as call_point, amount_minor as money_minor, currency,
  format('{} settled only after the connector was killed and started again: it was stuck', source_id) as story, source_state, live_n
from still join before_kill on seq0 < before_kill.seq
where expected in ('posted', 'current', 'answered') and settled and settled_t > again_t
  and not exists (select 1 from fired x join ref_fault f on f.id = x.fault_id left join ref_call_point c on c.id = x.call_point
    where x.txn_id = still.txn_id and x.seq < before_kill.seq and not f.recoverable
      and not coalesce(list_contains(string_split(f.recoverable_at, ' '), c.kind), false))
union all
select txn_id, null, amount_minor, currency,
  format('{} settled only after the connector was told to redrive, and it was not declared parked before', source_id), source_state, live_n
from late where recoverable
union all
select txn_id, null as call_point, amount_minor as money_minor, currency,
  case when live_n > 0
  then format('{} {} was posted, but {} never learned of it (status {})', 'document', live_document, source_id, source_state)
            else format('{} is still {} at the end of the run', source_id, source_state) end as story, source_state, live_n
from still where expected in ('posted', 'current', 'answered') and recoverable and not settled and not is_parked
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
