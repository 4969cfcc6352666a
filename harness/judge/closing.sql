-- What a close looks at beside reconciliations; closing.py asks it. $at: the business day from which ages are counted.

-- section: gr_ir_ageing
-- By order line, what stands on GR/IR: received and not invoiced is positive. What came first is cleared first, so what is left is of the
-- newest postings: each part has the age of its own.
with move as (
  select seq, node, item, company, currency, posting_date, -amount_minor as minor from item_line where role = 'gr_ir' and item is not null),
balance as (
  select node, item, sum(minor)::bigint as balance, sum(minor) filter (minor > 0)::bigint as credits from move group by 1, 2 having sum(minor) <> 0),
part as (
  select m.*, b.balance, sum(abs(m.minor)) over (partition by m.node, m.item order by m.posting_date desc, m.seq desc) as upto
  from move m join balance b using (node, item) where sign(m.minor) = sign(b.balance)),
left_over as (
  select node, item, company, currency, balance, posting_date, date_diff('day', try_cast(posting_date as date), $at::date) as age,
    sign(balance)::bigint * least(abs(minor), abs(balance) - (upto - abs(minor)))::bigint as minor
  from part where upto - abs(minor) < abs(balance))
select coalesce(any_value(o.entity_id), l.item) as key, any_value(coalesce(t.flow, '')) as flow, any_value(p.txn_id) as txn_id, any_value(p.party) as party,
  any_value(l.company) as company, any_value(l.currency) as currency, any_value(l.balance) as balance_minor, min(l.posting_date) as oldest_on,
  max(l.age)::integer as age_days,
  coalesce(sum(l.minor) filter (l.age <= 30), 0)::bigint as days_0_30, coalesce(sum(l.minor) filter (l.age between 31 and 60), 0)::bigint as days_31_60,
  coalesce(sum(l.minor) filter (l.age between 61 and 90), 0)::bigint as days_61_90, coalesce(sum(l.minor) filter (l.age > 90), 0)::bigint as days_over_90
from left_over l left join ordered o on o.node = l.node and o.item = l.item left join paper p on p.node = o.node and p.entity_id = o.order_id
left join txn t on t.txn_id = p.txn_id group by l.node, l.item order by age_days desc, key

-- section: gr_ir_lines
-- order lines that ever had something on GR/IR
select count(distinct (node, item)) as n from item_line where role = 'gr_ir' and item is not null

-- section: approved_not_posted
select entity_id as key, flow, txn_id, currency, company, state, amount_minor, since,
  date_diff('day', try_cast(left(since, 10) as date), $at::date)::integer as age_days
from unposted order by age_days desc, key

-- section: approvable
-- sources of these flows that were ever approved
select count(*) as n from src s join txn t using (txn_id) where s.approved_seq is not null and t.flow in (
  select d.flow from ref_due d join ref_accrual a using (entity_type) where d.kind = 'document')

-- section: members
select txn_id, case_id, depth, flow from chain order by case_id, depth, txn_id

-- section: steps
-- What became of each document of these transactions, in order. by_connector: asked for by the connector, else by people or by the system itself
select e.txn_id, e.seq, e.t_biz, e.node, e.entity_type, e.entity_id, e.effect, e.state, e.amount_minor, e.currency, e.parent_id, e.approvers, e.party,
  e.call_point, e.request_seq is not null as by_connector
from effect e join shown using (txn_id)
where e.entity_type in (select entity_type from ref_document) or (e.effect = 'create' and e.entity_type <> 'open_item' and exists (
  select 1 from effect l where l.node = e.node and l.parent_id = e.entity_id and l.entity_type = 'journal_line'))
order by e.txn_id, e.seq

-- section: entries
select l.txn_id, l.seq, l.node, l.parent_id, l.account, l.cost_center, l.period, l.currency, l.amount_minor, l.src_line as item
from effect l join shown using (txn_id) where l.entity_type = 'journal_line' order by l.txn_id, l.seq

-- section: references
-- Which document came of which: from the source to what stands for it, from an order to what came of its lines, from a document to what undid it
select c.txn_id, s.entity_id as from_id, c.entity_id as to_id from cover c join shown using (txn_id) join src s using (txn_id)
union
select c.txn_id, s.entity_id, c.entity_id from copy c join shown using (txn_id) join src s using (txn_id)
union
select l.txn_id, o.order_id, l.parent_id from effect l join shown using (txn_id) join ordered o on o.node = l.node and o.entity_id = l.src_line
where l.entity_type in ('receipt_line', 'invoice_line')
union
select e.txn_id, e.parent_id, e.entity_id from effect e join shown using (txn_id)
where e.parent_id is not null and e.entity_type in (select entity_type from ref_document) and e.entity_id <> e.parent_id
