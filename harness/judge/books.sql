-- What the target systems' books say, as reconciliations and rules about balances ask it. Built behind views.sql, from its tables.

-- paper: every document of a declared kind in the history, whoever made it: how it stands, and whether it still counts
create table paper as
select e.node, e.entity_type, e.entity_id, any_value(e.txn_id) as txn_id, min(e.seq) as seq, min(e.t_biz) as t_biz,
  arg_max(e.amount_minor, e.seq) filter (e.amount_minor is not null) as amount_minor, any_value(e.currency) as currency, any_value(e.company) as company,
  arg_max(e.posting_date, e.seq) filter (e.posting_date is not null) as posting_date, any_value(e.ext_ref) as ext_ref, any_value(e.party) as party,
  arg_max(e.state, e.seq) filter (e.state is not null) as state,
  arg_max(m.meaning, e.seq) filter (m.meaning is not null) as meaning, any_value(u.dead_seq) as dead_seq,
  any_value(u.dead_seq) is null and coalesce(arg_max(m.meaning, e.seq) filter (m.meaning is not null) = 'posted', true) as is_live
from effect e left join ref_state m on m.entity_type = e.entity_type and m.state = e.state
left join undone u on u.node = e.node and u.entity_type = e.entity_type and u.entity_id = e.entity_id
where e.entity_type in (select entity_type from ref_document) and e.effect <> 'reverse' group by 1, 2, 3;

-- item_line: lines of journals that move an open item of an account whose part is declared. posting_date: of the document
create table item_line as
with dated as (
  select node, entity_id, arg_max(posting_date, seq) as posting_date, arg_max(entity_type, seq) as entity_type from effect
  where posting_date is not null group by 1, 2)
select l.seq, l.t_biz, l.txn_id, l.node, r.role, l.account, l.src_line as item, l.company, l.period, l.currency, l.amount_minor,
  l.parent_id,
  d.entity_type as parent_type, coalesce(d.posting_date, left(l.t_biz, 10)) as posting_date
from effect l join ref_account_role r on r.system = l.node and r.account = l.account
left join dated d on d.node = l.node and d.entity_id = l.parent_id
where l.entity_type = 'journal_line';

