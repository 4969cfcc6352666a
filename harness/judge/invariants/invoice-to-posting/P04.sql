-- id: P04
-- title: No invoice of a supplier is booked twice
-- family: procure to pay
-- severity: money
-- kind: fail
-- effect: posted twice
-- at: history
-- flow: invoice-to-posting
-- By company, supplier, the supplier's number, date, amount and currency, whoever posted them. What is parked, or was voided, is not booked.
-- section: candidates
select d.flow, count(*) as n from document d join effect l on l.node = d.node and l.parent_id = d.entity_id and l.entity_type = 'supplier_number'
where d.entity_type = 'supplier_invoice' and d.flow = 'invoice-to-posting' and d.live and d.posted_seq is not null group by 1
-- section: violations
with booked as (
  select d.*, l.ext_ref as number from document d join effect l on l.node = d.node and l.parent_id = d.entity_id and l.entity_type = 'supplier_number'
  where d.entity_type = 'supplier_invoice' and d.live and d.posted_seq is not null),
again as (
  select *, first_value(entity_id) over w as first_id, first_value(txn_id) over w as first_txn, row_number() over w as n from booked
  window w as (partition by node, company, party, number, document_date, amount_minor, currency order by seq))
select coalesce(txn_id, first_txn) as txn_id, call_point, abs(amount_minor) as money_minor, currency,
  format('supplier invoice {} is number {} of supplier {} once more, which was booked as {}', entity_id, number, party, first_id) as story,
  entity_id, first_id
from again where n > 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
