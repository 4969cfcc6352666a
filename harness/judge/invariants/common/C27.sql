-- id: C27
-- title: At every moment GR/IR of an order line is what was received of it and not invoiced, at the order's price
-- family: balance
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- domain.md 2, invariant 4. A balance in debit is right where the invoice came first. Each invoice may round one minor unit. Not examined: lines
-- that ever had another price, a credit or a return for good, what somebody wrote off, and what was billed without GR/IR.
-- section: candidates
select t.flow, count(distinct (g.node, g.item)) as n from gr_ir_moment g left join txn t using (txn_id) group by 1
-- section: violations
select txn_id, call_point, abs(minor - due_minor)::bigint as money_minor, currency,
  format('with {}, {} minor units stand on GR/IR for order line {}; {} thousandths came and {} were invoiced, which is {}', parent_id, minor,
    entity_id, received, billed, due_minor) as story, parent_id as posting, minor, due_minor
from gr_ir_moment where abs(minor - due_minor) > greatest(invoices, 1)
qualify row_number() over (partition by node, item order by seq) = 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
