-- id: M02
-- title: Every live supplier invoice bills of each line of the order what the supplier billed
-- family: procure to pay
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- By order and by the place of the line in it, from 1. Quantities in thousandths, net amounts in minor units: a price that is net here and
-- gross there, or two lines that changed places, may leave the total as it was.
-- section: candidates
select flow, count(*) as n from doc d where flow = 'invoice-to-posting' and live and exists (
  select 1 from effect s where s.txn_id = d.txn_id and s.entity_type = 'source_line' and coalesce(s.src_version, 1) = d.revision
    and s.quantity is not null) group by 1
-- section: violations
with paper as (select * from doc where flow = 'invoice-to-posting' and live and entity_type = 'supplier_invoice'),
part as (
  select p.seq, s.src_line as line, s.quantity as due, s.amount_minor as due_minor, 0 as found, 0 as found_minor
  from paper p join effect s on s.txn_id = p.txn_id and s.entity_type = 'source_line'
    and coalesce(s.src_version, 1) = p.revision and s.quantity is not null
  union all
  select p.seq, l.src_line, 0, 0, l.quantity, l.amount_minor from paper p join effect l on l.node = p.node and l.parent_id = p.entity_id
    and l.entity_type = 'invoice_line' and l.quantity is not null),
apart as (
  select seq, line, sum(due)::bigint as due, sum(found)::bigint as found, sum(due_minor)::bigint as due_minor, sum(found_minor)::bigint as found_minor
  from part group by seq, line having sum(due) <> sum(found) or sum(due_minor) <> sum(found_minor))
select p.txn_id, p.call_point, any_value(abs(p.amount_minor)) as money_minor, any_value(p.currency) as currency,
  format('supplier invoice {} does not bill of the order what the supplier billed: {}', p.entity_id, string_agg(
    format('of {} {} thousandths for {} in minor units, {} for {} were posted', coalesce(a.line, 'no line'), a.due, a.due_minor, a.found,
      a.found_minor), '; ' order by a.line)) as story,
  count(*) as lines
from apart a join paper p using (seq) group by p.txn_id, p.call_point, p.entity_id
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
