-- id: G01
-- title: Every recorded receipt has exactly one live goods receipt
-- family: procure to pay
-- severity: money
-- kind: fail
-- at: rest
-- flow: receipt-to-grir
-- What is refused or declared parked is not examined.
-- section: candidates
select flow, count(*) as n from still where flow = 'receipt-to-grir' and expected = 'posted' and meaning <> 'refused' and not is_parked
group by 1
-- section: violations
select txn_id, null as call_point, case when live_n = 0 then amount_minor else (live_minor - amount_minor)::bigint end as money_minor,
  currency,
  format('receipt {} is recorded and has {} live goods receipts', source_id, live_n) as story, live_n, source_state
from still where flow = 'receipt-to-grir' and expected = 'posted' and meaning <> 'refused' and (missing_n > 0 or live_n > due_n) and not is_parked
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
