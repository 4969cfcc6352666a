-- id: E01
-- title: Every approved expense report has exactly one live posting
-- family: expense
-- severity: money
-- kind: fail
-- at: rest
-- flow: expense-to-posting
-- What is refused or declared parked is not examined.
-- section: candidates
select flow, count(*) as n from still where flow = 'expense-to-posting' and expected = 'posted' and meaning <> 'refused' and not is_parked
group by 1
-- section: violations
select txn_id, null as call_point, case when live_n = 0 then amount_minor else (live_minor - amount_minor)::bigint end as money_minor,
  currency,
  format('expense report {} is approved and has {} live postings', source_id, live_n) as story, live_n, source_state
from still where flow = 'expense-to-posting' and expected = 'posted' and meaning <> 'refused' and (missing_n > 0 or live_n > due_n) and not is_parked
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
