-- id: invoice-states
-- title: Invoices at their source and in accounts payable
-- left: invoice at its source
-- right: invoice in the books
-- By source document, of flows whose documents are invoices there: whether it is booked, and for how much. What is approved and not booked is
-- a break until it is: with its age.
-- section: rows
with payable as (
  select distinct d.flow from ref_due d join ref_document k on k.entity_type = d.entity_type where d.kind = 'document' and k.module = 'AP'),
booked as (
  select d.txn_id, sum(d.amount_minor)::bigint as amount_minor, count(*) as n, bool_and(m.meaning = 'posted') as is_posted
  from doc d left join ref_state m on m.entity_type = d.entity_type and m.state = d.state
  where d.live and not d.never_posted group by 1),
since as (select txn_id, arg_max(t_biz, seq) as t_biz from src_state where kind <> 'read_view' group by 1)
select s.entity_id as key, t.flow, s.txn_id, s.currency,
  case when s.meaning in ('approved', 'posted') then s.amount_minor end as left_minor, b.amount_minor as right_minor,
  case s.meaning when 'posted' then 'booked' when 'approved' then 'to be booked' else 'not to be booked' end as left_word,
  case when b.n is null and s.meaning in ('approved', 'posted') then 'not booked' when b.n is null then 'not to be booked' when b.n > 1 then format('booked {} times', b.n)
    when b.is_posted then 'booked' when s.meaning = 'posted' then 'booked' else 'to be booked' end as right_word,
  q.t_biz as since
from src s join txn t using (txn_id) join payable y on y.flow = t.flow left join booked b using (txn_id) left join since q using (txn_id)
