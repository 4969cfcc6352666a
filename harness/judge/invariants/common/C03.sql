-- id: C03
-- title: Every approved source document is posted, refused to its owner, or declared parked
-- family: completeness
-- severity: loss
-- kind: fail
-- effect: lost
-- at: rest
-- section: candidates
select flow, count(*) as n from still where expected = 'posted' and due_n > 0 group by 1
-- section: violations
select txn_id, null as call_point, amount_minor as money_minor, currency,
  case when live_n = 0 then format('{} is approved, but nothing was posted for it, and nobody was told: it is not parked and not refused',
  coalesce(source_id, txn_id))
    else format('{} is approved, but {} of the {} documents that are due for it were not posted, and nobody was told: it is not parked and not refused',
  coalesce(source_id, txn_id), missing_n, due_n) end as story,
  source_state, made, reversed_n
from still where expected = 'posted' and missing_n > 0 and meaning <> 'refused' and not is_parked
union all
select txn_id, null, amount_minor, currency,
  format('{} was taken up again only when the connector was told to redrive, and it had never said that it waits for that: until then it was lost',
  coalesce(source_id, txn_id)), source_state, made, reversed_n
from late where expected = 'posted' and due_n > 0
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
