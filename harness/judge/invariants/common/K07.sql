-- id: K07
-- title: The pauses between attempts grow
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- clock: world
-- at: history
-- Of attempts in vain that no answer told how long to wait: the third pause is not half as long as the first.
-- section: candidates
select t.flow, count(*) as n from (select txn_id, call_point from op where call_kind in ('read', 'create', 'update') and client_view <> 'ok'
  and txn_id is not null group by 1, 2 having count(*) >= 4) join txn t using (txn_id) group by 1
-- section: violations
with vain as (
  select txn_id, call_point, t_mono_ns, t_end, client_view, retry_after_ms, phase, attempt,
    lead(t_mono_ns) over w - t_end as pause_ns, lead(client_view) over w as next_view, row_number() over w as k,
    bool_or(retry_after_ms is not null or client_view = 'ok') over (partition by txn_id, call_point order by seq rows between current row and 3 following) as told
  from op where call_kind in ('read', 'create', 'update') and txn_id is not null and t_end is not null
  window w as (partition by txn_id, call_point order by seq)),
pauses as (
  select txn_id, call_point, k, told, pause_ns as first, lead(pause_ns, 2) over (partition by txn_id, call_point order by k) as third from vain)
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('the first pause before another attempt took {} ms, the third {} ms', (first / 1e6)::bigint, (third / 1e6)::bigint) as story,
  (first / 1e6)::bigint as first_ms, (third / 1e6)::bigint as third_ms
from pauses where k = 1 and not told and third is not null and first > 20000000 and third <= first / 2
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
