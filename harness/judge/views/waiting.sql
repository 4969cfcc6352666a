-- Events, and who waited while a system was down. Built behind outcomes.sql.

-- public delivery: one delivery attempt of a webhook and its answer
create table delivery as
select s.seq, s.t_mono_ns, s.op_id, s.txn_id, s.call_point, s.attempt, s.event_id, s.sig_ok, s.fresh, s.sig_ok and s.fresh as genuine,
  a.seq as ack_seq, a.status, s.entity_id,
  coalesce(a.status between 200 and 299, false) as acked, e.approves
from h s left join h a on a.kind = 'event_ack' and a.op_id = s.op_id left join ref_event e on e.call_point = s.call_point
where s.kind = 'event_sent';

-- outage: a system that was down, from when to when, and how many transactions that need it were open meanwhile
create table outage as
with said as (
  select h.seq, h.t_mono_ns, h.call_point as system, h.fault_id, h.experienced_by,
    (select min(e.seq) from h e where e.kind = 'fault_healed' and e.fault_id = h.fault_id and e.call_point = h.call_point and e.seq > h.seq) as end_seq
  from h join ref_fault f on f.id = h.fault_id and f.scope = 'run' and f.family = 'outage' where h.kind = 'fault_fired')
select s.system, s.fault_id, min(s.seq) as seq, min(s.t_mono_ns) as begin_t, any_value(e.t_mono_ns) as end_t, s.end_seq,
  sum(len(list_filter(string_split(coalesce(s.experienced_by, ''), ' '), lambda x: x <> '')))::integer as affected_n
from said s join h e on e.seq = s.end_seq group by s.system, s.fault_id, s.end_seq;

-- bystander: a transaction that became due while a system was down that its flow does not need, early enough to be done before the end of that:
-- within the time that a connector may be held up by its calls to the system that is down, for as many documents as wait for one at a time.
create table bystander as
select o.txn_id, o.flow, w.system, w.fault_id, w.end_t, o.approved_t, o.settled_t,
  (p.request_timeout_ms * (2 + floor(w.affected_n / p.concurrency)) + p.poll_ms + 500)::bigint as patience_ms
from outcome o join outage w on o.approved_t between w.begin_t and w.end_t cross join policy p
where o.faults = 0 and o.expected in ('posted', 'current', 'answered')
  and not exists (select 1 from ref_needs n where n.flow = o.flow and n.system = w.system)
  and o.approved_t + (p.request_timeout_ms * (2 + floor(w.affected_n / p.concurrency)) + p.poll_ms + 500) * 1000000 < w.end_t;

-- on_behalf: a call for a list or a token that failed belongs to no transaction; somebody who waited for it stands for all of them
create table on_behalf as
select op_id, min(txn_id) as txn_id from (
  select o.op_id, f.txn_id from op o join fired f using (op_id) where o.txn_id is null and o.call_kind in ('list', 'token')
  union all
  select o.op_id, f.txn_id from op o
  join (select x.txn_id, x.call_point, h.phase from fired x join h using (seq) where x.op_id is null) f
    on f.phase = o.phase and f.call_point = split_part(o.call_point, '.', 1)
  where o.txn_id is null and o.call_kind in ('list', 'token') and o.client_view <> 'ok')
group by 1;
