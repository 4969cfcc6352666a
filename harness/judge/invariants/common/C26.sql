-- id: C26
-- title: Nothing is written for a document under the correlation id of another one
-- family: crosswalk
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- Whoever follows the id of the other document finds this posting, and whoever follows this one's finds nothing. Examined: postings, what undoes
-- them and what is written back, where the source document has a correlation id. Documents of one case may share theirs, and a posting for
-- several sources may carry that of any of them.
-- section: candidates
select t.flow, count(*) as n from carried c join txn t using (txn_id) where c.corr_id is not null group by 1
-- section: violations
select c.txn_id, c.call_point, c.amount_minor as money_minor, c.currency,
  format('{} {} was written under the correlation id {}, which is that of {}', words(c.entity_type), c.entity_id, c.corr_id,
    coalesce(o.entity_id, c.other_txn)) as story, c.corr_id as carried, c.other_txn, c.seq
from carried c left join src o on o.txn_id = c.other_txn where c.other_txn is not null
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
