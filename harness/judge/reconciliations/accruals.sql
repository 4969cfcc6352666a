-- id: accruals
-- title: Approved and not booked, and what is accrued for it
-- left: approved, not booked
-- right: accrued
-- By source document, of companies that accrue at all, net of tax. What is accrued and not reversed, though its document is booked by now, is in
-- the books twice. A parked document of the target is accrued under its own number. What was received needs no accrual: GR/IR holds it.
-- section: rows
with journal as (
  select node, company, item, any_value(txn_id) as txn_id, currency, -sum(amount_minor)::bigint as minor, max(t_biz) as t_biz
  from item_line where role = 'accrued' and item is not null group by node, company, item, currency),
named as (
  select coalesce(s.entity_id, d.source_id, j.item) as key, coalesce(s.txn_id, d.txn_id, j.txn_id) as txn_id, j.currency, sum(j.minor)::bigint as minor,
    max(j.t_biz) as t_biz, any_value(j.company) as company
  from journal j left join src s on s.entity_id = j.item
  left join (select d.node, d.entity_id, d.txn_id, any_value(s.entity_id) as source_id from doc d join src s using (txn_id) group by 1, 2, 3) d
    on d.node = j.node and d.entity_id = j.item
  group by 1, 2, 3),
accrues as (select distinct company from item_line where role = 'accrued'),
waiting as (
  select u.entity_id as key, u.txn_id, u.flow, u.currency, u.amount_minor as minor, u.since from unposted u join txn t using (txn_id)
  left join ref_crosswalk c on c.source = t.flow_source and c.kind = 'company' and c.source_value = u.company
  where coalesce(c.target_value, u.company) in (select company from accrues))
select coalesce(w.key, n.key) as key, coalesce(w.flow, t.flow) as flow, coalesce(w.txn_id, n.txn_id) as txn_id, coalesce(w.currency, n.currency) as currency,
  coalesce(w.minor, 0)::bigint as left_minor, coalesce(n.minor, 0)::bigint as right_minor, null::varchar as left_word, null::varchar as right_word,
  coalesce(w.since, n.t_biz) as since
from waiting w full join named n on n.key = w.key and n.currency = w.currency left join txn t on t.txn_id = coalesce(w.txn_id, n.txn_id)
