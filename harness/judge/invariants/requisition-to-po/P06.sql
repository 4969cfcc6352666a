-- id: P06
-- title: Nothing is ordered from a supplier while it is blocked
-- family: procure to pay
-- severity: security
-- kind: fail
-- effect: posted unasked
-- at: history
-- flow: requisition-to-po
-- section: candidates
select t.flow, count(distinct txn_id) as n from h join txn t using (txn_id) where h.kind in ('source_action', 'commit') and entity_type = 'supplier'
  and state like 'purchasing%on' group by 1
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was created although its supplier {} had been blocked', words(d.entity_type), d.entity_id, b.entity_id) as story,
  b.entity_id as supplier, b.seq as blocked_at, d.seq as ordered_at
from doc d
  join (select txn_id, entity_id, min(seq) as seq from h where kind in ('source_action', 'commit') and entity_type = 'supplier'
    and state like 'purchasing%on' and txn_id is not null group by 1, 2) b on b.txn_id = d.txn_id
where d.entity_type = 'purchase_order' and d.seq > b.seq and (d.request_seq is null or d.request_seq > b.seq)
  and coalesce(d.party = b.entity_id, true)
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('event_sent', 'event_ack', 'event_dropped', 'commit', 'fault_fired', 'source_action')
