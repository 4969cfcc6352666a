-- id: K15
-- title: A genuine event is not turned away as forged
-- family: security
-- severity: loss
-- kind: fail
-- effect: turned away as forged
-- kinds: document state status query
-- at: history
-- The signature is over the bytes as they came; whoever signs again what it has parsed refuses whatever a sender writes differently.
-- An event of another shape (F-E) may be refused, but not for its signature: 400 says that, 401 and 403 do not.
-- section: candidates
select t.flow, count(*) as n from delivery left join txn t using (txn_id) where genuine and status is not null group by 1
-- section: violations
select d.txn_id, d.call_point, s.amount_minor as money_minor, s.currency,
  format('a genuine event about {} was answered {} although its signature and its timestamp hold{}', coalesce(s.entity_id, 'a document'),
  d.status, case when bool_or(d.acked) over (partition by d.event_id) then '; a later attempt was taken' else '' end) as story,
  d.status, d.attempt
from delivery d left join src s using (txn_id) where d.genuine and d.status in (401, 403)
qualify row_number() over (partition by d.event_id order by d.seq) = 1
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('event_sent', 'event_ack', 'event_dropped', 'fault_fired', 'source_action')
