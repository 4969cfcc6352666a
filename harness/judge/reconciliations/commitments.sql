-- id: commitments
-- title: Open order value and open encumbrance
-- left: open order value
-- right: encumbrance
-- By order line. What is open of an order is what it is worth, less what came (or, where invoices end a commitment, what was billed) and less
-- what went back for good. An order that was cancelled or closed for good holds nothing. Not compared: a line whose price was changed, or
-- on which a credit came that moves nothing on GR/IR; where invoices end commitments, a line with a credit, or of whose goods some went back; an
-- order that is closed and of which something came back (nothing is encumbered for it again); an entity whose budget year was closed (what
-- lapses with it stays ordered).
-- section: rows
select o.entity_id as key, t.flow, coalesce(p.txn_id, o.txn_id) as txn_id, o.currency, o.open_minor as left_minor, o.held_minor as right_minor,
  null::varchar as left_word, null::varchar as right_word, o.t_biz as since
from commitment o left join paper p on p.node = o.node and p.entity_id = o.order_id left join txn t on t.txn_id = coalesce(p.txn_id, o.txn_id)
