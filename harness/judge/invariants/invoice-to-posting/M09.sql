-- id: M09
-- title: What a connector states as the receipt or the reservation of an invoice is its own
-- family: referential
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- profile: books_as_told
-- Of an ERP that books what it is told. A receipt brought something of the order line and was not taken back by then; a reservation was made for
-- the same transaction.
-- section: candidates
select d.flow, count(*) as n from doc d join stated f on f.node = d.node and f.document = d.entity_id
where d.flow = 'invoice-to-posting' and d.live and f.name in ('receipt', 'reservation') group by 1
-- section: violations
select d.txn_id, d.call_point, abs(d.amount_minor) as money_minor, d.currency,
  format('{} {} states receipt {} for its line {}, which brought nothing of that line of the order, or was taken back', words(d.entity_type),
  d.entity_id, f.word, f.line) as story, f.word as stated
from doc d join stated f on f.node = d.node and f.document = d.entity_id join stated_line l on l.node = f.node and l.line = f.line
where d.flow = 'invoice-to-posting' and d.live and f.name = 'receipt' and not exists (
  select 1 from effect b left join undone p on p.node = b.node and p.entity_id = b.parent_id
  where b.node = f.node and b.parent_id = f.word and b.src_line = l.of_order and b.seq < f.seq and coalesce(p.dead_seq > f.seq, true))
union all
select d.txn_id, d.call_point, abs(d.amount_minor), d.currency,
  format('{} {} states reservation {}, which was kept for {}', words(d.entity_type), d.entity_id, f.word, coalesce(k.txn_id, 'nobody')), f.word
from doc d join stated f on f.node = d.node and f.document = d.entity_id
left join effect k on k.node = f.node and k.entity_id = f.word and k.effect = 'create' and k.seq < f.seq
where d.flow = 'invoice-to-posting' and d.live and f.name = 'reservation' and k.txn_id is distinct from d.txn_id
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
