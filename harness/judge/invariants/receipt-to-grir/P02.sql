-- id: P02
-- title: At no moment more of an order line is received than was ordered
-- family: procure to pay
-- severity: money
-- kind: fail
-- effect: posted twice
-- at: history
-- flow: receipt-to-grir
-- Over all receipts of the line, whoever posted them, against what is ordered at that moment: orders are changed and cut. What was taken back
-- by then does not count.
-- section: candidates
select d.flow, count(*) as n from effect l join document d on d.node = l.node and d.entity_id = l.parent_id and d.entity_type = 'goods_receipt'
where l.entity_type = 'receipt_line' and exists (
  select 1 from effect o where o.entity_type = 'order_line' and o.node = l.node and o.entity_id = l.src_line and o.quantity is not null
    and o.seq <= l.seq) group by 1
-- section: violations
with taken as (
  select l.seq, l.node, l.src_line, l.quantity, l.amount_minor, d.txn_id, d.call_point, d.currency, d.entity_id, d.dead_seq
  from effect l join document d on d.node = l.node and d.entity_id = l.parent_id and d.entity_type = 'goods_receipt'
  where l.entity_type = 'receipt_line'),
ordered as (
  select t.seq, arg_max(o.quantity, o.seq) as ordered
  from taken t join effect o on o.entity_type = 'order_line' and o.node = t.node and o.entity_id = t.src_line and o.seq <= t.seq
  where o.quantity is not null group by t.seq),
summed as (
  select t.seq, o.ordered, sum(b.quantity)::bigint as received
  from taken t join ordered o using (seq)
  join taken b on b.node = t.node and b.src_line = t.src_line and b.seq <= t.seq and coalesce(b.dead_seq > t.seq, true)
  group by all)
select t.txn_id, t.call_point, t.amount_minor as money_minor, t.currency,
  format('with goods receipt {}, {} thousandths of order line {} were received; {} were ordered', t.entity_id, s.received, t.src_line, s.ordered) as story,
  s.ordered, s.received
from summed s join taken t using (seq) where s.received > s.ordered
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
