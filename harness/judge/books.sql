-- What the target systems' books say, as reconciliations and rules about balances ask it. Built behind views/, from its tables.

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

-- funds: behind each call of a connector that moved something in a bucket, what is available of it over the months that count together, as they
-- were told last. committed_minor: what the call reserved or encumbered more than it gave back of that; taken_minor: how much less is left by it
create table funds as
with window_row as (
  select node, entity_id, seq, company, cost_center, account as account_group, project, left(document_date, 7) as first_month,
    left(posting_date, 7) as last_month, category as level, amount_minor as budget_minor, quantity
  from effect where entity_type = 'budget_window'),
spent as (
  select m.*, w.entity_id as name, case m.stage when 'budget' then -m.amount_minor else m.amount_minor end as taken
  from moved m join (select distinct on (node, entity_id) * from window_row) w on w.node = m.node and w.company = m.company
    and w.cost_center = m.cost_center and w.account_group = m.account_group and w.project is not distinct from m.project
    and m.period between w.first_month and w.last_month),
running as (
  select *, sum(taken) over w as spoken_for, sum(case stage when 'budget' then amount_minor else 0 end) over w as moved_minor from spent
  window w as (partition by node, name order by seq)),
call as (
  select r.node, r.name, e.op_id, max(r.seq) as seq, any_value(coalesce(e.txn_id, r.txn_id)) as txn_id, any_value(e.call_point) as call_point,
    any_value(r.currency) as currency, arg_max(r.spoken_for, r.seq)::bigint as spoken_for, arg_max(r.moved_minor, r.seq)::bigint as moved_minor,
    sum(r.taken)::bigint as taken_minor,
    coalesce(sum(r.amount_minor) filter (r.stage in ('reserved', 'pre_encumbrance', 'encumbrance')), 0)::bigint as committed_minor
  from running r join effect e on e.seq = r.seq where e.op_id is not null and e.request_seq is not null group by 1, 2, 3)
select c.* exclude (spoken_for, moved_minor), w.cost_center, w.account_group, w.first_month, w.last_month, w.level, w.budget_minor,
  (w.budget_minor + c.moved_minor) * w.quantity // 100000 as tolerated_minor,
  w.budget_minor - c.spoken_for as available_minor
from call c asof join window_row w on w.node = c.node and w.entity_id = c.name and c.seq >= w.seq;

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

-- unposted: sources that are approved and not booked, of flows whose documents are a cost: without tax and what their target books by itself.
-- Of what was ordered and received, only what GR/IR does not hold already. company: as the source calls it
create table unposted as
with cost as (
  select d.flow, bool_or(k.clears) as clears from ref_due d join ref_accrual a using (entity_type) join ref_document k using (entity_type) where d.kind = 'document' group by 1),
open as (
  select s.txn_id, t.flow, c.clears, s.entity_id, s.entity_type, s.revision, s.currency, s.company, s.state from src s join txn t using (txn_id) join cost c on c.flow = t.flow
  where s.meaning = 'approved' and not exists (
    select 1 from doc d join ref_state m on m.entity_type = d.entity_type and m.state = d.state
    where d.txn_id = s.txn_id and d.live and not d.never_posted and m.meaning = 'posted')),
on_account as (
  select o.entity_id, -sum(i.amount_minor)::bigint as minor from item_line i join ordered o on o.node = i.node and o.item = i.item
  where i.role = 'gr_ir' group by 1),
asked_for as (
  select p.txn_id, case when p.clears and l.src_line is not null and l.amount_minor > 0
    then greatest(l.amount_minor - greatest(coalesce(h.minor, 0), 0), 0) else l.amount_minor end as minor
  from open p join ref_document k on k.entity_type = p.entity_type
  join effect l on l.txn_id = p.txn_id and l.entity_type = k.lines and coalesce(l.src_version, 1) = p.revision and not list_contains(k.sides, l.category)
  left join on_account h on h.entity_id = l.src_line),
since as (select txn_id, max(t_biz) as t_biz from src_state where meaning = 'approved' and kind <> 'read_view' group by 1)
select p.entity_id, p.flow, p.txn_id, p.currency, p.company, p.state, coalesce(sum(l.minor), 0)::bigint as amount_minor, any_value(s.t_biz) as since
from open p left join asked_for l using (txn_id) left join since s using (txn_id) group by all;

