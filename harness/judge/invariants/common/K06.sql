-- id: K06
-- title: No call is repeated before the time that Retry-After asked for
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- clock: world
-- at: history
-- Tolerance 50 ms; an HTTP date has whole seconds, so up to one second more.
-- Examined: answers that asked to wait, and after which the same call came again; lists and tokens too, where the next one is anybody's.
-- section: candidates
select t.flow, count(*) as n from op b join txn t using (txn_id) where b.retry_after_ms is not null and b.t_end is not null and exists (
  select 1 from op a where a.txn_id = b.txn_id and a.call_point = b.call_point and a.t_mono_ns > b.t_end) group by 1
union all
select t.flow, count(*) from op b join on_behalf w using (op_id) join txn t on t.txn_id = w.txn_id
where b.retry_after_ms is not null and b.t_end is not null group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('attempt {} came {} ms after an answer that asked for {} ms', next_attempt, waited_ms, retry_after_ms) as story, waited_ms,
  retry_after_ms, tolerance_ms
from (select b.op_id, b.txn_id, b.call_point, b.retry_after_ms, a.attempt as next_attempt,
  ((a.t_mono_ns - b.t_end) / 1e6)::bigint as waited_ms,
             case when exists (select 1 from fired f where f.op_id = b.op_id and f.fault_id = 'F-B2')
             or exists (select 1 from fired f where f.txn_id = b.txn_id and f.call_point = b.call_point and f.fault_id = 'F-B2') then 1050
             else 50 end as tolerance_ms
      from op b join op a on a.txn_id = b.txn_id and a.call_point = b.call_point and a.t_mono_ns > b.t_end
      where b.retry_after_ms is not null and b.txn_id is not null
      qualify row_number() over (partition by b.op_id order by a.seq) = 1
      union all
      select b.op_id, w.txn_id, b.call_point, b.retry_after_ms, a.attempt, ((a.t_mono_ns - b.t_end) / 1e6)::bigint, 50
      from op b join on_behalf w using (op_id) join op a on a.txn_id is null and a.call_point = b.call_point and a.t_mono_ns > b.t_end
      where b.retry_after_ms is not null
      qualify row_number() over (partition by b.op_id order by a.seq) = 1)
where waited_ms < retry_after_ms - tolerance_ms
-- section: systematic
-- most of the answers that asked to wait were disobeyed
select s.* replace (format('{}; so it went with {} of {} answers that asked to wait', story, early.n, told.n) as story)
from slip s, (select count(*) as n from slip) early,
  (select count(*) as n from op where retry_after_ms is not null and t_end is not null
    and (txn_id is not null or op_id in (select op_id from on_behalf))) told
where early.n >= 5 and early.n > told.n / 2
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
