-- id: K09
-- title: An acknowledged event has its effect
-- family: durability
-- severity: loss
-- kind: fail
-- effect: lost
-- at: rest
-- section: candidates
select o.flow, count(distinct txn_id) as n from delivery join still o using (txn_id) where genuine and acked and approves and expected = 'posted' group by 1
-- section: violations
select o.txn_id, d.call_point, any_value(o.amount_minor) as money_minor, any_value(o.currency) as currency,
  format('the connector acknowledged the event about {} with {} and took responsibility, but nothing was posted, refused or parked',
  any_value(o.source_id), min(d.status)) as story,
  count(*) as acknowledged, min(d.event_id) as event_id
from delivery d join still o using (txn_id)
where d.genuine and d.acked and d.approves and o.expected = 'posted' and o.live_n = 0 and o.meaning <> 'refused' and not o.is_parked
group by o.txn_id, d.call_point
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('event_sent', 'event_ack', 'event_dropped', 'commit', 'fault_fired', 'source_action')
