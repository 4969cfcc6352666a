-- id: K10
-- title: A forged or stale event is refused and has no effect
-- family: security
-- severity: security
-- kind: fail
-- effect: taken from a forger
-- kinds: document state status query
-- at: history
-- section: candidates
select t.flow, count(*) as n from delivery left join txn t using (txn_id) where not genuine group by 1
-- section: violations
select d.txn_id, d.call_point, any_value(e.amount_minor) as money_minor, any_value(e.currency) as currency,
  format('{} about {} was {}', case when bool_and(d.sig_ok) then 'an event with an old timestamp'
  else 'an event without a genuine signature' end, coalesce(any_value(s.entity_id), 'a document'),
    case when bool_or(d.acked) and count(e.seq) > 0 then 'acknowledged and acted upon' when bool_or(d.acked)
    then 'acknowledged with ' || max(d.status) filter (d.acked) else 'acted upon' end) as story,
  max(d.status) as status, count(e.seq) as effects
from delivery d left join src s using (txn_id)
left join effect e on e.txn_id = d.txn_id and e.op_id is not null and e.effect in ('create', 'update') and not e.entity_type like '%_line'
  and d.approves
  and coalesce(e.request_seq, e.seq) > d.seq and e.seq < coalesce(s.approved_seq, 9223372036854775807)
where not d.genuine
group by d.txn_id, d.call_point, d.event_id having bool_or(d.acked) or count(e.seq) > 0
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('event_sent', 'event_ack', 'event_dropped', 'commit', 'fault_fired', 'source_action')
