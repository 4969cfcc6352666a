-- id: record-amounts
-- title: Amounts of records at their owner and in their copies
-- left: at the owner
-- right: in the copy
-- By company, cost centre and copy, of flows of records that have an amount (a budget that is enforced, spending that planning knows): the latest
-- version, and what was written last. A version that no copy has yet is a break until one has.
-- section: rows
with latest as (
  select v.txn_id, v.flow, v.due_id, max(v.seq) as seq from version v where contains(v.compare, 'amount') group by all),
owned as (
  select l.flow, l.txn_id, l.due_id, e.entity_id, e.t_biz, e.company, e.cost_center, e.currency, e.amount_minor
  from latest l join effect e on e.seq = l.seq),
held as (
  select c.txn_id, c.due_id, arg_max(e.amount_minor, c.seq) as amount_minor, arg_max(e.currency, c.seq) as currency
  from copy c join effect e on e.seq = c.seq group by all)
select concat_ws(' · ', o.company, o.cost_center, o.entity_id, replace(o.due_id, '_', ' ')) as key, o.flow, o.txn_id, o.currency,
  o.amount_minor as left_minor, case when h.currency = o.currency then h.amount_minor end as right_minor, null::varchar as left_word,
  null::varchar as right_word, o.t_biz as since
from owned o left join held h on h.txn_id = o.txn_id and h.due_id = o.due_id
