-- id: C08
-- title: Every journal balances: debits equal credits in each currency
-- family: balance
-- severity: books
-- kind: fail
-- compares: amount
-- effect: posted wrong
-- at: history
-- section: candidates
select t.flow, count(distinct l.node || '/' || l.parent_id) as n from line l left join txn t using (txn_id) group by 1
-- section: violations
select any_value(txn_id) as txn_id, null as call_point, abs(sum(amount_minor))::bigint as money_minor, currency,
  format('journal {} does not balance: debits and credits differ by {} in minor units of {}', parent_id, abs(sum(amount_minor)),
  currency) as story, parent_id as journal, count(*) as lines
from line group by node, parent_id, currency having sum(amount_minor) <> 0
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
