-- What causes.py asks about the transactions in table suspect(txn_id): which faults the connector was told of while it worked on them, and when
-- their books went wrong.

-- section: contacts
-- every moment at which a fault reached the work on one of these: a call or an event of its own that met it, a call of its own that a fault of
-- the whole run answered, or the call of nobody (for a list, for a token) that it waited for. A window that merely found the document open is
-- none: nobody worked on it then.
with told as (
  select op.txn_id, op.seq, op.call_point, m.fault_id, m.mode from op join suspect using (txn_id)
  join (select r.fault_id, r.mode, r.code from ref_mode r where r.code is not null union select 'F-F3', 'close_period', 'PERIOD_CLOSED') m using (code)
  join ref_fault f on f.id = m.fault_id and f.scope = 'run'
  where not exists (select 1 from h where h.kind = 'fault_fired' and h.op_id = op.op_id)
    and exists (select 1 from fired x where x.txn_id = op.txn_id and x.fault_id = m.fault_id)),
refused as ( -- whoever refuses connections sees no call, and who gets no token is told so at a call of nobody: the fault that was planned for
  -- this one, as it began
  select x.txn_id, min(x.seq) as seq, any_value(x.call_point) as call_point, x.fault_id, any_value(x.mode) as mode
  from fired x join suspect using (txn_id) join step s on s.txn_id = x.txn_id and s.fault_id = x.fault_id and s.scope = 'run'
  where s.family = 'credentials' or x.fault_id not in (select fault_id from ref_mode where code is not null union select 'F-F3')
  group by x.txn_id, x.fault_id),
turned_down as (
  select d.txn_id, d.dead_seq as seq, d.call_point, 'F-F3' as fault_id, 'close_period' as mode from doc d join suspect using (txn_id)
  where d.never_posted and exists (select 1 from fired x where x.txn_id = d.txn_id and x.fault_id = 'F-F3')),
killed as ( -- a kill that came between two signs of work on it, or while a call of its own was under way
  select s.txn_id, k.seq, (select arg_max(op.call_point, op.seq) from op where op.txn_id = s.txn_id and op.seq < k.seq) as call_point,
    'kill' as fault_id, 'kill' as mode
  from suspect s join (select seq, phase from h where kind = 'proc_kill') k on exists (
    select 1 from h w where w.txn_id = s.txn_id and w.kind in ('request', 'event_sent') and w.phase = k.phase and w.seq < k.seq)
  where not exists (select 1 from step p where p.txn_id = s.txn_id and p.scope = 'kill'))
select c.*, c.fault_id in (select fault_id from refused) as is_presumed, coalesce(f.name, case when c.fault_id = 'kill' then 'connector killed' end) as fault_name from (
  select x.txn_id, x.seq, x.call_point, x.fault_id, x.mode from fired x join suspect using (txn_id) join ref_fault f on f.id = x.fault_id
  where x.is_proven and f.scope <> 'run'
    and (x.own or exists (select 1 from op o where o.op_id = x.op_id and o.txn_id is null and o.call_kind in ('list', 'token')))
  union all select txn_id, seq, call_point, fault_id, mode from told
  union all select txn_id, seq, call_point, fault_id, mode from refused
  union all select txn_id, seq, call_point, fault_id, mode from turned_down
  union all select txn_id, seq, call_point, fault_id, mode from killed) c
left join ref_fault f on f.id = c.fault_id order by txn_id, seq

-- section: moments
-- by transaction: when a second posting of the same thing came to stand beside the first, when the last posting that still stands came, when
-- somebody first helped a connector that was stuck (a restart, the end of the faults, a redrive), and the last call of its own
with twice as (
  select b.txn_id, min(b.seq) as seq from doc b join suspect using (txn_id) join doc a on a.txn_id = b.txn_id and a.due_id is not distinct from b.due_id
    and a.part is not distinct from b.part and a.seq < b.seq and coalesce(a.dead_seq > b.seq, true) and not a.never_posted and not b.never_posted
  group by 1),
last_posting as (select txn_id, max(seq) as seq from doc join suspect using (txn_id) where live group by 1),
call as (select txn_id, max(seq) as seq, arg_max(call_point, seq) as call_point from op join suspect using (txn_id) group by 1)
select s.txn_id, t.seq as twice_seq, p.seq as posted_seq, c.call_point as last_call,
  (select min(m.seq) from mark m where m.name in ('proc_kill', 'heal', 'redrive') and m.seq > r.approved_seq) as helped_seq
from suspect s left join src r using (txn_id) left join twice t using (txn_id) left join last_posting p using (txn_id) left join call c using (txn_id)

-- section: blockers
-- by transaction on which nobody worked until somebody helped, because the connector did nothing any more but try one document with a fault
-- that does not pass by itself, all of it in vain. waited_long: the others had been begun, and waited while that one was tried over and over.
with helped as (
  select s.txn_id, r.approved_seq as from_seq, min(m.seq) as to_seq
  from suspect s join src r using (txn_id) join mark m on m.name in ('proc_kill', 'heal', 'redrive') and m.seq > r.approved_seq group by 1, 2),
latest as (
  select t.to_seq, arg_max(op.txn_id, op.seq) as blocker
  from (select distinct to_seq from helped) t join op on op.seq < t.to_seq and op.txn_id is not null group by 1),
since as (
  select l.to_seq, l.blocker, coalesce(max(op.seq), 0) as seq from latest l left join op on op.seq < l.to_seq
    and (op.txn_id <> l.blocker or op.server_outcome = 'committed') group by 1, 2),
busy as (
  select s.to_seq, s.blocker, count(*) as calls, max(op.seq) as seq from since s join op on op.txn_id = s.blocker and op.seq > s.seq and op.seq < s.to_seq
  group by 1, 2 having count(*) >= 5 and 3 * count(*) filter (op.client_view <> 'ok') >= count(*))
select i.txn_id, b.blocker, any_value(e.call_point) as call_point, any_value(e.fault_id) as fault_id, any_value(e.fault_name) as fault_name,
  bool_or(w.is_begun) as waited_long
from helped i join busy b on b.to_seq = i.to_seq and b.blocker <> i.txn_id and b.seq > i.from_seq
join experienced e on e.txn_id = b.blocker and (e.park_ok or not e.recoverable),
  lateral (select exists (select 1 from op where op.txn_id = i.txn_id and op.seq between i.from_seq and i.to_seq) as is_begun) w
where (not w.is_begun or b.calls >= 20)
group by 1, 2
