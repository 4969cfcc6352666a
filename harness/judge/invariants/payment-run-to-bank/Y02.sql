-- id: Y02
-- title: The file at the bank pays what the run pays, each payment with its amount, to the payee's account
-- family: payment
-- severity: money
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: payment-run-to-bank
-- Payment by payment, by end-to-end id: sums may be right where two payees were swapped. The account is the one that was in force when people
-- issued the run. Examined: payments of runs whose file the bank has, and what is in these files.
-- section: candidates
select d.flow, count(*) as n from doc d join effect e on e.txn_id = d.txn_id and e.entity_type = 'payment' and e.state = 'issued'
where d.flow = 'payment-run-to-bank' and d.live group by 1
-- section: violations
with paper as (select txn_id, min(call_point) as call_point from doc where flow = 'payment-run-to-bank' and live group by 1),
due as (
  select e.txn_id, e.entity_id as reference, e.amount_minor, e.currency, e.account from effect e join paper using (txn_id)
  where e.entity_type = 'payment' and e.state = 'issued'),
found as (
  select e.txn_id, e.ext_ref as reference, arg_min(e.amount_minor, e.seq) as amount_minor, arg_min(e.currency, e.seq) as currency,
    arg_min(e.party, e.seq) as account
  from effect e join paper using (txn_id) where e.entity_type = 'bank_payment' and e.effect = 'create' group by 1, 2),
apart as (
  select coalesce(d.txn_id, f.txn_id) as txn_id, coalesce(d.reference, f.reference) as reference, coalesce(d.amount_minor, f.amount_minor) as minor,
    coalesce(d.currency, f.currency) as currency,
    case when f.reference is null then 'is not in it'
      when d.reference is null then 'is none of the run'
      when f.amount_minor is distinct from d.amount_minor or f.currency <> d.currency
        then format('is ordered with {} {} in minor units, and the run pays {} {}', coalesce(f.amount_minor::varchar, 'no'), f.currency,
          d.amount_minor, d.currency)
      when f.account <> d.account then format('goes to account {}, and the payee has {}', f.account, d.account) end as what
  from due d full join found f on f.txn_id = d.txn_id and f.reference = d.reference)
select a.txn_id, p.call_point, sum(a.minor)::bigint as money_minor, any_value(a.currency) as currency,
  format('the file at the bank is not that of the run: {}', string_agg(format('payment {} {}', a.reference, a.what), '; ' order by a.reference)) as story,
  count(*) as payments
from apart a join paper p using (txn_id) where a.what is not null group by a.txn_id, p.call_point
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
