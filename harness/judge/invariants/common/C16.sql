-- id: C16
-- title: Nothing stays posted for a source document whose approval was taken back
-- family: authorisation
-- severity: money
-- kind: fail
-- effect: left standing
-- at: rest
-- Not posting at all and posting followed by one reversal are both right. Parking what should be undone is no way out.
-- section: candidates
select flow, count(*) as n from still where expected = 'undone' group by 1
-- section: violations
select o.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('the approval of {} was taken back, but {} {} is still live', o.source_id, words(d.entity_type), d.entity_id) as story,
  o.source_state, d.entity_id
from still o join doc d on d.txn_id = o.txn_id and d.live where o.expected = 'undone'
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
