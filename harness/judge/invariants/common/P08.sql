-- id: P08
-- title: The status of a source document agrees with the ERP at rest
-- family: reconciliation
-- severity: books
-- kind: fail
-- effect: told wrong
-- at: rest
-- That it names no document is said only of what was read when it knew that it is booked: a write-back may come after the read.
-- What is approved still, and declared parked, is not examined.
-- section: candidates
select o.flow, count(*) as n from still o join ref_document k on k.entity_type = o.source_type
where o.writes_back and (o.meaning in ('posted', 'refused') or (o.meaning = 'approved' and o.live_n > 0 and not o.is_parked)) group by 1
-- section: violations
select o.txn_id, null as call_point, o.amount_minor as money_minor, o.currency,
  case when o.meaning = 'posted' and o.live_n = 0
    then format('{} says {}, but no live document exists for it', o.source_id, o.source_state)
  when o.meaning = 'posted' and o.recorded_document is null
    then format('{} says {}, but names no document; its live posting is {}', o.source_id, o.source_state, o.live_document)
  when o.meaning = 'posted' and exists (select 1 from doc d where d.txn_id = o.txn_id and d.live and d.entity_id = o.recorded_document)
    then format('{} names document {} as {}, which is another type of document', o.source_id, o.recorded_document, words(o.recorded_type))
  when o.meaning = 'posted'
    then format('{} names document {}, which is not its live posting ({})', o.source_id, o.recorded_document, o.live_document)
  else format('{} says {}, but document {} is live', o.source_id, o.source_state, o.live_document) end as story,
  o.recorded_document, o.live_document, o.source_state
from still o join ref_document k on k.entity_type = o.source_type
where o.writes_back and ((o.meaning = 'posted' and (o.live_n = 0 or (k.names_posting and o.recorded_document is null
      and exists (select 1 from src_state b where b.txn_id = o.txn_id and b.kind = 'read_view' and b.meaning = 'posted'))
    or (o.recorded_document is not null
      and not exists (select 1 from doc d where d.txn_id = o.txn_id and d.live and d.entity_id = o.recorded_document
        and d.entity_type = coalesce(o.recorded_type, d.entity_type)))))
  or (o.meaning = 'refused' and o.live_n > 0)
  or (o.meaning = 'approved' and o.live_n > 0 and not o.is_parked))
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
