-- Which faults reached whom, and what shows that they did.

-- fclass: what a fault means for the judgement
create view fclass as select * from ref_fault;

-- public closed: when a period was not open for a module
create table period_event as
select seq, company, period, lower(state) as state, entity_id,
  (select min(module) from ref_module m where list_contains(string_split(entity_id, '/'), m.module)) as module
from h where kind in ('source_action', 'commit') and entity_type = 'period' and state is not null;
create table closed as
select company, period, module, seq as from_seq, coalesce((select min(o.seq) from period_event o
  where o.state = 'open' and o.company = c.company and o.period = c.period and o.module is not distinct from c.module and o.seq > c.seq),
    9223372036854775807) as to_seq
from period_event c where c.state = 'closed';

-- unkilled: marks of kills after which the connector was still there
create table unkilled as
with ending as (select seq, kind, reason from h where kind in ('proc_start', 'proc_survived')),
marked as (select m.seq, m.txn_id from h m join ref_fault f on f.id = m.fault_id and f.scope = 'kill' where m.kind in ('fault_fired', 'hold'))
select m.seq, m.txn_id, e.reason from marked m asof join ending e on m.seq <= e.seq where e.kind = 'proc_survived';
-- proof: whether the record of a call or an event shows what the mode of the fault that was marked on it does there. A mark alone is no deed.
create table proof as
with marked as (select seq, phase, op_id, event_id, txn_id, call_point, fault_id, mode, secret_no from h where kind = 'fault_fired'
  union all select seq, phase, op_id, event_id, txn_id, call_point, fault_id, mode, null from h where kind = 'hold' and fault_id is not null),
event as (
  select event_id, count(*) filter (kind = 'event_sent') as sent, bool_or(kind = 'event_sent' and not sig_ok) as forged,
    bool_or(kind = 'event_sent' and not fresh) as stale, bool_or(kind = 'event_dropped') as dropped, any_value(txn_id) as txn_id,
    any_value(call_point) as call_point
  from h where kind in ('event_sent', 'event_dropped') and event_id in (select event_id from marked) group by 1),
events_of as (select txn_id, call_point, count(distinct event_id) as n from h where kind = 'event_sent'
  and txn_id in (select txn_id from marked where event_id is not null) group by 1, 2),
acted as (select txn_id, max(seq) as seq from h where kind = 'source_action' and txn_id in (select txn_id from marked) group by 1),
told as (select distinct phase, node, code from h where kind = 'decision' and code in (select code from ref_mode)),
-- a secret was retired: behind that somebody signs in with the new one, or is refused with an older one, and no older one is good
signed as (select r.seq, r.phase, r.secret_no, e.status, e.code from h r join h e on e.op_id = r.op_id and e.kind = 'response_end'
  where r.kind = 'request' and r.secret_no is not null and e.fault_id is null),
retired as (
  select m.seq, coalesce(bool_or(s.phase = m.phase and ((s.secret_no = m.secret_no and s.status = 200)
      or (s.secret_no < m.secret_no and s.code = r.code))), false)
    and not coalesce(bool_or(s.secret_no < m.secret_no and s.status = 200), false) as is_shown
  from marked m join ref_mode r on r.fault_id = m.fault_id and r.mode = m.mode and r.rotates left join signed s on s.seq > m.seq group by 1)
select m.seq, r.mode is not null and case
    when m.op_id is not null and r.decisions is not null then coalesce(list_contains(r.decisions, o.server_outcome) and o.client_view = r.view, false)
    when m.event_id is not null then coalesce(case
      when r.deliver in ('forged', 'unsigned') then e.forged when r.deliver = 'stale' then e.stale when r.deliver = 'never' then e.dropped
      when r.deliver in ('twice_at_once', 'again_later') then e.sent > 1 when r.deliver = 'second_id' then e.sent > 0 and n.n > 1
      else e.sent > 0 end, false)
    when r.rotates then x.is_shown
    when r.code is not null then t.code is not null
    else true end and (not coalesce(r.acts, false) or coalesce(a.seq > m.seq, false)) and m.seq not in (select seq from unkilled) as is_proven
from marked m left join ref_mode r on r.fault_id = m.fault_id and r.mode = m.mode left join op o on o.op_id = m.op_id
left join event e on e.event_id = m.event_id left join events_of n on n.txn_id = e.txn_id and n.call_point = e.call_point
left join acted a on a.txn_id = m.txn_id
left join ( -- outages that are on at once do not prove each other
  select distinct m.seq, t.code from marked m join told t on t.phase = m.phase left join ref_fault f on f.id = m.fault_id
  where f.family is distinct from 'outage' or t.node = m.call_point) t on t.seq = m.seq and t.code = r.code
left join retired x on x.seq = m.seq;

-- pause: between the attempts of the connector at one call of a transaction, from its first one on; first, third: ns. told: one of the first four
-- was answered, or said how long to wait.
create table pause as
with vain as (
  select txn_id, call_point, t_mono_ns, t_end, lead(t_mono_ns) over w - t_end as pause_ns, row_number() over w as k,
    bool_or(retry_after_ms is not null or client_view = 'ok') over (partition by txn_id, call_point order by seq rows between current row and 3 following) as told
  from op where call_kind in ('read', 'create', 'update') and txn_id is not null and t_end is not null
  window w as (partition by txn_id, call_point order by seq)),
