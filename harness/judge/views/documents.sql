-- What came of each transaction: documents, whom they stand for, how they are coded, and how they should be.

-- document: a document that the connector made in a target system, once. dead_seq: when it was undone; never_posted: the system itself
-- turned it down later. A kind that another flow makes is no document of this transaction: an order that was set up for a receipt is not
-- what the receipt leads to.
create table undone as
select node, entity_type, entity_id, min(seq) as dead_seq, arg_min(how, seq) as how from (
  select node, entity_type, parent_id as entity_id, seq, 'reversed' as how from effect where effect = 'reverse' and parent_id is not null
    and entity_type in (select entity_type from ref_document)
  union all
  select e.node, e.entity_type, e.entity_id, seq, coalesce(m.state, 'reversed') from effect e
  left join ref_state m on m.entity_type = e.entity_type and m.state = e.state and m.meaning in ('dead', 'refused')
  where e.entity_type in (select entity_type from ref_due)
    and ((effect = 'reverse' and parent_id is null) or (m.state is not null and effect <> 'create')))
group by 1, 2, 3;
create table made as
select e.txn_id, e.node, e.entity_type, e.entity_id, e.call_point, e.op_id, e.seq, e.request_seq, e.t_mono_ns, e.t_biz, e.amount_minor,
  e.currency, e.company, e.period, e.document_date, e.posting_date, e.party, e.approvers, e.ext_ref, e.src_version, e.src_line, t.flow, r.due_id
from effect e left join txn t using (txn_id)
left join ref_due r on r.flow = t.flow and r.entity_type = e.entity_type and r.kind = 'document'
where e.effect = 'create' and e.entity_type in (select entity_type from ref_due where kind = 'document')
  and (e.document is null or e.document = e.entity_type)
  and e.seq in (select min(seq) from effect where effect = 'create' and (document is null or document = entity_type)
    and entity_type in (select entity_type from ref_due where kind = 'document') group by node, entity_type, entity_id);
-- public document: a document that the connector made in a target system, once. live: it was not undone
create table document as
with last_state as (
  select e.node, e.entity_type, e.entity_id, arg_max(e.state, e.seq) as state, min(e.seq) filter (m.meaning = 'posted') as posted_seq
  from effect e left join ref_state m on m.entity_type = e.entity_type and m.state = e.state
  where e.state is not null and e.entity_type in (select entity_type from ref_due where kind = 'document') group by 1, 2, 3)
select m.txn_id, m.flow, m.node, m.entity_type, m.entity_id, m.call_point, m.op_id, m.seq, m.request_seq, m.t_mono_ns, m.t_biz,
  m.amount_minor, m.currency, m.company, m.period, m.document_date, m.posting_date, m.party, m.approvers, m.ext_ref, m.src_version, m.src_line, k.module,
  l.state, l.posted_seq, u.dead_seq, u.dead_seq is null as live,
  coalesce(s.meaning = 'refused' and l.posted_seq is null, false) as never_posted
from made m left join last_state l using (node, entity_type, entity_id) left join undone u using (node, entity_type, entity_id)
left join ref_document k using (entity_type) left join ref_state s on s.entity_type = m.entity_type and s.state = l.state
where m.txn_id is null or m.flow is null or m.due_id is not null;

-- stray: made by the connector in a transaction whose flow neither makes nor finds this kind of document
create table stray as
select m.txn_id, m.node, m.entity_type, m.entity_id, m.call_point, m.seq, m.amount_minor, m.currency from made m
left join ref_makes k on k.flow = m.flow and k.entity_type = m.entity_type
where m.flow is not null and m.due_id is null and k.flow is null and m.op_id is not null;

-- listed: what a document that stands for several sources names; off_seq: when a later list no longer named this one
create table listed as
with lists as (
  select node, entity_type, entity_id, seq, string_split(covers, ' ') as names,
    lead(seq) over (partition by node, entity_type, entity_id order by seq) as next_seq
  from effect where covers is not null and entity_type in (select entity_type from ref_due where kind = 'document')),
