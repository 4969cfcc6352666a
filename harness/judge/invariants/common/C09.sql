-- id: C09
-- title: The trial balance of every company, period and currency adds up to zero
-- family: balance
-- severity: books
-- kind: fail
-- at: rest
-- Entries of one journal that fell into two periods, or two companies, balance in the journal and in neither of them. Named are the transactions
-- whose own entries in such a trial balance do not add up.
-- section: candidates
select t.flow, count(distinct coalesce(l.txn_id, l.parent_id)) as n from line l left join txn t using (txn_id), run_fact r where r.final_read group by 1
-- section: violations
with off as (select node, company, period, currency from line group by all having sum(amount_minor) <> 0)
select l.txn_id, null as call_point, abs(sum(l.amount_minor))::bigint as money_minor, l.currency,
  format('the trial balance of company {} for {} does not add up: debits and credits of this transaction differ by {} in minor units of {}',
    l.company, l.period, abs(sum(l.amount_minor)), l.currency) as story, l.company, l.period
from line l semi join off f on f.node is not distinct from l.node and f.company is not distinct from l.company and f.period is not distinct from l.period
  and f.currency is not distinct from l.currency, run_fact r
where r.final_read group by l.txn_id, l.node, l.company, l.period, l.currency having sum(l.amount_minor) <> 0
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
