-- id: M01
-- title: Every approved supplier invoice has exactly one live supplier invoice in the ERP
-- family: procure to pay
-- severity: money
-- kind: fail
-- at: rest
-- flow: invoice-to-posting
-- On hold is live: it is booked, and not paid. What is refused or declared parked is not examined.
-- section: candidates
select flow, count(*) as n from still where flow = 'invoice-to-posting' and expected = 'posted' and meaning <> 'refused' and not is_parked
group by 1
-- section: violations
select txn_id, null as call_point, abs(case when live_n = 0 then amount_minor else live_minor - amount_minor end)::bigint as money_minor,
  currency,
  format('invoice {} is approved and has {} live supplier invoices', source_id, live_n) as story, live_n, source_state
from still where flow = 'invoice-to-posting' and expected = 'posted' and meaning <> 'refused' and (missing_n > 0 or live_n > due_n) and not is_parked
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
