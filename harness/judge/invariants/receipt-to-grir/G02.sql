-- id: G02
-- title: Every live goods receipt takes from each line of the order what came of it
-- family: procure to pay
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: receipt-to-grir
-- By order and by the place of the line in it, from 1: two lines of one price and one coding are two lines. Quantities in thousandths.
-- section: candidates
select flow, count(*) as n from doc d where flow = 'receipt-to-grir' and live and exists (
  select 1 from effect s where s.txn_id = d.txn_id and s.entity_type = 'source_line' and coalesce(s.src_version, 1) = d.revision
    and s.quantity is not null) group by 1
-- section: violations
with paper as (select * from doc where flow = 'receipt-to-grir' and live and entity_type = 'goods_receipt'),
part as (
  select p.seq, s.src_line as line, s.quantity as due, 0 as found from paper p join effect s on s.txn_id = p.txn_id and s.entity_type = 'source_line'
    and coalesce(s.src_version, 1) = p.revision and s.quantity is not null
  union all
  select p.seq, l.src_line, 0, l.quantity from paper p join effect l on l.node = p.node and l.parent_id = p.entity_id
    and l.entity_type = 'receipt_line' and l.quantity is not null),
apart as (select seq, line, sum(due)::bigint as due, sum(found)::bigint as found from part group by seq, line having sum(due) <> sum(found))
select p.txn_id, p.call_point, any_value(p.amount_minor) as money_minor, any_value(p.currency) as currency,
  format('goods receipt {} does not take from the order what came: {}', p.entity_id, string_agg(
    format('of {} came {} thousandths, {} were posted', coalesce(a.line, 'no line'), a.due, a.found), '; ' order by a.line)) as story,
  count(*) as lines
from apart a join paper p using (seq) group by p.txn_id, p.call_point, p.entity_id
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
