-- id: C13
-- title: Nothing is posted into a period while it is closed
-- family: cut-off
-- severity: books
-- kind: fail
-- compares: period
-- effect: posted wrong
-- at: history
-- Examined: postings of a period that was closed at some time of the run.
-- section: candidates
select flow, count(distinct (d.node, d.entity_type, d.entity_id)) as n from doc d join closed c on c.company = d.company and c.period = d.period
  and (c.module is null or c.module = d.module) where not d.never_posted group by 1
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was posted in period {} of company {} while that period was closed', words(d.entity_type), d.entity_id, d.period,
  d.company) as story, c.module, c.from_seq as closed_at
from doc d join closed c on c.company = d.company and c.period = d.period
  and (c.module is null or c.module = d.module)
where coalesce(d.posted_seq, d.seq) between c.from_seq and c.to_seq
  and not d.never_posted
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
