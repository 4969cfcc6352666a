-- id: M11
-- title: What a supplier gets of an invoice is its net and the tax that it printed, whatever else the company owes for it
-- family: tax
-- severity: money
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- PST-P17: under reverse charge the supplier gets the net, and the tax is owed to somebody else. By what the account of suppliers says of the
-- document, against its lines.
-- section: candidates
select d.flow, count(*) as n from doc d where d.flow = 'invoice-to-posting' and d.entity_type = 'supplier_invoice' and d.live
  and exists (select 1 from item_line i where i.node = d.node and i.parent_id = d.entity_id and i.role = 'trade_payables') group by 1
-- section: violations
with paper as (select * from doc where flow = 'invoice-to-posting' and entity_type = 'supplier_invoice' and live),
payable as (
  select p.node, p.entity_id, -sum(i.amount_minor)::bigint as minor from paper p join item_line i on i.node = p.node and i.parent_id = p.entity_id
    and i.role = 'trade_payables' group by 1, 2),
billed as (
  select p.node, p.entity_id, coalesce(sum(l.amount_minor) filter (l.entity_type = 'invoice_line'), 0)::bigint as minor,
    coalesce(sum(l.amount_minor) filter (l.entity_type = 'tax_line'), 0)::bigint as printed
  from paper p join effect l on l.node = p.node and l.parent_id = p.entity_id and l.entity_type in ('invoice_line', 'tax_line') group by 1, 2)
select p.txn_id, p.call_point, abs(a.minor - b.minor)::bigint as money_minor, p.currency,
  format('the supplier of {} gets {} minor units; net and printed tax ({}) come to {}', p.entity_id, a.minor, b.printed, b.minor) as story,
  a.minor as payable, b.minor as billed
from paper p join payable a using (node, entity_id) join billed b using (node, entity_id) where a.minor <> b.minor
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