named as (select node, entity_type, entity_id, seq, next_seq, unnest(list_distinct(list_filter(names, lambda x: x <> ''))) as source_id from lists)
select n.node, n.entity_type, n.entity_id, n.source_id, any_value(s.txn_id) as txn_id, min(n.seq) as on_seq,
  case when bool_or(n.next_seq is null) then null else max(n.next_seq) end as off_seq
from named n left join src s on s.entity_id = n.source_id or s.txn_id = n.source_id group by 1, 2, 3, 4;

-- public cover: which transactions a document stands for: those that it lists, else the one that its call belongs to
create table cover as
select distinct on (node, entity_type, entity_id, txn_id) * from (
  select l.node, l.entity_type, l.entity_id, l.txn_id, l.off_seq, true as is_listed from listed l where l.txn_id is not null
  union all
  select d.node, d.entity_type, d.entity_id, d.txn_id, null, false from document d
  where d.txn_id is not null and not exists (select 1 from listed l where l.node = d.node and l.entity_type = d.entity_type
    and l.entity_id = d.entity_id and l.txn_id is not null))
order by off_seq nulls first;

-- public due_document: what has to exist, for each revision of a source that people wrote. part: the line of the source that it is for
create table due_document as
select t.txn_id, t.flow, r.revision, d.due_id, d.cardinality, null::varchar as part, r.amount_minor, r.currency
from txn t join (select distinct flow, due_id, cardinality from ref_due where kind = 'document') d on d.flow = t.flow
join src_revision r using (txn_id) where d.cardinality in ('one', 'covers_many')
union all
select t.txn_id, t.flow, coalesce(s.src_version, 1), d.due_id, d.cardinality, s.entity_id, abs(s.amount_minor), s.currency
from txn t join (select distinct flow, due_id, cardinality from ref_due where kind = 'document') d on d.flow = t.flow
join ref_document k on k.entity_type = t.flow_source
join effect s on s.txn_id = t.txn_id and s.entity_type = k.lines where d.cardinality = 'one_per_line';

-- public doc: a document in each transaction that it stands for, and which due it meets. Documents that belong to nobody have no txn_id.
create table held as
select c.txn_id, d.* exclude (txn_id, flow, dead_seq, live), t.flow, least(d.dead_seq, c.off_seq) as dead_seq,
  least(d.dead_seq, c.off_seq) is null as live, c.is_listed, r.due_id, r.cardinality, r.compare,
  coalesce(case when c.is_listed then null else d.src_version end, v.revision, 1) as revision
from cover c join document d using (node, entity_type, entity_id) join txn t on t.txn_id = c.txn_id
join ref_due r on r.flow = t.flow and r.entity_type = d.entity_type
asof left join (select txn_id, seq, revision from src_state where meaning = 'approved') v on v.txn_id = c.txn_id and d.seq >= v.seq;
-- parts: documents of single lines: the line that they name, else one of the same amount, else what is left
create table part_of as
with wanted as (
  select *, row_number() over (partition by txn_id, revision, due_id, amount_minor order by part) as k from due_document where part is not null),
found as (
  select seq, txn_id, revision, due_id, amount_minor, src_line,
    row_number() over (partition by txn_id, revision, due_id, amount_minor, src_line is null order by never_posted, seq) as k
  from held where cardinality = 'one_per_line'),
named as (
  select f.seq, f.txn_id, w.part from found f join wanted w on w.txn_id = f.txn_id and w.revision = f.revision and w.due_id = f.due_id
    and split_part(w.part, '.', -1) = f.src_line),
exact as (
  select f.seq, f.txn_id, w.part from found f join wanted w using (txn_id, revision, due_id, amount_minor, k) where f.src_line is null),
other_found as (
  select *, row_number() over (partition by txn_id, revision, due_id order by seq) as n from found f
  where (seq, txn_id) not in (select (seq, txn_id) from named union all select (seq, txn_id) from exact)),
