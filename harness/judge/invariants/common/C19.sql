-- id: C19
-- title: Nothing stays posted that grew out of what stands for nothing any more
-- family: referential
-- severity: books
-- kind: fail
-- effect: left standing
-- at: rest
-- Examined: transactions with a live document that have one before them, of which something was due.
-- section: candidates
select o.flow, count(*) as n from still o left join outcome p on p.txn_id = o.parent
where o.parent is not null and o.live_n > 0 and (p.txn_id is null or p.due_n > 0) group by 1
-- section: violations
select o.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} is live, but {}, which {} grew out of, {}', words(d.entity_type), d.entity_id, coalesce(p.source_id, o.parent), o.source_id,
    case when p.txn_id is null then 'does not exist' when p.made > 0 then 'has no live document left' else 'never led to a document' end) as story,
  o.parent
from still o join doc d on d.txn_id = o.txn_id and d.live left join outcome p on p.txn_id = o.parent
where o.parent is not null and (p.txn_id is null or (p.due_n > 0 and p.live_n = 0))
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
