-- id: M10
-- title: No supplier invoice is taken back of which something is paid
-- family: procure to pay
-- severity: money
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- A lenient ERP lets it go: the money is gone, and nothing is left that it paid for. What is open of an invoice says how much of it is paid or
-- cleared. Examined: invoices that were posted and taken back, where the ERP tells its open items.
-- section: candidates
select t.flow, count(*) as n from effect v join txn t using (txn_id)
where t.flow = 'invoice-to-posting' and v.entity_type = 'supplier_invoice' and v.effect = 'reverse'
  and exists (select 1 from effect i where i.entity_type = 'open_item' and i.node = v.node and i.entity_id = v.parent_id and i.seq < v.seq) group by 1
-- section: violations
with gone as (
  select v.seq, any_value(v.txn_id) as txn_id, any_value(v.call_point) as call_point, any_value(v.currency) as currency, any_value(v.parent_id) as document,
    arg_min(i.amount_minor, i.seq) as billed, arg_max(i.amount_minor, i.seq) as open
  from effect v join txn t using (txn_id)
  join effect i on i.entity_type = 'open_item' and i.node = v.node and i.entity_id = v.parent_id and i.seq < v.seq
  where t.flow = 'invoice-to-posting' and v.entity_type = 'supplier_invoice' and v.effect = 'reverse' group by v.seq)
select txn_id, call_point, abs(billed - open)::bigint as money_minor, currency,
  format('supplier invoice {} was taken back when {} of {} minor units were open', document, open, billed) as story, open, billed
from gone where open <> billed
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'update') or kind = 'fault_fired')
