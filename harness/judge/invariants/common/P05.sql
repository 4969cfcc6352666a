-- id: P05
-- title: At no moment more is paid of an invoice than is owed for it
-- family: procure to pay
-- severity: money
-- kind: fail
-- kinds: document status
-- effect: posted twice
-- at: history
-- By what the account of suppliers says of each item, posting by posting, whoever paid. What the bank sent back is owed again.
-- section: candidates
select t.flow, count(distinct (i.node, i.item)) as n from item_line i left join txn t using (txn_id)
where i.role = 'trade_payables' and i.item is not null and i.parent_id <> i.item group by 1
-- section: violations
with posted as (
  select node, item, parent_id, max(seq) as seq, sum(amount_minor)::bigint as minor, any_value(currency) as currency, any_value(txn_id) as txn_id
  from item_line where role = 'trade_payables' and item is not null group by 1, 2, 3),
running as (
  select *, first_value(minor) over w as first_minor, sum(minor) over w as left_minor
  from posted window w as (partition by node, item order by seq rows between unbounded preceding and current row)),
over as (
  select * from running where first_minor <> 0 and sign(left_minor) = -sign(first_minor)
  qualify row_number() over (partition by node, item order by seq) = 1)
select o.txn_id, e.call_point, abs(o.left_minor)::bigint as money_minor, o.currency,
  format('with {}, {} minor units more were paid of {} than the {} that are owed', o.parent_id, abs(o.left_minor), o.item, abs(o.first_minor)) as story,
  o.item, o.parent_id as posting
from over o left join effect e on e.seq = o.seq
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