other_wanted as (
  select *, row_number() over (partition by txn_id, revision, due_id order by part) as n from wanted w
  where (txn_id, part) not in (select (txn_id, part) from named union all select (txn_id, part) from exact)),
other as (select f.seq, f.txn_id, w.part from other_found f join other_wanted w using (txn_id, revision, due_id, n)),
surplus as (
  select f.seq, f.txn_id, coalesce(min(w.part) filter (w.amount_minor = f.amount_minor), min(w.part)) as part from other_found f
  join wanted w on w.txn_id = f.txn_id and w.revision = f.revision and w.due_id = f.due_id
  where (f.seq, f.txn_id) not in (select (seq, txn_id) from other) group by 1, 2)
select * from named union all select * from exact union all select * from other union all select * from surplus;
create table doc as
select h.*, p.part from held h left join part_of p on p.seq = h.seq and p.txn_id = h.txn_id
union all by name
select d.*, false as is_listed, coalesce(d.src_version, 1) as revision from document d
where not exists (select 1 from cover c where c.node = d.node and c.entity_type = d.entity_type and c.entity_id = d.entity_id);

-- ledger lines; amount_minor is signed, debit positive. The lines of a journal are written in one go: what a truncated history ends with
-- is left out.
create table coding_line as
select txn_id, seq, node, entity_type, parent_id, account, cost_center, project, company, period, currency, amount_minor, category from effect
where entity_type in (select coded_by from ref_document union select 'journal_line')
qualify max(seq) over (partition by parent_id) < (select max(seq) from h where kind <> 'commit');
-- public line: lines of journals. amount_minor is signed, debit positive; parent_id: the document
create table line as select * exclude (entity_type, project, category) from coding_line where entity_type = 'journal_line';

-- public coded: how each live document is coded, line by line, in the lines that its kind declares
create table coded as
select d.node, d.entity_type, d.entity_id, l.account, l.cost_center, case when k.with_project then l.project end as project, l.amount_minor
from document d join ref_document k using (entity_type)
join coding_line l on l.entity_type = k.coded_by and l.parent_id = d.entity_id and l.node = d.node
where d.live;

create table asked_line as
select txn_id, src_version, entity_type, entity_id, seq, category, amount_minor, cost_center, project, document_date as day
from effect where entity_type in (select lines from ref_document);
-- public due_line: how it should be coded: the lines of its source revisions through the crosswalks, by the rule that holds on the day of the
-- line. Of a line without one, a rule that changed around these days would allow two accounts, so accounts counts them. What a kind books by itself, whatever is sent, is left out.
create table due_line as
select d.txn_id, d.node, d.entity_type, d.entity_id, any_value(d.compare) as compare, s.category, any_value(x.target_value) as cost_center,
  any_value(s.amount_minor) as amount_minor, any_value(a.account) as account, count(distinct a.account) as accounts,
  any_value(a.side) as side, any_value(s.project) as source_project, any_value(p.target_value) as project,
  any_value(s.cost_center) as source_cost_center
from doc d join src on src.txn_id = d.txn_id join ref_document k on k.entity_type = src.entity_type
join ref_document t on t.entity_type = d.entity_type
join asked_line s on s.txn_id = d.txn_id and s.src_version = d.revision and s.entity_type = k.lines and (d.part is null or s.entity_id = d.part)
left join ref_account a on a.category = s.category and a.source = src.entity_type and coalesce(a.company, d.company) = d.company
  and coalesce(a.valid_from, '') <= coalesce(s.day, left(d.t_biz, 10))
  and coalesce(a.valid_to, '9999') >= coalesce(s.day, (left(src.first_biz, 10)::date - 62)::varchar)
left join ref_crosswalk x on x.source = src.entity_type and x.kind = 'cost_center' and x.source_value = s.cost_center
  and coalesce(x.company = d.company, true)
left join ref_crosswalk p on p.source = src.entity_type and p.kind = 'project' and p.source_value = s.project
  and coalesce(p.company = d.company, true)
