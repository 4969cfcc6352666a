-- id: K16
-- title: A posting carries the correlation id of its source document
-- family: conduct
-- severity: conduct
-- kind: warn
-- at: history
-- Without it nobody can follow a document from one system to the next. A call that names no id is given one, which is nobody's. Not examined:
-- postings that another call brought about, transactions that met a changed answer or event (whose id may have been taken out of it), and
-- what carries the id of another document, which is C26's matter.
-- section: candidates
select t.flow, count(*) as n from carried c join txn t using (txn_id) where c.is_posting and c.other_txn is null and not c.was_changed group by 1
-- section: violations
select c.txn_id, c.call_point, null::bigint as money_minor, null as currency,
  format('{} {} was posted without the correlation id of {}', words(c.entity_type), c.entity_id, coalesce(s.entity_id, c.txn_id)) as story,
  c.corr_id as carried, c.due_corr_id as due, c.seq
from carried c left join src s using (txn_id) where c.is_posting and c.other_txn is null and not c.was_changed and not c.is_own
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
