-- id: C25
-- title: A source document is told once for each revision, and that it is booked only after it was posted
-- family: order
-- severity: books
-- kind: fail
-- effect: told wrong
-- at: history
-- Accepted is not posted. Telling the same again changes nothing and is no second time; after a correction comes another revision.
-- section: candidates
select t.flow, count(*) as n from src_state s join txn t using (txn_id)
where s.kind = 'commit' and s.op_id is not null and s.meaning in ('posted', 'refused') group by 1
-- section: violations
with told as (select * from src_state where kind = 'commit' and op_id is not null and meaning in ('posted', 'refused')),
waiting as (
  select s.seq, count(*) filter (d.seq is null) as missing, min(d.entity_id) as accepted
  from told s join due_document u on u.txn_id = s.txn_id and u.revision = s.revision
  left join (select * from doc where txn_id is not null and posted_seq is not null and not never_posted) d
    on d.txn_id = u.txn_id and d.due_id = u.due_id and d.part is not distinct from u.part and d.posted_seq < s.seq
    and (d.dead_seq is null or d.dead_seq > s.seq)
  where s.meaning = 'posted' and u.cardinality <> 'none' group by s.seq having count(*) filter (d.seq is null) > 0)
select s.txn_id, o.call_point, s.amount_minor as money_minor, s.currency,
  format('{} was told that it is {} before the document for it was posted', s.entity_id, words(s.state)) as story, s.seq as told_at
from waiting w join told s using (seq) left join op o using (op_id)
union all
select s.txn_id, any_value(o.call_point), any_value(s.amount_minor), any_value(s.currency),
  format('revision {} of {} was told {} times what became of it: {}', s.revision, s.entity_id, count(*),
    string_agg(words(s.state), ', then ' order by s.seq)), max(s.seq)
from told s left join op o using (op_id)
where not exists (select 1 from src_state b where b.txn_id = s.txn_id and b.kind = 'commit' and b.op_id is null and b.meaning = 'approved'
  and b.revision = s.revision and b.seq > (select min(seq) from told f where f.txn_id = s.txn_id and f.revision = s.revision))
group by s.txn_id, s.entity_id, s.revision having count(*) > 1
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
