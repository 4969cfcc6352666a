-- id: G03
-- title: Goods that went back are taken back in the ERP as in procurement, with a replacement or for good
-- family: procure to pay
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: receipt-to-grir
-- PST-P07: only what the supplier still owes is encumbered again. Examined: goods receipts that were reversed after their receipt was.
-- section: candidates
with said as (select txn_id, min(seq) as seq from effect where entity_type = 'receipt' and category is not null group by 1)
select t.flow, count(*) as n from effect e join txn t using (txn_id) join said s using (txn_id)
where t.flow = 'receipt-to-grir' and e.entity_type = 'goods_receipt' and e.effect = 'reverse' and e.seq > s.seq group by 1
-- section: violations
with said as (
  select txn_id, min(seq) as seq, arg_min(entity_id, seq) as entity_id, arg_min(category, seq) as category from effect
  where entity_type = 'receipt' and category is not null group by 1)
select e.txn_id, e.call_point, e.amount_minor as money_minor, e.currency,
  format('goods receipt {} was taken back by {} {}; {} went back {}', e.parent_id, e.entity_id,
    case e.category when 'replacement' then 'with a replacement to come' else 'for good' end, s.entity_id,
    case s.category when 'replacement' then 'with a replacement to come' else 'for good' end) as story,
  e.category as found, s.category as due
from effect e join txn t using (txn_id) join said s using (txn_id)
where t.flow = 'receipt-to-grir' and e.entity_type = 'goods_receipt' and e.effect = 'reverse' and e.seq > s.seq
  and e.category is distinct from s.category
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'update') or kind = 'fault_fired')
