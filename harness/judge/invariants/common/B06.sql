-- id: B06
-- title: A transfer of budget gives one place what it takes from the other
-- family: budget
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- PST-A09, and what is carried forward into the next year (PST-A10): budget is moved, none comes into being and none is lost.
-- section: candidates
select t.flow, count(distinct (m.node, m.owner)) as n from moved m left join txn t using (txn_id) where m.stage = 'budget' group by 1
-- section: violations
select any_value(txn_id) as txn_id, null as call_point, abs(sum(amount_minor))::bigint as money_minor, currency,
  format('transfer {} of company {} moves budget of {} minor units from nowhere, or to nowhere', owner, company, sum(amount_minor)) as story,
  owner, sum(amount_minor)::bigint as net
from moved where stage = 'budget' group by node, owner, company, currency having sum(amount_minor) <> 0
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
