-- id: C11
-- title: GR/IR of an order line is zero when all of it that came was invoiced
-- family: balance
-- severity: books
-- kind: fail
-- at: rest
-- By quantity: as much was invoiced as was received. Not examined: lines with a credit, or that somebody wrote off.
-- section: candidates
select t.flow, count(*) as n from cleared c left join txn t using (txn_id), run_fact r where r.final_read group by 1
-- section: violations
select c.txn_id, null as call_point, abs(c.minor)::bigint as money_minor, c.currency,
  format('all {} thousandths of order line {} that came were invoiced, and {} minor units stand on GR/IR', c.received, c.entity_id, -c.minor) as story,
  c.received, c.minor as balance
from cleared c, run_fact r where r.final_read and c.minor <> 0
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
