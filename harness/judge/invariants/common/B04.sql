-- id: B04
-- title: No part of an order line is both committed and spent
-- family: budget
-- severity: books
-- kind: fail
-- at: rest
-- What is still committed of a line and what came of it are never more together than what was ordered.
-- section: candidates
select t.flow, count(*) as n from commitment c left join txn t using (txn_id), run_fact r where r.final_read group by 1
-- section: violations
select c.txn_id, null as call_point, (c.held_minor + c.came_minor - c.amount_minor)::bigint as money_minor, c.currency,
  format('of order line {} over {} minor units {} came, and {} are still committed', c.entity_id, c.amount_minor, c.came_minor, c.held_minor) as story,
  c.held_minor as held, c.came_minor as came
from commitment c, run_fact r
where r.final_read and c.held_minor > 0 and c.held_minor + c.came_minor > c.amount_minor + case when c.relief = 'relieved_by_invoice' then 1 else 0 end
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
