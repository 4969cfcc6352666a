-- id: K05
-- title: Nothing is attempted more often than the connector declares
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- clock: world
-- at: history
-- section: candidates
select t.flow, count(*) as n
  from (select txn_id from op where call_kind in ('read', 'create', 'update') and txn_id is not null and client_view <> 'ok' group by txn_id,
    call_point) join txn t using (txn_id) group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('{} unsuccessful attempts; the connector declares that it gives up after {}', n, gives_up_after) as story, n as attempts,
  gives_up_after as declared, ms::bigint as within_ms
from (select txn_id, call_point, episode, count(*) as n, (max(t_mono_ns) - min(t_mono_ns)) / 1e6 as ms
      from (select op.*,
        (select count(*) from mark m where m.seq < op.seq and m.name in ('redrive', 'heal', 'fault_healed', 'proc_start')) as episode
            from op where call_kind in ('read', 'create', 'update') and txn_id is not null and client_view <> 'ok')
      group by 1, 2, 3), policy
where n > gives_up_after
-- section: systematic
-- three times as often as declared, and without a pause between: faster than half the retry base on average
select s.* replace (format('{}, all of them within {} ms', story, within_ms) as story)
from slip s, policy where attempts > 3 * declared and within_ms < attempts * retry_base_ms / 2
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
