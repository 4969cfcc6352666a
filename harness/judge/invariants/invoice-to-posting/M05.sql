-- id: M05
-- title: What a connector states of a tax comes back, and is owed, as its code says
-- family: tax
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- profile: books_as_told
-- Of an ERP that books what it is told (PST-P16 to P18), code by code: of what was printed, or of what the company owes itself, the share of the
-- crosswalk comes back. Tax that nobody owes is not self-assessed. A minor unit for each line is rounding.
-- section: candidates
select d.flow, count(*) as n from doc d join stated_tax t on t.node = d.node and t.document = d.entity_id
where d.flow = 'invoice-to-posting' and d.live group by 1
-- section: violations
select d.txn_id, d.call_point, (abs(t.recoverable - t.recoverable_due) + abs(t.owed - t.owed_due))::bigint as money_minor, d.currency,
  format('supplier invoice {} states of tax code {} that {} in minor units come back and {} are self-assessed; {} and {} are due', d.entity_id,
  t.code, t.recoverable, t.owed, t.recoverable_due, t.owed_due) as story, t.code
from doc d join stated_tax t on t.node = d.node and t.document = d.entity_id
where d.flow = 'invoice-to-posting' and d.live and (abs(t.recoverable - t.recoverable_due) > t.lines or abs(t.owed - t.owed_due) > t.lines)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