semi join coded k2 on k2.node = d.node and k2.entity_type = d.entity_type and k2.entity_id = d.entity_id
where d.live and not list_contains(t.implied, s.category)
group by d.txn_id, d.node, d.entity_type, d.entity_id, s.seq, s.category;
-- unmapped: live documents whose source says something that the crosswalks do not know, so that nobody can say whether they are right in it.
-- Where a rule changed in these days two accounts may be right, so nothing is missing.
create table unmapped as
with paper as (
  select d.txn_id, d.node, d.entity_type, d.entity_id, d.company, d.party, d.compare, s.entity_type as source, r.company as source_company,
    r.party as source_party, r.approvers as source_approvers
  from doc d join src s using (txn_id) join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision where d.live),
named as (
  select *, 'company' as kind, source_company as word from paper where contains(compare, 'company') and source_company is not null
  union all
  select *, 'party', source_party from paper where contains(compare, 'party') and party is not null and source_party is not null
  union all
  select *, 'approver', unnest(string_split(source_approvers, ' ')) from paper where contains(compare, 'approvers') and source_approvers is not null)
select distinct txn_id, node, entity_type, entity_id, 'an account rule for the category ' || category as what from due_line
where accounts = 0 and contains(compare, 'account')
union all
select distinct txn_id, node, entity_type, entity_id, 'a crosswalk for the cost centre ' || source_cost_center from due_line
where source_cost_center is not null and cost_center is null and not coalesce(side, false) and contains(compare, 'cost_center')
union all
select distinct u.txn_id, u.node, u.entity_type, u.entity_id, 'a crosswalk for the project ' || u.source_project
from due_line u join ref_document k using (entity_type)
where u.source_project is not null and u.project is null and k.with_project and contains(u.compare, 'project')
union all
select distinct n.txn_id, n.node, n.entity_type, n.entity_id, 'a crosswalk for the ' || n.kind || ' ' || n.word from named n
where not exists (select 1 from ref_crosswalk c where c.source = n.source and c.kind = n.kind and c.source_value = n.word
  and (n.kind <> 'party' or coalesce(c.company = n.company, true)));
-- mapped: documents of which every source line has exactly one account
create table mapped as
select node, entity_type, entity_id from due_line group by all having bool_and(accounts = 1) and bool_and(contains(compare, 'account'));
-- cell: what these documents carry and should carry on each account, cost centre and project together, where each of the three adds up by
-- itself: lines that swapped their cost centres. Lines of sides (tax, clearing) are asked for no cost centre and no project.
create table cell as
with booked as (
  select u.node, u.entity_type, u.entity_id, u.account, case when not u.side and contains(u.compare, 'cost_center') then u.cost_center end as cost_center,
    case when not u.side and k.with_project and contains(u.compare, 'project') then u.project end as project, u.amount_minor as due, 0 as found
  from due_line u join mapped using (node, entity_type, entity_id) join ref_document k using (entity_type)
  union all
  select c.node, c.entity_type, c.entity_id, c.account, case when s.account is null and contains(m.compare, 'cost_center') then c.cost_center end,
    case when s.account is null and contains(m.compare, 'project') then c.project end, 0, c.amount_minor
  from coded c join (select node, entity_type, entity_id, any_value(compare) as compare from due_line semi join mapped
    using (node, entity_type, entity_id) group by 1, 2, 3) m using (node, entity_type, entity_id)
  left join (select distinct account from ref_account where side) s using (account)
  where c.account in (select account from ref_account))
select * from (select node, entity_type, entity_id, account, cost_center, project, sum(due)::bigint as due, sum(found)::bigint as found
  from booked group by all)
qualify sum(found - due) over (partition by node, entity_type, entity_id, account) = 0
  and sum(found - due) over (partition by node, entity_type, entity_id, cost_center) = 0
  and sum(found - due) over (partition by node, entity_type, entity_id, project) = 0;
