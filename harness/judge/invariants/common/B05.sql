-- id: B05
-- title: What is committed for an order line is what is open of it
-- family: budget
-- severity: books
-- kind: fail
-- at: rest
-- domain.md 2, invariant 5. What is not compared: reconciliations/commitments.sql.
-- section: candidates
select t.flow, count(*) as n from commitment c left join txn t using (txn_id), run_fact r where r.final_read group by 1
-- section: violations
select c.txn_id, null as call_point, abs(c.held_minor - c.open_minor)::bigint as money_minor, c.currency,
  format('{} minor units are open of order line {}, and {} are committed', c.open_minor, c.entity_id, c.held_minor) as story,
  c.open_minor as open, c.held_minor as held
from commitment c, run_fact r where r.final_read and c.held_minor <> c.open_minor
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