pauses as (
  select txn_id, call_point, k, told, pause_ns as first, lead(pause_ns, 2) over (partition by txn_id, call_point order by k) as third from vain)
select txn_id, call_point, first, third, not told and third is not null and first > 20000000 as is_comparable from pauses where k = 1;

-- public fired: every time a fault reached the connector, for each transaction that it reached. Whoever was told that a period is closed, or had
-- an accepted document turned down for it, met F-F3, whatever the harness could see of that from outside.
create table fired as
select h.seq, h.t_mono_ns, h.op_id, h.call_point, h.attempt, h.fault_id, h.mode, h.plan_id, who.txn_id, h.txn_id is not null
  and who.txn_id = h.txn_id as own, p.is_proven
from (select * from h where kind = 'fault_fired') h join proof p using (seq),
  (select unnest(list_distinct(list_filter(list_concat([h.txn_id], string_split(coalesce(h.experienced_by, ''), ' ')),
    lambda x: x is not null and x <> ''))) as txn_id) who
union all
select min(seq), min(t_mono_ns), null, arg_min(system, seq), null, 'F-F3', 'close_period', null, txn_id, false, true from (
  select txn_id, seq, t_mono_ns, split_part(call_point, '.', 1) as system from op o where code = 'PERIOD_CLOSED' and txn_id is not null
    and exists (select 1 from closed c where o.seq < c.to_seq and coalesce(o.seq_end, o.seq) > c.from_seq)
  union all
  select d.txn_id, d.seq, d.t_mono_ns, d.node from doc d join closed c on c.company = d.company and d.dead_seq between c.from_seq and c.to_seq
  where d.never_posted and d.txn_id is not null)
where exists (select 1 from closed) group by txn_id
union all
-- a kill reaches whoever was held when it came; an answer that was let go just before it (F-G3) was still under the kill
select o.seq, o.t_mono_ns, o.op_id, o.call_point, o.attempt, o.fault_id, o.mode, o.plan_id, o.txn_id, true, p.is_proven
from h o join proof p using (seq) where o.kind = 'hold' and o.fault_id is not null and o.txn_id is not null and exists (
  select 1 from h k where k.kind = 'proc_kill' and k.seq > o.seq and k.phase = o.phase and not exists (
    select 1 from h r where r.kind = 'release' and r.op_id = o.op_id and r.seq > o.seq and r.t_mono_ns < k.t_mono_ns - 500000000));

-- public step: what was planned for a transaction, and whether it fired. A killed connector cannot tell F-G2 from F-G3: either counts for the
-- other.
create table step as
with planned as (
  select distinct txn_id, call_point, attempt, fault_id, mode, plan_id from h where kind = 'fault_armed' and txn_id is not null
  union all
  select w.txn_id, w.target, 0, w.fault_id, w.mode, null from planned_window w join txn using (txn_id)
  where not exists (select 1 from h where h.kind = 'fault_armed' and h.txn_id = w.txn_id and h.fault_id = w.fault_id))
select p.*, f.name as fault_name, f.family, f.scope, exists (
  select 1 from fired x where x.txn_id = p.txn_id and x.is_proven
    and (x.fault_id = p.fault_id or (x.fault_id in ('F-G2', 'F-G3') and p.fault_id in ('F-G2', 'F-G3')))
    and (x.mode = p.mode or x.mode is null) and (f.scope <> 'transaction' or x.call_point = p.call_point)) as has_fired
from planned p left join ref_fault f on f.id = p.fault_id;

-- public experienced: the vector of faults that really reached a transaction. how: own, run (a window), collateral (somebody else's kill). When
-- what settles by itself had been given its time, whoever had begun was settled, set aside or stuck: what befalls the world behind that moment
-- excuses none of it.
create table experienced as
select distinct x.txn_id, x.fault_id, x.mode, x.call_point, f.name as fault_name, f.family,
  f.recoverable or coalesce(list_contains(string_split(f.recoverable_at, ' '), c.kind), false) as recoverable, f.park_ok, f.expect,
  case when f.scope = 'run' then 'run' when exists (select 1 from step s where s.txn_id = x.txn_id and s.fault_id = x.fault_id)
  then 'own' else 'collateral' end as how
from fired x left join ref_fault f on f.id = x.fault_id left join ref_call_point c on c.id = x.call_point
where f.scope is distinct from 'run' or not exists (select 1 from h q join txn t on t.txn_id = x.txn_id
  where q.kind = 'quiet' and q.state = 'before_kill' and q.seq > t.seq0 and q.seq < x.seq)
union all
select distinct t.txn_id, 'kill', 'kill', null, 'connector killed', 'crash', true, false, 'posted', 'collateral'
from txn t join src s using (txn_id) join mark k on k.name = 'proc_kill' and k.seq > t.seq0
  and (s.settled_t is null or k.t_mono_ns < s.settled_t)
where not exists (select 1 from step p where p.txn_id = t.txn_id and p.scope = 'kill');
