-- id: C10
-- title: The account of suppliers is the sum of their open items
-- family: balance
-- severity: books
-- kind: fail
-- at: rest
-- domain.md 2, invariant 2, item by item: what the ledger says of a document on the control account, and what is open of it. Asked where the
-- target tells its open items.
-- section: candidates
select t.flow, count(distinct (i.node, i.item)) as n from item_line i left join txn t using (txn_id), run_fact r
where r.final_read and i.role = 'trade_payables' and i.node in (select node from effect where entity_type = 'open_item') group by 1
-- section: violations
with booked as (
  select node, company, currency, item, -sum(amount_minor)::bigint as minor, any_value(txn_id) as txn_id from item_line
  where role = 'trade_payables' and node in (select node from effect where entity_type = 'open_item') group by 1, 2, 3, 4),
open as (
  select node, company, currency, entity_id as item, arg_max(amount_minor, seq) as minor, any_value(txn_id) as txn_id from effect
  where entity_type = 'open_item' group by 1, 2, 3, 4)
select coalesce(b.txn_id, o.txn_id) as txn_id, null as call_point, abs(coalesce(b.minor, 0) - coalesce(o.minor, 0))::bigint as money_minor,
  coalesce(b.currency, o.currency) as currency,
  format('the ledger owes {} minor units for {}, of which {} are open', coalesce(b.minor, 0), coalesce(b.item, o.item, 'no item'), coalesce(o.minor, 0)) as story,
  coalesce(b.minor, 0) as booked, coalesce(o.minor, 0) as open
from booked b full join open o on o.node = b.node and o.company = b.company and o.currency = b.currency and o.item = b.item, run_fact r
where r.final_read and coalesce(b.minor, 0) <> coalesce(o.minor, 0)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
