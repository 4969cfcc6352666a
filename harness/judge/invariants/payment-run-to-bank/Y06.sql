-- id: Y06
-- title: What the bank did not pay, or took back, is owed again as it was
-- family: payment
-- severity: money
-- kind: fail
-- effect: posted wrong
-- at: rest
-- flow: payment-run-to-bank
-- PST-Y04: on every account that its issue moved (the items, what is under way, discount, differences of rates) a payment that came to nothing
-- leaves nothing; the bank's charges stay. And a payment that the bank took has its items closed. Examined: payments that were issued.
-- section: candidates
select t.flow, count(distinct (e.node, e.entity_id)) as n from effect e join txn t using (txn_id), run_fact r
where r.final_read and e.entity_type = 'payment' and e.state = 'issued' group by 1
-- section: violations
with payment as (
  select node, entity_id, any_value(txn_id) as txn_id, arg_max(state, seq) as state, arg_max(call_point, seq) as call_point, any_value(currency) as currency
  from effect where entity_type = 'payment' group by 1, 2 having bool_or(state = 'issued')),
entry as (
  select p.*, l.account, l.src_line as item, l.amount_minor, l.parent_id = p.entity_id || '/issue' as is_issue
  from payment p join effect l on l.node = p.node and l.entity_type = 'journal_line' and split_part(l.parent_id, '/', 1) = p.entity_id),
summed as (
  select node, entity_id, txn_id, state, call_point, currency, account, item, sum(amount_minor)::bigint as minor, sum(amount_minor)
    filter (is_issue)::bigint as issued_minor from entry group by all having bool_or(is_issue))
select s.txn_id, s.call_point, abs(case when s.state in ('rejected', 'stopped', 'returned', 'voided') then s.minor else s.issued_minor - s.minor end)
    as money_minor, s.currency,
  case when s.state in ('rejected', 'stopped', 'returned', 'voided')
    then format('payment {} was {}, and {} minor units of it stay on account {}{}', s.entity_id, s.state, s.minor, s.account,
      coalesce(' of ' || s.item, ''))
    else format('payment {} is {}, and of {} {} minor units are owed again', s.entity_id, s.state, s.item, s.issued_minor - s.minor) end as story,
  s.account, s.item
from summed s, run_fact r
where r.final_read and case when s.state in ('rejected', 'stopped', 'returned', 'voided') then s.minor <> 0
  else s.item is not null and s.minor <> s.issued_minor end
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
