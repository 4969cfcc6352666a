-- id: P03
-- title: Nothing is paid for goods that did not come, or far above the order's price
-- family: procure to pay
-- severity: money
-- kind: fail
-- kinds: document status
-- effect: posted unasked
-- at: history
-- Three-way match, of all invoices of an order line that are paid: their net amounts against the received quantity at the order's price, and
-- five of a hundred above it, which is more than any entity allows. Not examined: lines that need no receipt or had several prices, lines with
-- a credit or a return, invoices of which a person released a hold, and those of which a part is still to be paid.
-- section: candidates
select t.flow, count(distinct (p.node, p.payment, p.line)) as n from paid_line p left join txn t using (txn_id) group by 1
-- section: violations
with paid as ( -- an invoice that is paid in parts counts once
  select distinct p.node, p.payment, p.line, p.seq, p.txn_id, p.currency, p.call_point, p.ordered_minor, p.ordered_quantity, b.line_seq, b.quantity,
    b.amount_minor
  from paid_line p join paid_line b on b.node = p.node and b.line = p.line and b.seq <= p.seq and coalesce(b.back_seq > p.seq, true)),
summed as (
  select node, payment, line, seq, txn_id, currency, call_point, ordered_minor, ordered_quantity, sum(quantity)::bigint as quantity,
    sum(amount_minor)::bigint as paid_minor
  from paid group by all),
came as (
  select s.node, s.payment, s.line, coalesce(sum(l.quantity), 0)::bigint as received
  from summed s left join (
    select l.node, l.src_line, l.seq, l.quantity, p.dead_seq from effect l join paper p on p.node = l.node and p.entity_id = l.parent_id
    where l.entity_type = 'receipt_line') l
    on l.node = s.node and l.src_line = s.line and l.seq < s.seq and coalesce(l.dead_seq > s.seq, true) group by all)
select s.txn_id, s.call_point, (s.paid_minor - s.ordered_minor * c.received / s.ordered_quantity)::bigint as money_minor, s.currency,
  format('with payment {}, {} minor units are paid for {} thousandths of order line {}; {} had come, and all {} cost {}', s.payment, s.paid_minor,
    s.quantity, s.line, c.received, s.ordered_quantity, s.ordered_minor) as story, s.payment, s.line as order_line
from summed s join came c using (node, payment, line)
where s.quantity > c.received or s.paid_minor * s.ordered_quantity * 100 > s.ordered_minor * c.received * 105 + s.ordered_quantity * 100
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
