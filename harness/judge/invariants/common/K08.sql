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
-- (`RETRY_BASE_MS`), beyond three that may come at once. Who refuses connections sees no calls.
-- section: candidates
select t.flow, count(distinct (o.txn_id, o.call_point, o.phase)) as n from op o join txn t using (txn_id)
join ref_mode m on m.code = o.code join ref_fault f on f.id = m.fault_id and f.scope = 'run' and f.family = 'outage' group by 1
-- section: violations
with vain as (
  select o.txn_id, o.call_point, o.phase, count(*) as n, (max(o.t_mono_ns) - min(o.t_mono_ns)) / 1e6 as ms
  from op o join ref_mode m on m.code = o.code join ref_fault f on f.id = m.fault_id and f.scope = 'run' and f.family = 'outage'
  where o.txn_id is not null group by 1, 2, 3)
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('{} was called {} times for it within {} ms while the system was down; a retry base of {} ms allows {}', call_point, n, ms::bigint,
    p.retry_base_ms, 3 + (ms / p.retry_base_ms)::bigint) as story, n as calls, ms::bigint as within_ms
from vain, policy p where n > 3 + ms / p.retry_base_ms
-- section: systematic
select s.* replace (story || ': a storm' as story) from slip s, policy where calls > 20 + 2 * within_ms / retry_base_ms
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
