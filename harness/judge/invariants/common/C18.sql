-- id: C18
-- title: Every live posting carries the dates of its source document
-- family: cutoff
-- severity: books
-- kind: fail
-- compares: dates
-- effect: posted wrong
-- kinds: document
-- at: history
-- Whoever posts into the next period because the due one is closed may choose any day of it for the date that decides the period; that it
-- is the right period is C12's matter. Every other date stays as it is.
-- section: candidates
select d.flow, count(*) as n from doc d join src_revision r using (txn_id, revision) join src s on s.txn_id = d.txn_id
where d.live and contains(d.compare, 'dates') and ((d.document_date is not null and r.document_date is not null)
  or (d.posting_date is not null and r.posting_date is not null)) group by 1
-- section: violations
with dated as (
  select d.*, r.document_date as due_document, r.posting_date as due_posting,
    p.next_period and d.posting_date is not null and left(d.posting_date, 7) <> left(r.posting_date, 7) as moved
  from doc d join src_revision r using (txn_id, revision), policy p where d.live and contains(d.compare, 'dates')),
wrong as (
  select *, 'document date' as which, document_date as carried, due_document as due from dated
  where document_date <> due_document and not (moved and document_date = posting_date)
  union all
  select *, 'posting date', posting_date, due_posting from dated where posting_date <> due_posting and not moved)
select w.txn_id, w.call_point, w.amount_minor as money_minor, w.currency,
  format('{} {} has the {} {}; {} asks for {}', words(w.entity_type), w.entity_id, w.which, w.carried, s.entity_id, w.due) as story,
  w.carried, w.due
from wrong w join src s using (txn_id)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