-- ordered: each line of an order as it stands at the end. item: its key on GR/IR; prices: how many it ever had, to the minor unit
create table ordered as
select e.node, e.entity_id, any_value(e.parent_id) as order_id, any_value(e.src_line) as item, any_value(e.txn_id) as txn_id, min(e.t_biz) as t_biz,
  any_value(e.company) as company, any_value(e.currency) as currency, arg_max(e.account, e.seq) as account, arg_max(e.cost_center, e.seq) as cost_center,
  arg_max(e.amount_minor, e.seq) as amount_minor, arg_max(e.quantity, e.seq) as quantity, any_value(e.category) as relief,
  count(distinct case when e.quantity > 0 then e.amount_minor * 1000 // e.quantity end) as prices
from effect e where e.entity_type = 'order_line' and e.src_line is not null group by 1, 2;

-- taken: what was received and billed of each of them, thousandths and minor units, by live documents; gone: what went back for good; direct:
-- what was billed without GR/IR, because it needs no receipt
create table taken as
with line as (
  select l.node, l.src_line as entity_id, l.entity_type, l.quantity, l.amount_minor, p.is_live, coalesce(g.category = 'for_good', false) as for_good,
    l.entity_type = 'invoice_line' and not exists (
      select 1 from item_line i where i.node = l.node and i.parent_id = l.parent_id and i.role = 'gr_ir' and i.item = o.item) as is_direct
  from effect l join ordered o on o.node = l.node and o.entity_id = l.src_line
  join paper p on p.node = l.node and p.entity_id = l.parent_id
  left join effect g on g.node = l.node and g.parent_id = l.parent_id and g.effect = 'reverse' and g.entity_type = p.entity_type
  where l.entity_type in ('receipt_line', 'invoice_line') and l.src_line is not null)
select node, entity_id,
  coalesce(sum(quantity) filter (entity_type = 'receipt_line' and is_live), 0)::bigint as received,
  coalesce(sum(amount_minor) filter (entity_type = 'receipt_line' and is_live), 0)::bigint as received_minor,
  coalesce(sum(quantity) filter (entity_type = 'receipt_line' and not is_live and for_good), 0)::bigint as gone,
  coalesce(sum(amount_minor) filter (entity_type = 'receipt_line' and not is_live and for_good), 0)::bigint as gone_minor,
  coalesce(sum(quantity) filter (entity_type = 'invoice_line' and is_live), 0)::bigint as billed,
  coalesce(sum(quantity) filter (is_direct and is_live), 0)::bigint as direct,
  coalesce(sum(amount_minor) filter (is_direct and is_live), 0)::bigint as direct_minor,
  count(*) filter (entity_type = 'invoice_line' and is_live and quantity < 0) as credits,
  count(*) filter (is_direct and is_live and quantity < 0) as direct_credits,
  count(*) filter (entity_type = 'receipt_line' and for_good) as returns
from line group by 1, 2;

-- moved: the entries of the budget ledger. stage: reserved, pre_encumbrance, encumbrance, actual, budget
create table moved as
select seq, t_biz, txn_id, node, entity_id, parent_id as owner, src_line as line, category as stage, company, cost_center, account as account_group,
  project, period, currency, amount_minor
from effect where entity_type = 'budget_movement';

-- commitment: what is open of each line of an order, by what came of it, and what the budget ledger still holds for it. Left out: lines of which
-- nobody can say it from outside (reconciliations/commitments.sql says which). came_minor: what was taken from it at the order's price.
create table commitment as
with held as (select node, owner || '/' || line as item, sum(amount_minor)::bigint as minor from moved where stage = 'encumbrance' group by 1, 2),
line as (
  select o.*, p.state, coalesce(p.state = 'finally_closed' or p.meaning = 'dead', false) as is_over, coalesce(h.minor, 0) as held_minor,
    coalesce(k.received, 0) as received, coalesce(k.received_minor, 0) as received_minor, coalesce(k.gone, 0) as gone,
    coalesce(k.gone_minor, 0) as gone_minor, coalesce(k.billed, 0) as billed, coalesce(k.direct, 0) as direct,
    coalesce(k.direct_minor, 0) as direct_minor, coalesce(k.returns, 0) as returns, coalesce(k.credits, 0) as credits,
    coalesce(k.direct_credits, 0) as direct_credits
  from ordered o left join paper p on p.node = o.node and p.entity_id = o.order_id left join held h on h.node = o.node and h.item = o.item
  left join taken k on k.node = o.node and k.entity_id = o.entity_id
  where o.company in (select company from moved)
    and o.company not in (select company from effect where entity_type = 'budget_year' and effect = 'update')),
worth as (
  select *, case when relief = 'relieved_by_invoice' then case when quantity = 0 then 0
      else (amount_minor * (billed - direct) / quantity)::bigint + direct_minor end
    else received_minor + gone_minor + direct_minor end as came_minor,
    case when relief = 'relieved_by_invoice' then quantity - billed else quantity - received - gone - direct end as open_quantity
  from line where prices <= 1 and direct_credits = 0 and not (relief = 'relieved_by_invoice' and (returns > 0 or credits > 0))),
open as (
  select *, case when is_over or open_quantity <= 0 then 0 else greatest(amount_minor - came_minor, 0) end as due_minor from worth)
-- parts of a price are rounded: where invoices end a commitment the last unit is nobody's mistake
select * exclude (due_minor), case when relief = 'relieved_by_invoice' and abs(due_minor - held_minor) <= 1 then held_minor else due_minor end as open_minor
from open where not (state = 'closed' and held_minor < due_minor); -- nothing is encumbered again for an order that is closed

-- actual_part: what the budget ledger and the general ledger say was spent, by company, cost centre, account group and period, and by whom
create table actual_part as
with by_invoice as (select distinct company from ordered where relief = 'relieved_by_invoice'),
accrual as ( -- documents that put something on GR/IR without an invoice
  select distinct l.node, l.parent_id from item_line l where l.role = 'gr_ir' and not exists (
    select 1 from effect i where i.node = l.node and i.entity_type = 'journal_line' and i.parent_id = l.parent_id and i.account in (
      select account from ref_account_role where role = 'trade_payables'))),
side as (
  select m.company, m.cost_center, m.account_group, m.period, m.currency, m.amount_minor as spent, null::bigint as booked, m.txn_id, m.t_biz
  from moved m where m.stage = 'actual'
  union all
  select l.company, l.cost_center, left(l.account, 2), l.period, l.currency, null, l.amount_minor, l.txn_id, l.t_biz
  from effect l where l.entity_type = 'journal_line' and l.category = 'spent'
    and not (l.company in (from by_invoice) and (l.node, l.parent_id) in (select (node, parent_id) from accrual))
  union all
  select i.company, o.cost_center, left(o.account, 2), i.period, i.currency, null, i.amount_minor, i.txn_id, i.t_biz
  from item_line i join ordered o on o.node = i.node and o.item = i.item
  where i.role = 'gr_ir' and i.company in (from by_invoice) and (i.node, i.parent_id) not in (select (node, parent_id) from accrual))
select s.company, s.cost_center, s.account_group, s.period, s.currency, s.txn_id, any_value(t.flow) as flow, coalesce(sum(s.spent), 0)::bigint as spent_minor,
  coalesce(sum(s.booked), 0)::bigint as booked_minor, max(s.t_biz) as t_biz
from side s left join txn t using (txn_id) where s.company in (select company from moved)
group by s.company, s.cost_center, s.account_group, s.period, s.currency, s.txn_id;
-- actual: the same over all transactions. txn_id, flow: of the one that makes the difference, or of the only one
create table actual as
select company, cost_center, account_group, period, currency, sum(spent_minor)::bigint as spent_minor, sum(booked_minor)::bigint as booked_minor,
  case count(*) filter (spent_minor <> booked_minor) when 1 then any_value(txn_id) filter (spent_minor <> booked_minor)
    when 0 then case when count(*) = 1 then any_value(txn_id) end end as txn_id,
  case count(distinct flow) filter (spent_minor <> booked_minor) when 1 then any_value(flow) filter (spent_minor <> booked_minor)
    when 0 then case when count(distinct flow) = 1 then any_value(flow) end end as flow,
  max(t_biz) as t_biz
from actual_part group by company, cost_center, account_group, period, currency;

-- cleared: order lines of which as much was invoiced as came, with what stands on GR/IR for them, debit positive
create table cleared as
with balance as (
  select node, item, sum(amount_minor)::bigint as minor, count(distinct parent_type) as ways,
    bool_or(parent_type like '%write_off') as is_written_off from item_line where role = 'gr_ir' and item is not null group by 1, 2)
select o.node, o.entity_id, o.item, o.txn_id, o.currency, k.received, b.minor
from ordered o join taken k on k.node = o.node and k.entity_id = o.entity_id join balance b on b.node = o.node and b.item = o.item
where k.received > 0 and k.received = k.billed - k.direct and k.credits = 0 and b.ways > 1 and not b.is_written_off;

-- stated: what a connector stated of a posting, fact by fact: word or minor (a credit's are negative). line: the row of the line that it is of
create table stated as
select seq, node, txn_id, parent_id as document, src_line as line, category as name, ext_ref as word, amount_minor as minor
from effect where entity_type = 'posting_fact';

-- stated_line: the lines of which something was stated. of_order: the order_line that they are of; bucket: whose budget their coding names
create table stated_line as
select e.node, e.entity_id as line, any_value(e.parent_id) as document, min(e.seq) as seq, any_value(e.src_line) as of_order,
  any_value(e.quantity) as quantity, any_value(e.amount_minor) as amount_minor,
  any_value(e.cost_center || '/' || left(e.account, 2) || '/' || coalesce(e.project, '')) as bucket
from effect e join (select distinct node, line from stated where line is not null) s on s.node = e.node and s.line = e.entity_id
where e.entity_type <> 'posting_fact' group by 1, 2;

-- stated_worth: what was stated of an order line's worth, and what so much of it costs as ordered then; of a credit of a price nothing
create table stated_worth as
select l.node, l.document, l.line, s.minor as stated,
  case when l.of_order is null or any_value(k.word) = 'price' then 0
    else round(arg_max(o.amount_minor, o.seq) * l.quantity::double / arg_max(o.quantity, o.seq))::bigint end as due
from stated s join stated_line l on l.node = s.node and l.line = s.line
left join stated k on k.node = s.node and k.document = s.document and k.name = 'credit_kind'
left join effect o on o.entity_type = 'order_line' and o.node = l.node and o.entity_id = l.of_order and o.seq <= l.seq and o.quantity > 0
where s.name in ('relief_amount', 'accrual_amount') group by l.node, l.document, l.line, l.of_order, l.quantity, s.minor
having l.of_order is null or any_value(k.word) = 'price' or count(o.seq) > 0;

-- stated_tax: what was stated of each code of a document, what its crosswalk makes of net and of what was printed, and of how many lines
create table stated_tax as
with said as (
  select c.node, c.document, c.word as code, l.amount_minor as net,
    (select any_value(r.minor) from stated r where r.node = c.node and r.line = c.line and r.name = 'recoverable_tax') as recoverable,
    (select any_value(o.minor) from stated o where o.node = c.node and o.line = c.line and o.name = 'self_assessed_tax') as owed
  from stated c join stated_line l on l.node = c.node and l.line = c.line where c.name = 'tax_code'),
summed as (
  select node, document, code, count(*) as lines, sum(net)::bigint as net, sum(recoverable)::bigint as recoverable, sum(owed)::bigint as owed
  from said group by 1, 2, 3),
rated as (
  select s.*, t.recoverable_percent, case when t.self_assessed then round(s.net * t.rate_percent::double / 100)::bigint else 0 end as owed_due,
    case when t.self_assessed then null else coalesce(p.amount_minor, 0) end as printed
  from summed s join (select distinct node, entity_id, company from effect where effect = 'create' and company is not null) d
    on d.node = s.node and d.entity_id = s.document
  join ref_tax t on t.company = d.company and t.code = s.code
  left join effect p on p.entity_type = 'tax_line' and p.node = s.node and p.parent_id = s.document and p.category = s.code)
select node, document, code, lines, recoverable, owed, owed_due,
  round(coalesce(printed, owed_due) * recoverable_percent::double / 100)::bigint as recoverable_due
from rated;
