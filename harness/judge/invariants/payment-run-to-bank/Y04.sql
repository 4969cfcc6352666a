-- id: Y04
-- title: Nothing is paid while it is held
-- family: payment
-- severity: money
-- kind: fail
-- effect: posted unasked
-- at: history
-- flow: payment-run-to-bank
-- When a payment is issued, by run or by hand, no hold of an invoice in it is open. A hold that comes later takes no payment back.
-- section: candidates
select t.flow, count(*) as n from effect e join txn t using (txn_id) where e.entity_type = 'payment' and e.state = 'issued' group by 1
-- section: violations
with issued as (
  select e.txn_id, e.node, e.call_point, e.seq, e.entity_id, e.amount_minor, e.currency, unnest(string_split(e.covers, ' ')) as document from effect e
  where e.entity_type = 'payment' and e.state = 'issued' and e.covers is not null),
held as (
  select i.*, k.entity_id as hold, arg_max(k.state, k.seq) as state, any_value(k.category) as code from issued i
  join effect k on k.node = i.node and k.entity_type = 'invoice_hold' and k.parent_id = i.document and k.seq < i.seq group by all)
select txn_id, call_point, amount_minor as money_minor, currency,
  format('payment {} was issued while invoice {} was held ({})', entity_id, document, string_agg(code, ', ' order by code)) as story, document
from held where state = 'held' group by txn_id, call_point, amount_minor, currency, entity_id, document
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
