-- id: M07
-- title: What a connector states that an invoice relieves is the order's price of what is billed
-- family: procure to pay
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- profile: books_as_told
-- Of an ERP that books what it is told (PST-P08, P14). A credit of a price relieves nothing, and no line does that names no order. A minor unit
-- more or less is rounding: parts of a line are rounded one by one.
-- section: candidates
select d.flow, count(*) as n from doc d join stated_worth w on w.node = d.node and w.document = d.entity_id where d.flow = 'invoice-to-posting' and d.live group by 1
-- section: violations
select d.txn_id, d.call_point, abs(w.stated - w.due)::bigint as money_minor, d.currency,
  format('{} {} states {} in minor units for its line {}, {} are due at the price of the order', words(d.entity_type), d.entity_id, w.stated,
  w.line, w.due) as story, w.stated, w.due
from doc d join stated_worth w on w.node = d.node and w.document = d.entity_id where d.flow = 'invoice-to-posting' and d.live and abs(w.stated - w.due) > 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'read')) or kind = 'fault_fired')
