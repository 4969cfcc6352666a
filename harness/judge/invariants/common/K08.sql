-- id: K08
-- title: A system that is down is not stormed
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- clock: world
-- at: history
-- Of one document at one call point, in one window in which every answer is an error: more calls than the connector's own retry base allows
-- (`RETRY_BASE_MS`), beyond three that may come at once. Of lists and tokens, as many as for each document that it works on at once. Who
-- refuses connections sees no calls. A token service that refuses the client is had by nobody, as if it were down.
-- section: candidates
with vain as (select m.code from ref_mode m join ref_fault f on f.id = m.fault_id and f.scope = 'run' and f.family in ('outage', 'credentials'))
select t.flow, count(distinct (o.txn_id, o.call_point, o.phase)) as n from op o join txn t using (txn_id)
where o.code in (select code from vain) group by 1
union all
select t.flow, count(distinct (o.call_point, o.phase)) from op o join on_behalf w using (op_id) join txn t on t.txn_id = w.txn_id
where o.code in (select code from vain) group by 1
-- section: violations
with told as (select m.code from ref_mode m join ref_fault f on f.id = m.fault_id and f.scope = 'run' and f.family in ('outage', 'credentials')),
vain as (
  select o.txn_id, o.call_point, o.phase, 1 as at_once, count(*) as n, (max(o.t_mono_ns) - min(o.t_mono_ns)) / 1e6 as ms
  from op o where o.code in (select code from told) and o.txn_id is not null group by 1, 2, 3
  union all
  select min(w.txn_id), o.call_point, o.phase, any_value(p.concurrency), count(*), (max(o.t_mono_ns) - min(o.t_mono_ns)) / 1e6
  from op o join on_behalf w using (op_id) cross join policy p where o.code in (select code from told) group by 2, 3)
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('{} was called {} times for it within {} ms while it could not be had; a retry base of {} ms allows {}', call_point, n, ms::bigint,
    p.retry_base_ms, (at_once * (3 + ms / p.retry_base_ms))::bigint) as story, n as calls, ms::bigint as within_ms, at_once
from vain, policy p where n > at_once * (3 + ms / p.retry_base_ms)
-- section: systematic
select s.* replace (story || ': a storm' as story) from slip s, policy where calls > at_once * (20 + 2 * within_ms / retry_base_ms)
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
