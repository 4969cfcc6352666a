-- id: M04
-- title: Every live supplier invoice keeps the supplier's own number as it was keyed
-- family: referential
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- Character by character: leading zeros, blanks and small letters too. It is what the supplier asks for, and what tells a second invoice.
-- section: candidates
select d.flow, count(*) as n from doc d join effect l on l.node = d.node and l.parent_id = d.entity_id and l.entity_type = 'supplier_number'
where d.flow = 'invoice-to-posting' and d.live and exists (
  select 1 from effect s where s.txn_id = d.txn_id and s.entity_type = 'source_number' and coalesce(s.src_version, 1) = d.revision) group by 1
-- section: violations
select d.txn_id, d.call_point, abs(d.amount_minor) as money_minor, d.currency,
  format('supplier invoice {} has the number {} of the supplier; {} says {}', d.entity_id, l.ext_ref, o.entity_id, s.ext_ref) as story,
  l.ext_ref as carried, s.ext_ref as due
from doc d join src o using (txn_id)
join effect l on l.node = d.node and l.parent_id = d.entity_id and l.entity_type = 'supplier_number'
join effect s on s.txn_id = d.txn_id and s.entity_type = 'source_number' and coalesce(s.src_version, 1) = d.revision
where d.flow = 'invoice-to-posting' and d.live and l.ext_ref <> s.ext_ref
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