-- paid_line: of each payment that was issued, the lines of the invoices in it (line_seq) that bill an order line over GR/IR; seq: when it was issued,
-- back_seq: when the money was no longer the payee's. Left out: what P03 does not examine.
create table paid_line as
with payment as (
  select node, entity_id as payment, min(seq) filter (state = 'issued') as seq, any_value(txn_id) as txn_id,
    arg_min(call_point, seq) filter (state = 'issued') as call_point, string_split(any_value(covers), ' ') as documents,
    min(seq) filter (state in ('rejected', 'stopped', 'returned', 'voided')) as back_seq
  from effect where entity_type = 'payment' group by 1, 2 having min(seq) filter (state = 'issued') is not null),
item as (select * exclude (documents), unnest(documents) as document from payment where documents is not null),
settled as ( -- nothing of the invoice is left to pay
  select node, item, split_part(parent_id, '/', 1) as payment from (
    select node, item, parent_id, max(seq) as seq, sum(amount_minor) as minor from item_line
    where role = 'trade_payables' and item is not null group by 1, 2, 3)
  qualify sum(minor) over (partition by node, item order by seq) = 0),
answered_for as ( -- by a person, with a reason
  select node, parent_id as document, min(seq) as seq from effect
  where entity_type = 'invoice_hold' and state = 'released' and approvers is not null group by 1, 2)
select i.node, i.payment, i.seq, i.back_seq, i.txn_id, i.call_point, l.seq as line_seq, l.src_line as line, l.quantity, l.amount_minor, l.currency,
  o.amount_minor as ordered_minor, o.quantity as ordered_quantity
from item i join settled s on s.node = i.node and s.item = i.document and s.payment = i.payment
join effect l on l.node = i.node and l.parent_id = i.document and l.entity_type = 'invoice_line' and l.src_line is not null
join ordered o on o.node = l.node and o.entity_id = l.src_line and o.prices <= 1 and o.quantity > 0
join taken k on k.node = o.node and k.entity_id = o.entity_id and k.credits = 0 and k.direct = 0 and k.direct_credits = 0 and k.returns = 0
where not exists (select 1 from answered_for a where a.node = i.node and a.document = i.document and a.seq < i.seq);

-- gr_ir_moment: after each posting on GR/IR of an order line, what stands there, debit positive, and what should. A posting is of the lines of its
-- document, or undoes those of the document that it reverses.
create table gr_ir_moment as
with posting as (
  select node, item, parent_id, max(seq) as seq, sum(amount_minor)::bigint as minor, any_value(currency) as currency, any_value(txn_id) as txn_id
  from item_line where role = 'gr_ir' and item is not null group by 1, 2, 3),
line as (
  select node, parent_id, src_line as entity_id, sum(case entity_type when 'receipt_line' then quantity else 0 end)::bigint as came,
    sum(case entity_type when 'invoice_line' then quantity else 0 end)::bigint as billed, bool_or(quantity < 0) as is_credit
  from effect where entity_type in ('receipt_line', 'invoice_line') and src_line is not null group by 1, 2, 3),
reversal as (
  select node, entity_id, any_value(parent_id) as original from effect where effect = 'reverse' and parent_id is not null group by 1, 2),
known as (
  select p.*, o.entity_id, o.amount_minor as ordered_minor, o.quantity as ordered, coalesce(l.is_credit, b.is_credit, false) as is_credit,
    l.came is not null or b.came is not null as is_known, coalesce(l.came, -b.came, 0) as came, coalesce(l.billed, -b.billed, 0) as billed
  from posting p join ordered o on o.node = p.node and o.item = p.item and o.prices <= 1 and o.quantity > 0
  left join line l on l.node = p.node and l.parent_id = p.parent_id and l.entity_id = o.entity_id
  left join reversal v on v.node = p.node and v.entity_id = p.parent_id
  left join line b on b.node = p.node and b.parent_id = v.original and b.entity_id = o.entity_id),
plain as (
  select node, item from known group by 1, 2 having bool_and(is_known) and not bool_or(is_credit))
select node, item, k.entity_id, k.parent_id, k.seq, k.txn_id, k.currency, e.call_point, sum(minor) over w::bigint as minor,
  sum(came) over w::bigint as received, sum(billed) over w::bigint as billed, count(*) over w as invoices,
  round(-ordered_minor * (sum(came) over w - sum(billed) over w) / ordered)::bigint as due_minor
from known k semi join plain using (node, item) left join effect e on e.seq = k.seq
window w as (partition by node, item order by k.seq rows between unbounded preceding and current row);

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
