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

-- patience: how long a correct connector may do nothing for a document before it tries again: half a minute, or twice the longest pause that its
-- retries come to, each twice as long as the one before, until it gives up.
create table patience as
select greatest(30000, 2 * retry_base_ms * power(2, least(gives_up_after, 12) - 1))::bigint as patience_ms from policy;

-- backlog: who waited in an outage until its end. until_t: until when nobody helped and the world was there
create table backlog as
with waited as (
  select o.txn_id, o.flow, arg_max(w.system, w.end_t) as system, max(w.end_t) as end_t, any_value(o.settled_t) as settled_t
  from still o join outage w on coalesce(o.approved_t, o.t0) < w.end_t and coalesce(o.settled_t > w.end_t, true)
  join ref_needs n on n.flow = o.flow and n.system = w.system
  where o.expected in ('posted', 'current', 'answered') and o.recoverable and not o.was_parked and not o.is_parked group by 1, 2),
told as (
  select w.*, p.patience_ms, coalesce((select min(m.t_mono_ns) from mark m where m.t_mono_ns > w.end_t and m.name in ('proc_kill', 'redrive')),
    (select max(t_mono_ns) from h)) as until_t from waited w cross join patience p)
select * from told where coalesce(settled_t <= end_t + patience_ms * 1000000, false) or until_t >= end_t + patience_ms * 1000000;

-- in_doubt: whose last call before a kill was a writing one without an answer. touched_t: when the connector next worked on it
create table in_doubt as
with killed as (
  select k.seq, k.t_mono_ns as killed_t, s.seq as start_seq, s.t_mono_ns as started_t,
    coalesce((select min(n.t_mono_ns) from mark n where n.name in ('proc_kill', 'redrive') and n.seq > s.seq), (select max(t_mono_ns) from h)) as until_t
  from (select * from mark where name = 'proc_kill') k asof join (select * from mark where name = 'proc_start') s on k.seq < s.seq),
latest as (
  select o.txn_id, k.seq as kill_seq, arg_max(o.call_point, o.seq) as call_point, arg_max(o.call_kind in ('create', 'update')
    and (o.client_view = 'info' or coalesce(o.seq_end > k.seq, true)), o.seq) as is_open
  from killed k join op o on o.seq < k.seq and o.txn_id is not null group by 1, 2),
told as (
  select l.txn_id, s.flow, l.call_point, k.started_t, k.until_t, p.patience_ms, s.settled_t,
    (select min(t) from (select o.t_mono_ns as t from op o where o.txn_id = l.txn_id and o.seq > k.start_seq
      union all select q.t_mono_ns from parked q where q.txn_id = l.txn_id and q.seq > k.start_seq)) as touched_t
  from latest l join killed k on k.seq = l.kill_seq join still s on s.txn_id = l.txn_id cross join patience p
  where l.is_open and s.recoverable and s.expected in ('posted', 'current', 'answered') and coalesce(s.settled_t > k.started_t, true))
select * from told where coalesce(touched_t <= started_t + patience_ms * 1000000, false) or until_t >= started_t + patience_ms * 1000000;

-- neighbour: fault-free documents, and whether the connector worked on one of their flow with a lasting fault while they were due
create table neighbour as
with poison as (
  select o.txn_id, any_value(t.flow) as flow, min(o.t_mono_ns) as from_t, max(coalesce(o.t_end, o.t_mono_ns)) as to_t
  from op o join txn t using (txn_id) where o.client_view <> 'ok' and o.txn_id in (
    select x.txn_id from experienced x where x.how = 'own' and not coalesce(x.recoverable, false)) group by 1)
select o.txn_id, o.flow, (o.settled_t - o.approved_t) / 1e6 as took_ms,
  exists (select 1 from poison p where p.flow = o.flow and p.from_t < o.settled_t and p.to_t > o.approved_t) as is_near
from outcome o where o.faults = 0 and o.role in ('baseline', 'control') and o.settled and o.settled_t > o.approved_t;

-- set_aside: when the connector says that it set an item aside, and its last attempt before that. Left out: where it was killed, or a system was
-- down, between the two
create table set_aside as
with said as (
  select p.txn_id, p.entity_id, p.seq, p.t_mono_ns - try_cast(json_extract_string(try_cast(h.detail as json), '$.ago_ms') as bigint) * 1000000 as aside_t
  from parked p join h using (seq) where p.txn_id is not null and try_cast(json_extract_string(try_cast(h.detail as json), '$.ago_ms') as bigint) is not null
  qualify row_number() over (partition by p.txn_id order by p.seq) = 1),
tried as (
  select s.txn_id, s.entity_id, s.seq, s.aside_t, max(o.t_end) as tried_t, arg_max(o.call_point, o.t_end) as call_point
  from said s join op o on o.txn_id = s.txn_id and o.t_end <= s.aside_t group by 1, 2, 3, 4)
select t.* from tried t where not exists (select 1 from mark m where m.name in ('proc_kill', 'proc_start') and m.t_mono_ns between t.tried_t and t.aside_t)
  and not exists (select 1 from outage w where w.begin_t < t.aside_t and w.end_t > t.tried_t);

-- offered: genuine events after which somebody is responsible, of the kinds of which the connector takes any, by how it answered their deliveries.
-- refusals: answers that say that the event is wrong
create table offered as
select d.event_id, any_value(d.txn_id) as txn_id, any_value(d.call_point) as call_point, any_value(d.entity_id) as entity_id, count(*) as answers,
  bool_or(d.acked) as was_taken, list(distinct d.status) as statuses,
  count(*) filter (d.status between 400 and 499 and d.status not in (401, 403, 408, 409, 425, 429)) as refusals
from delivery d where d.genuine and d.approves and d.status is not null and d.call_point in (select call_point from delivery where acked)
  and not exists (select 1 from experienced x where x.txn_id = d.txn_id and x.family = 'drift')
group by 1;
