-- id: M03
-- title: Every live supplier invoice carries the tax of its source, code by code
-- family: tax
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- Through the crosswalk of tax codes, which is another one in each company: one code of procurement's stands for other taxes there. A code
-- without tax counts too: reverse charge prints none. Not examined: invoices with a code that the crosswalk does not know.
-- section: candidates
select d.flow, count(*) as n from doc d where d.flow = 'invoice-to-posting' and d.live and exists (
  select 1 from effect s join ref_crosswalk x on x.source = 'invoice' and x.kind = 'tax_code' and x.source_value = s.category and x.company = d.company
  where s.txn_id = d.txn_id and s.entity_type = 'source_tax' and coalesce(s.src_version, 1) = d.revision) group by 1
-- section: violations
with paper as (select * from doc where flow = 'invoice-to-posting' and live and entity_type = 'supplier_invoice'),
asked as (
  select p.seq, s.category, x.target_value as code, s.amount_minor from paper p
  join effect s on s.txn_id = p.txn_id and s.entity_type = 'source_tax' and coalesce(s.src_version, 1) = p.revision
  left join ref_crosswalk x on x.source = 'invoice' and x.kind = 'tax_code' and x.source_value = s.category and x.company = p.company),
known as (select seq from asked group by seq having bool_and(code is not null)),
part as (
  select seq, code, amount_minor as due, 0 as found, 1 as named, 0 as carried from asked
  union all
  select p.seq, l.category, 0, l.amount_minor, 0, 1 from paper p join effect l on l.node = p.node and l.parent_id = p.entity_id
    and l.entity_type = 'tax_line'),
apart as (
  select seq, code, sum(due)::bigint as due, sum(found)::bigint as found from part semi join known using (seq) group by seq, code
  having sum(due) <> sum(found) or max(named) <> max(carried))
select p.txn_id, p.call_point, sum(abs(a.found - a.due))::bigint as money_minor, any_value(p.currency) as currency,
  format('supplier invoice {} carries other tax than {}: {}', p.entity_id, s.entity_id, string_agg(
    format('{} in minor units with tax code {}, where {} are due', a.found, a.code, a.due), '; ' order by a.code)) as story,
  count(*) as codes
from apart a join paper p using (seq) join src s on s.txn_id = p.txn_id group by p.txn_id, p.call_point, p.entity_id, s.entity_id
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
