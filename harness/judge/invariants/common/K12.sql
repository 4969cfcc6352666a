-- id: K12
-- title: An event is answered before its sender gives up
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- clock: world
-- at: history
-- Whoever was killed meanwhile could not answer.
-- section: candidates
select t.flow, count(*) as n from delivery d left join txn t using (txn_id) where d.ack_seq is not null
  and not exists (select 1 from mark m where m.name in ('proc_kill', 'proc_start') and m.seq between d.seq and d.ack_seq) group by 1
-- section: violations
select d.txn_id, d.call_point, null::bigint as money_minor, null as currency,
  format('event {} was not answered within {} ms', d.event_id, p.ack_timeout_ms) as story, d.attempt
from delivery d join h a on a.seq = d.ack_seq, policy p
where d.status is null and (a.t_mono_ns - d.t_mono_ns) / 1e6 >= 0.95 * p.ack_timeout_ms
  and not exists (select 1 from mark m where m.name in ('proc_kill', 'proc_start') and m.seq between d.seq and d.ack_seq)
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('event_sent', 'event_ack', 'proc_kill')
