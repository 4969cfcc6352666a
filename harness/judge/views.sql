-- The notions that the invariants speak in, derived from the facts of one history (table h).
-- Before this file runs, these tables exist, filled from contracts/ and from the run's manifest and plan (reference.py):
--   ref_flow(flow, kind, source, writes_back, latency_target_ms)   ref_call_point(id, kind, source, document, callback, tells_refusal)
--   ref_due(flow, kind, due_id, entity_type, cardinality, compare): what has to come of a source; compare: what is held against it
--   ref_makes(flow, entity_type): kinds that this flow's transactions may make, due or not, and those that they may find set up
--   ref_document(entity_type, module, coded_by, lines, implied, with_project, may_lack, sides, names_posting, names_type, clears)   ref_state(entity_type, state, meaning)
--   ref_source_state: as ref_state, for a kind in the part of a source   ref_variant(flow, source_value, entity_type)
--   ref_tells(flow, state, told)   ref_answer(flow, answer, state)   ref_query(flow, about, budget_ms, degraded, reservation, limited_by)
--   ref_fault(id, name, family, scope, recoverable, recoverable_at, park_ok, expect)   ref_error(code, class, definite, retry, owner)
--   ref_park_only(fault_id, mode, code, why): what fails in a way that no source is told of, because who asked can do nothing about it
--   ref_class(class, side): the words for what is in the way of a parked item
--   ref_mode(fault_id, mode, decisions, view, deliver, code, acts): what the record of a firing has to show
--   ref_event(call_point, approves)   ref_crosswalk(source, kind, source_value, target_value, company)   ref_module(module)
--   ref_account(source, company, category, account, valid_from, valid_to, side): side is true for words that are no categories
--   ref_currency(currency, digits)   ref_needs(flow, system): the systems that it calls
--   policy(gives_up_after, next_period, retry_base_ms, ack_timeout_ms, request_timeout_ms, concurrency, poll_ms)   planned_window(txn_id, fault_id, mode, target)
--   ref_tax(company, code, rate_percent, recoverable_percent, self_assessed): what the target's codes of tax come to
--   planned_solo(txn_id, of)   ref_account_role(system, role, account): gr_ir, trade_payables
--   ref_accrual(entity_type): kinds whose source is a cost from its approval on
--
-- `-- public NAME: meaning` declares a table that rules of users may read (public.py, docs/history.md): what it has, it keeps.
-- public h: the history itself, one row for each fact, as contracts/history.yaml declares it
-- public ref_flow: the declared flows. source: the kind of document that they begin with
-- public ref_document: the declared kinds of document. module: whose period they need; lines: the kind of their lines
-- public ref_call_point: the call points. callback: called by a system, not by the connector. tells_refusal: by it a source learns that its document is refused
-- public ref_fault: the fault vocabulary. recoverable: passes by itself; park_ok: a connector may park what it hits
-- public ref_crosswalk: the crosswalks that the connector was given: what an id of a source document's system is called in the target; company:
-- the target's company in which it is that (null: in all)
-- public ref_account: the account that a category of spend is booked on, with the ISO dates between which the rule holds
-- public ref_currency: the currencies. digits: decimals of an amount, so that amount_minor = amount * 10 ** digits

create macro words(name) as replace(name, '_', ' ');
create macro month_number(period) as try_cast(left(period, 4) as integer) * 12 + try_cast(right(period, 2) as integer);

-- public txn: one transaction, which is one experiment. detail: its plan, JSON; parent: the one whose documents it grows out of
create table txn as
select h.txn_id, min(h.seq) as seq0, arg_min(h.t_mono_ns, h.seq) as t0, arg_min(h.t_biz, h.seq) as biz0, arg_min(h.flow, h.seq) as flow,
  arg_min(h.wave, h.seq) as wave, arg_min(h.template, h.seq) as template, arg_min(h.detail, h.seq) as detail,
  coalesce(max(s.of), max(case when json_valid(h.detail) then json_extract_string(h.detail, '$.solo_of') end)) as solo_of,
  case when solo_of is not null then 'solo' else arg_min(h.role, h.seq) end as role,
  arg_min(h.parent_txn, h.seq) as parent, any_value(f.kind) as flow_kind, any_value(f.source) as flow_source,
  any_value(f.writes_back) as writes_back
from h left join planned_solo s using (txn_id) left join ref_flow f on f.flow = h.flow
where h.kind = 'experiment' group by h.txn_id;

-- public chain: the transactions of one piece of business (a case), by the first of them; depth: how many lie before
create table chain as
with recursive up as (
  select txn_id, txn_id as case_id, 0 as depth from txn where parent is null or parent not in (select txn_id from txn)
  union all select t.txn_id, up.case_id, up.depth + 1 from txn t join up on t.parent = up.txn_id where up.depth < 100)
select up.txn_id, up.case_id, up.depth, t.parent, t.flow from up join txn t using (txn_id);

-- the moments of the run that rules refer to
create table mark as
select seq, t_mono_ns, case when kind = 'phase' then phase else kind end as name
from h where kind in ('redrive', 'proc_start', 'proc_kill', 'fault_healed') or (kind = 'phase' and phase = 'heal');
create table quiet as
select seq as end_seq, max(seq) filter (state = 'begin') over (order by seq) as begin_seq, state, txn_id
from h where kind = 'quiet' qualify state <> 'begin';
create table run_fact as
select coalesce((select arg_max(state, seq) from h where kind = 'quiet' and state in ('begin', 'end', 'deadline_shrinking')),
  'none') = 'deadline_shrinking' as shrinking,
  exists (select 1 from h where kind = 'read_view') as final_read,
  exists (select 1 from h where kind = 'run_start' and json_exists(try_cast(detail as json), '$.attached_after')) as joined_late;

-- public op: one call of the connector, from request to the end of the answer
create table op as
with request as (select * from h where kind = 'request' and owner is null), -- a request with an owner is a person's
decision as (
  select op_id, arg_max(txn_id, seq) as txn_id, arg_max(server_outcome, seq) as server_outcome, arg_max(code, seq) as code,
         arg_max(status, seq) as status, arg_max(retry_after_ms, seq) as retry_after_ms, arg_max(txn_attr, seq) as txn_attr
  from h where kind = 'decision' group by op_id),
answer as (
  select op_id, max(seq) as seq_end, arg_max(t_mono_ns, seq) as t_end, arg_max(status, seq) as status,
    arg_max(client_view, seq) as client_view,
         arg_max(retry_after_ms, seq) as retry_after_ms, arg_max(code, seq) as code, arg_max(txn_id, seq) as txn_id
  from h where kind = 'response_end' group by op_id)
select r.op_id, coalesce(r.txn_id, d.txn_id, a.txn_id) as txn_id, r.call_point, c.kind as call_kind, c.source as is_source, c.document,
  r.attempt, r.method,
  r.seq, r.t_mono_ns, a.seq_end, a.t_end, coalesce(a.status, d.status) as status, coalesce(a.client_view, 'info') as client_view,
  coalesce(d.code, a.code) as code, d.server_outcome, coalesce(a.retry_after_ms, d.retry_after_ms) as retry_after_ms,
  r.idem_key, r.body_hash, r.ext_ref, r.token_id, r.sut_gen, r.phase, e.class as error_class, e.definite, e.retry
from request r left join decision d using (op_id) left join answer a using (op_id)
left join ref_call_point c on c.id = r.call_point left join ref_error e on e.code = coalesce(d.code, a.code);

-- public effect: one state change of a mock's books, by whomever
create table effect as
select h.seq, h.t_mono_ns, h.t_biz, h.op_id, coalesce(h.txn_id, op.txn_id) as txn_id, coalesce(h.call_point, op.call_point) as call_point,
  op.seq as request_seq,
  h.entity_type, h.entity_id, h.parent_id, h.effect, h.version, h.base_version, h.src_version, h.amount_minor, h.quantity, h.currency, h.company,
  h.period, h.document_date, h.posting_date, h.account,
  h.cost_center, h.project, h.party, h.approvers, h.category, h.ext_ref, h.state, h.node, h.covers, h.src_line, h.corr_id, op.document
from h left join op using (op_id) where h.kind = 'commit';

-- what the books of the source systems said, by people and by the connector, in order; of each transaction's own source document only
create table src_state as
with said as (
  select seq, txn_id, t_mono_ns, t_biz, kind, op_id, entity_type, entity_id, state, src_version, amount_minor, currency, company, cost_center,
    party, approvers, parent_id, parent_type, version, document_date, posting_date
  from h where kind in ('source_action', 'read_view') and state is not null
  union all
  select seq, txn_id, t_mono_ns, t_biz, 'commit', op_id, entity_type, entity_id, state, src_version, amount_minor, currency, company,
    cost_center, party, approvers, parent_id, null, version, document_date, posting_date
  from effect where state is not null)
select s.* exclude (src_version), coalesce(m.meaning, 'other') as meaning, coalesce(s.src_version, 1) as revision
from said s join txn t on t.txn_id = s.txn_id and t.flow_source = s.entity_type
left join ref_source_state m on m.entity_type = s.entity_type and m.state = s.state;

-- public src_revision: the source document of a transaction, once for each revision of it
create table src_revision as
select txn_id, revision, arg_max(amount_minor, seq) filter (amount_minor is not null) as amount_minor, arg_max(currency, seq)
  filter (currency is not null) as currency,
  arg_max(company, seq) filter (company is not null) as company, arg_max(party, seq) filter (party is not null) as party,
  arg_max(approvers, seq) filter (meaning = 'approved' and approvers is not null) as approvers, min(seq) filter (meaning = 'approved') as approved_seq,
  arg_min(t_biz, seq) filter (meaning = 'approved') as approved_biz,
  arg_max(document_date, seq) filter (document_date is not null) as document_date,
  arg_max(posting_date, seq) filter (posting_date is not null) as posting_date
from src_state where txn_id is not null group by all;

-- public src: the source document of a transaction as it stands at the end. meaning: open, approved, posted, refused, dead, other
create table src as
select s.txn_id, arg_min(s.entity_type, s.seq) as entity_type, arg_min(s.entity_id, s.seq) as entity_id, arg_max(s.state, s.seq) as state,
  arg_max(s.meaning, s.seq) as meaning,
  arg_max(s.revision, s.seq) as revision, arg_max(s.amount_minor, s.seq) filter (s.amount_minor is not null) as amount_minor,
  arg_max(s.currency, s.seq) filter (s.currency is not null) as currency, arg_max(s.company, s.seq)
  filter (s.company is not null) as company,
  min(s.seq) filter (s.meaning = 'approved') as approved_seq, max(s.seq) filter (s.meaning = 'approved') as last_approved_seq,
  min(s.t_mono_ns) filter (s.meaning = 'approved') as approved_t, min(s.t_biz) as first_biz,
  arg_max(s.parent_id, s.seq) filter (s.kind = 'read_view') as recorded_document,
  arg_max(s.parent_type, s.seq) filter (s.kind = 'read_view') as recorded_type, max(s.t_mono_ns)
  filter (s.meaning in ('posted', 'refused') and s.kind <> 'read_view') as settled_t,
  bool_or(s.meaning in ('open', 'dead') and s.seq > coalesce(a.seq, s.seq) and s.kind <> 'read_view') as went_back
from src_state s
left join (select txn_id, min(seq) as seq from src_state where meaning = 'approved' group by 1) a on a.txn_id = s.txn_id
where s.txn_id is not null group by s.txn_id;

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

-- version: what a record, or a document that others wait for news of, was, and when. copy: what the connector wrote of it elsewhere.
-- `value` is what is compared: of a record the members that its flow names, in the target's words; of news the word that is due.
-- public version: what a record, or a document that others wait for news of, was, and when
create table version as
with seen as (
  select t.txn_id, t.flow, t.flow_kind, e.*exclude (txn_id), coalesce(e.src_version, e.version) as version_no from effect e join txn t using (txn_id)
  where t.flow_kind in ('state', 'status') and e.entity_type = t.flow_source and e.state is not null)
select s.txn_id, s.flow, d.due_id, d.compare, s.seq, s.t_mono_ns, s.entity_id, s.state, s.version_no as version,
  case when s.flow_kind = 'status' then w.told else concat_ws('|',
    case when contains(d.compare, 'state') then coalesce(w.told, s.state) end,
    case when contains(d.compare, 'amount') then coalesce(s.amount_minor::varchar, '') || ' ' || coalesce(s.currency, '') end,
    case when contains(d.compare, 'company') then coalesce(c.target_value, s.company, '') end,
    case when contains(d.compare, 'cost_center') then coalesce(x.target_value, s.cost_center, '') end,
    case when contains(d.compare, 'project') then coalesce(p.target_value, s.project, '') end,
    case when contains(d.compare, 'party') then coalesce(y.target_value, s.party, '') end,
    case when contains(d.compare, 'account') then coalesce(s.account, '') end,
    case when contains(d.compare, 'dates') then coalesce(s.document_date, '') || ' ' || coalesce(s.posting_date, '') end) end as value
from seen s join (select distinct flow, due_id, compare, walks, case when walks = entity_type then 'own' else 'target' end as company_is
  from ref_due where kind in ('state', 'status')) d on d.flow = s.flow
left join ref_tells w on w.flow = s.flow and w.state = s.state
left join ref_crosswalk c on c.source = d.walks and c.kind = 'company' and c.source_value = s.company
left join ref_crosswalk x on x.source = d.walks and x.kind = 'cost_center' and x.source_value = s.cost_center
  and coalesce(x.company = case d.company_is when 'own' then s.company else c.target_value end, true)
left join ref_crosswalk p on p.source = d.walks and p.kind = 'project' and p.source_value = s.project
  and coalesce(p.company = case d.company_is when 'own' then s.company else c.target_value end, true)
left join ref_crosswalk y on y.source = d.walks and y.kind = 'party' and y.source_value = s.party
  and coalesce(y.company = case d.company_is when 'own' then s.company else c.target_value end, true)
where s.flow_kind = 'state' or w.told is not null;
-- public copy: what the connector wrote elsewhere of a record, or of what became of a document
create table copy as
select e.txn_id, t.flow, d.due_id, e.seq, e.t_mono_ns, coalesce(e.request_seq, e.seq) as asked_seq, e.call_point, e.node, e.entity_type,
  e.entity_id, e.state, e.src_version as version,
  case when t.flow_kind = 'status' then e.state else concat_ws('|',
    case when contains(d.compare, 'state') then e.state end,
    case when contains(d.compare, 'amount') then coalesce(e.amount_minor::varchar, '') || ' ' || coalesce(e.currency, '') end,
    case when contains(d.compare, 'company') then coalesce(e.company, '') end,
    case when contains(d.compare, 'cost_center') then coalesce(e.cost_center, '') end,
    case when contains(d.compare, 'project') then coalesce(e.project, '') end,
    case when contains(d.compare, 'party') then coalesce(e.party, '') end,
    case when contains(d.compare, 'account') then coalesce(e.account, '') end,
    case when contains(d.compare, 'dates') then coalesce(e.document_date, '') || ' ' || coalesce(e.posting_date, '') end) end as value
from effect e join txn t using (txn_id) join ref_due d on d.flow = t.flow and d.entity_type = e.entity_type and d.kind in ('state', 'status')
where e.op_id is not null and e.state is not null;
-- public current_copy: how each target stands at the end, beside what it should hold
create table current_copy as
with latest as (select txn_id, due_id, arg_max(value, seq) as due, arg_max(version, seq) as version, max(seq) as seq from version group by all),
last_copy as (select txn_id, due_id, arg_max(value, seq) as value, arg_max(call_point, seq) as call_point, max(t_mono_ns) as t from copy group by all)
select l.txn_id, l.due_id, l.due, l.version, c.value, c.call_point, c.t, c.value is not distinct from l.due as is_current
from latest l left join last_copy c using (txn_id, due_id);

-- fclass: what a fault means for the judgement
create view fclass as select * from ref_fault;

-- public closed: when a period was not open for a module
create table period_event as
select seq, company, period, lower(state) as state, entity_id,
  (select min(module) from ref_module m where list_contains(string_split(entity_id, '/'), m.module)) as module
from h where kind in ('source_action', 'commit') and entity_type = 'period' and state is not null;
create table closed as
select company, period, module, seq as from_seq, coalesce((select min(o.seq) from period_event o
  where o.state = 'open' and o.company = c.company and o.period = c.period and o.module is not distinct from c.module and o.seq > c.seq),
    9223372036854775807) as to_seq
from period_event c where c.state = 'closed';

-- unkilled: marks of kills after which the connector was still there
create table unkilled as
with ending as (select seq, kind, reason from h where kind in ('proc_start', 'proc_survived')),
marked as (select m.seq, m.txn_id from h m join ref_fault f on f.id = m.fault_id and f.scope = 'kill' where m.kind in ('fault_fired', 'hold'))
select m.seq, m.txn_id, e.reason from marked m asof join ending e on m.seq <= e.seq where e.kind = 'proc_survived';
-- proof: whether the record of a call or an event shows what the mode of the fault that was marked on it does there. A mark alone is no deed.
create table proof as
with marked as (select seq, phase, op_id, event_id, txn_id, call_point, fault_id, mode, secret_no from h where kind = 'fault_fired'
  union all select seq, phase, op_id, event_id, txn_id, call_point, fault_id, mode, null from h where kind = 'hold' and fault_id is not null),
event as (
  select event_id, count(*) filter (kind = 'event_sent') as sent, bool_or(kind = 'event_sent' and not sig_ok) as forged,
    bool_or(kind = 'event_sent' and not fresh) as stale, bool_or(kind = 'event_dropped') as dropped, any_value(txn_id) as txn_id,
    any_value(call_point) as call_point
  from h where kind in ('event_sent', 'event_dropped') and event_id in (select event_id from marked) group by 1),
events_of as (select txn_id, call_point, count(distinct event_id) as n from h where kind = 'event_sent'
  and txn_id in (select txn_id from marked where event_id is not null) group by 1, 2),
acted as (select txn_id, max(seq) as seq from h where kind = 'source_action' and txn_id in (select txn_id from marked) group by 1),
told as (select distinct phase, node, code from h where kind = 'decision' and code in (select code from ref_mode)),
-- a secret was retired: behind that somebody signs in with the new one, or is refused with an older one, and no older one is good
signed as (select r.seq, r.phase, r.secret_no, e.status, e.code from h r join h e on e.op_id = r.op_id and e.kind = 'response_end'
  where r.kind = 'request' and r.secret_no is not null and e.fault_id is null),
retired as (
  select m.seq, coalesce(bool_or(s.phase = m.phase and ((s.secret_no = m.secret_no and s.status = 200)
      or (s.secret_no < m.secret_no and s.code = r.code))), false)
    and not coalesce(bool_or(s.secret_no < m.secret_no and s.status = 200), false) as is_shown
  from marked m join ref_mode r on r.fault_id = m.fault_id and r.mode = m.mode and r.rotates left join signed s on s.seq > m.seq group by 1)
select m.seq, r.mode is not null and case
    when m.op_id is not null and r.decisions is not null then coalesce(list_contains(r.decisions, o.server_outcome) and o.client_view = r.view, false)
    when m.event_id is not null then coalesce(case
      when r.deliver in ('forged', 'unsigned') then e.forged when r.deliver = 'stale' then e.stale when r.deliver = 'never' then e.dropped
      when r.deliver in ('twice_at_once', 'again_later') then e.sent > 1 when r.deliver = 'second_id' then e.sent > 0 and n.n > 1
      else e.sent > 0 end, false)
    when r.rotates then x.is_shown
    when r.code is not null then t.code is not null
    else true end and (not coalesce(r.acts, false) or coalesce(a.seq > m.seq, false)) and m.seq not in (select seq from unkilled) as is_proven
from marked m left join ref_mode r on r.fault_id = m.fault_id and r.mode = m.mode left join op o on o.op_id = m.op_id
left join event e on e.event_id = m.event_id left join events_of n on n.txn_id = e.txn_id and n.call_point = e.call_point
left join acted a on a.txn_id = m.txn_id
left join ( -- outages that are on at once do not prove each other
  select distinct m.seq, t.code from marked m join told t on t.phase = m.phase left join ref_fault f on f.id = m.fault_id
  where f.family is distinct from 'outage' or t.node = m.call_point) t on t.seq = m.seq and t.code = r.code
left join retired x on x.seq = m.seq;

-- pause: between the attempts of the connector at one call of a transaction, from its first one on; first, third: ns. told: one of the first four
-- was answered, or said how long to wait.
create table pause as
with vain as (
  select txn_id, call_point, t_mono_ns, t_end, lead(t_mono_ns) over w - t_end as pause_ns, row_number() over w as k,
    bool_or(retry_after_ms is not null or client_view = 'ok') over (partition by txn_id, call_point order by seq rows between current row and 3 following) as told
  from op where call_kind in ('read', 'create', 'update') and txn_id is not null and t_end is not null
  window w as (partition by txn_id, call_point order by seq)),
pauses as (
  select txn_id, call_point, k, told, pause_ns as first, lead(pause_ns, 2) over (partition by txn_id, call_point order by k) as third from vain)
select txn_id, call_point, first, third, not told and third is not null and first > 20000000 as is_comparable from pauses where k = 1;

-- public fired: every time a fault reached the connector, for each transaction that it reached. Whoever was told that a period is closed, or had
-- an accepted document turned down for it, met F-F3, whatever the harness could see of that from outside.
create table fired as
select h.seq, h.t_mono_ns, h.op_id, h.call_point, h.attempt, h.fault_id, h.mode, h.plan_id, who.txn_id, h.txn_id is not null
  and who.txn_id = h.txn_id as own, p.is_proven
from (select * from h where kind = 'fault_fired') h join proof p using (seq),
  (select unnest(list_distinct(list_filter(list_concat([h.txn_id], string_split(coalesce(h.experienced_by, ''), ' ')),
    lambda x: x is not null and x <> ''))) as txn_id) who
union all
select min(seq), min(t_mono_ns), null, arg_min(system, seq), null, 'F-F3', 'close_period', null, txn_id, false, true from (
  select txn_id, seq, t_mono_ns, split_part(call_point, '.', 1) as system from op o where code = 'PERIOD_CLOSED' and txn_id is not null
    and exists (select 1 from closed c where o.seq < c.to_seq and coalesce(o.seq_end, o.seq) > c.from_seq)
  union all
  select d.txn_id, d.seq, d.t_mono_ns, d.node from doc d join closed c on c.company = d.company and d.dead_seq between c.from_seq and c.to_seq
  where d.never_posted and d.txn_id is not null)
where exists (select 1 from closed) group by txn_id
union all
-- a kill reaches whoever was held when it came; an answer that was let go just before it (F-G3) was still under the kill
select o.seq, o.t_mono_ns, o.op_id, o.call_point, o.attempt, o.fault_id, o.mode, o.plan_id, o.txn_id, true, p.is_proven
from h o join proof p using (seq) where o.kind = 'hold' and o.fault_id is not null and o.txn_id is not null and exists (
  select 1 from h k where k.kind = 'proc_kill' and k.seq > o.seq and k.phase = o.phase and not exists (
    select 1 from h r where r.kind = 'release' and r.op_id = o.op_id and r.seq > o.seq and r.t_mono_ns < k.t_mono_ns - 500000000));

-- public step: what was planned for a transaction, and whether it fired. A killed connector cannot tell F-G2 from F-G3: either counts for the
-- other.
create table step as
with planned as (
  select distinct txn_id, call_point, attempt, fault_id, mode, plan_id from h where kind = 'fault_armed' and txn_id is not null
  union all
  select w.txn_id, w.target, 0, w.fault_id, w.mode, null from planned_window w join txn using (txn_id)
  where not exists (select 1 from h where h.kind = 'fault_armed' and h.txn_id = w.txn_id and h.fault_id = w.fault_id))
select p.*, f.name as fault_name, f.family, f.scope, exists (
  select 1 from fired x where x.txn_id = p.txn_id and x.is_proven
    and (x.fault_id = p.fault_id or (x.fault_id in ('F-G2', 'F-G3') and p.fault_id in ('F-G2', 'F-G3')))
    and (x.mode = p.mode or x.mode is null) and (f.scope <> 'transaction' or x.call_point = p.call_point)) as has_fired
from planned p left join ref_fault f on f.id = p.fault_id;

-- public experienced: the vector of faults that really reached a transaction. how: own, run (a window), collateral (somebody else's kill). When
-- what settles by itself had been given its time, whoever had begun was settled, set aside or stuck: what befalls the world behind that moment
-- excuses none of it.
create table experienced as
select distinct x.txn_id, x.fault_id, x.mode, x.call_point, f.name as fault_name, f.family,
  f.recoverable or coalesce(list_contains(string_split(f.recoverable_at, ' '), c.kind), false) as recoverable, f.park_ok, f.expect,
  case when f.scope = 'run' then 'run' when exists (select 1 from step s where s.txn_id = x.txn_id and s.fault_id = x.fault_id)
  then 'own' else 'collateral' end as how
from fired x left join ref_fault f on f.id = x.fault_id left join ref_call_point c on c.id = x.call_point
where f.scope is distinct from 'run' or not exists (select 1 from h q join txn t on t.txn_id = x.txn_id
  where q.kind = 'quiet' and q.state = 'before_kill' and q.seq > t.seq0 and q.seq < x.seq)
union all
select distinct t.txn_id, 'kill', 'kill', null, 'connector killed', 'crash', true, false, 'posted', 'collateral'
from txn t join src s using (txn_id) join mark k on k.name = 'proc_kill' and k.seq > t.seq0
  and (s.settled_t is null or k.t_mono_ns < s.settled_t)
where not exists (select 1 from step p where p.txn_id = t.txn_id and p.scope = 'kill');

-- public asked: every question that a person waited for, and the answer
create table asked as
with question as (select * from h where kind = 'query_sent'),
answer as (select op_id, arg_max(state, seq) as answer, min(t_mono_ns) as t, min(seq) as seq, arg_max(as_of, seq) as as_of from h
  where kind = 'query_answer' group by 1)
select q.txn_id, t.flow, q.op_id, q.call_point, q.entity_id, q.seq, q.t_mono_ns, q.t_biz, a.answer, a.seq as answer_seq, a.as_of,
  (a.t - q.t_mono_ns) / 1e6 as took_ms, r.about, r.budget_ms, r.degraded, r.reservation, r.limited_by
from question q join txn t using (txn_id) join ref_query r on r.flow = t.flow left join answer a using (op_id);
-- truth: what could be said of a subject, from when to when: its state, or how its amount stands to the record that limits it
create table truth as
with limited as (
  select distinct a.about, a.entity_id, a.txn_id, a.limited_by,
    (select arg_max(s.amount_minor, s.seq) from effect s where s.entity_type = a.about and s.entity_id = a.entity_id) as amount_minor
  from asked a where a.limited_by is not null),
known as (
  select e.entity_type, e.entity_id, e.seq, e.t_biz, e.state from effect e
  where e.entity_type in (select about from ref_query where limited_by is null) and e.state is not null
  union all
  select l.about, l.entity_id, e.seq, e.t_biz, case when l.amount_minor <= e.amount_minor then 'within' else 'over' end
  from limited l join effect e on e.txn_id = l.txn_id and e.entity_type = l.limited_by and e.amount_minor is not null)
select entity_type, entity_id, seq, try_cast(t_biz as timestamptz) as t_biz, state, lead(seq) over w as next_seq,
  lead(try_cast(t_biz as timestamptz)) over w as next_biz
from known window w as (partition by entity_type, entity_id order by seq);
-- public answered: the same. is_true: the truth allowed it at a moment that it may speak of; looks: calls that were made for it, good_looks:
-- those that were answered well before it was given; is_blind: of no look anything was told; has_reason: it met a fault, or calls of the
-- connector had failed shortly before, so that whoever does not look has a reason
create table answered as
with look as (
  select a.op_id, count(*) as looks, count(*) filter (o.client_view = 'ok' and coalesce(o.seq_end < a.answer_seq, false)) as good_looks,
    count(*) filter (coalesce(o.status between 200 and 299 and o.seq_end < a.answer_seq, false)) as told
  from asked a join op o on o.txn_id = a.txn_id and o.seq between a.seq and a.answer_seq group by 1),
spoken as (select *, try_cast(as_of as timestamptz) as speaks_of from asked)
select a.* exclude (speaks_of), exists (
    select 1 from ref_answer r where r.flow = a.flow and r.answer = a.answer and (
      exists (select 1 from truth t where t.entity_type = a.about and t.entity_id = a.entity_id and t.state = r.state
        and case when a.speaks_of is null then t.seq < a.answer_seq and coalesce(t.next_seq > a.seq, true)
          else t.t_biz <= a.speaks_of and coalesce(t.next_biz > a.speaks_of, true) and t.seq < a.answer_seq end)
      or (r.state = 'absent' and not exists (select 1 from truth t where t.entity_type = a.about and t.entity_id = a.entity_id
        and t.seq < a.answer_seq)))) as is_true,
  coalesce(l.looks, 0) as looks, coalesce(l.good_looks, 0) as good_looks, coalesce(l.looks > 0 and l.told = 0, false) as is_blind,
  exists (select 1 from experienced x where x.txn_id = a.txn_id)
    or exists (select 1 from op x where x.client_view <> 'ok' and x.seq < a.answer_seq and x.t_mono_ns > a.t_mono_ns - 30000000000
      and not coalesce(x.status between 400 and 428 and x.status <> 401, false)) as has_reason
from spoken a left join look l using (op_id);


-- park_only: whose only lasting faults are such that nobody who asked for the document can do anything about it. Whoever was refused for good
-- with another code, or had a posting turned down for another reason, had another reason too.
create table park_only as
select x.txn_id, any_value(p.why) as why
from experienced x left join ref_park_only p on p.fault_id = x.fault_id and p.mode = x.mode where not coalesce(x.recoverable, false)
  and x.txn_id not in (select txn_id from op where txn_id is not null and client_view = 'fail' and definite and retry = 'no' and call_kind <> 'lookup'
    and not exists (select 1 from src_state s join op w on w.op_id = s.op_id where s.txn_id = op.txn_id and s.meaning = 'refused'
      and (w.call_point = op.call_point or w.seq < op.seq))
    and code not in (select code from ref_park_only))
  and x.txn_id not in (select d.txn_id from doc d where d.txn_id is not null and d.never_posted and not exists (
    select 1 from closed c where c.company = d.company and d.dead_seq between c.from_seq and c.to_seq))
group by 1 having bool_and(p.fault_id is not null);

-- traced: the correlation ids under which people wrote the source document of each transaction
create table traced as
select distinct t.txn_id, w.corr_id from txn t join (
  select txn_id, entity_type, corr_id from h where kind = 'source_action'
  union all select txn_id, entity_type, corr_id from effect where effect = 'create' and request_seq is null) w
  on w.txn_id = t.txn_id and w.entity_type = t.flow_source
where t.flow_kind = 'document' and w.corr_id is not null;
-- carried: what the connector wrote for documents whose source has a correlation id, and under which it did. is_own: the id of a source for
-- which the document stands; other_txn: of no case of these, but of this one; was_changed: what the connector read may have lacked the id.
create table carried as
with written as (
  select e.seq, e.txn_id, e.node, e.entity_type, e.entity_id, d.seq is not null as is_posting, e.call_point, e.amount_minor, e.currency, e.corr_id
  from effect e join txn t using (txn_id) left join document d on d.seq = e.seq
  where t.flow_kind = 'document' and (d.seq is not null or (e.request_seq is not null
    and (e.entity_type = t.flow_source or e.entity_type in (select entity_type from ref_due where kind = 'document'))))),
meant as (
  select seq, txn_id, corr_id from written
  union select w.seq, c.txn_id, w.corr_id from written w join cover c using (node, entity_type, entity_id) where c.is_listed),
own as (
  select m.seq, coalesce(bool_or(r.corr_id = m.corr_id), false) as is_own, min(r.corr_id) as due_corr_id, list(distinct c.case_id) as cases
  from meant m join traced r using (txn_id) join chain c using (txn_id) group by 1),
other as (
  select w.seq, min(r.txn_id) as other_txn from written w join own o using (seq) join traced r using (corr_id) join chain c on c.txn_id = r.txn_id
  where not o.is_own and not list_contains(o.cases, c.case_id) group by 1)
select w.*, o.is_own, o.due_corr_id, x.other_txn, f.txn_id is not null as was_changed
from written w join own o using (seq) left join other x using (seq)
left join (select distinct txn_id from experienced where family = 'drift') f on f.txn_id = w.txn_id;

-- public parked: what the connector declared, matched to its transaction by the source reference, else by the document's reference
create table parked as
with said as (select seq, t_mono_ns, txn_id, entity_id, state, reason, class, owner, coalesce(retryable, false) as retryable from h
  where kind = 'parked'),
by_source as (select entity_id, any_value(txn_id) as txn_id from src group by 1),
by_ref as (select ext_ref as entity_id, any_value(txn_id) as txn_id from doc where ext_ref is not null group by 1)
select p.seq, p.t_mono_ns, p.entity_id, p.state, p.reason, p.class, p.owner, p.retryable, coalesce(a.txn_id, p.txn_id, b.txn_id) as txn_id,
  (select min(m.seq) from mark m where m.name = 'redrive' and m.seq > p.seq) as redrive_seq
from said p left join by_source a using (entity_id) left join by_ref b using (entity_id);

-- parked_then: the last word about a transaction before it was re-driven; parked_now: what was still parked in the last list of the run
create table parked_then as
select * from parked where txn_id is not null qualify row_number() over (partition by txn_id order by redrive_seq nulls last, seq desc) = 1;
create table parked_now as
select * from parked where txn_id is not null and redrive_seq is null
  and seq > coalesce((select max(seq) from h where kind = 'phase' and phase like '%quiesce' and phase not like '%redrive%'), 0)
qualify row_number() over (partition by txn_id order by seq desc) = 1;

-- claimed: what a parked item says of its cause, beside the last answer in vain that the connector had got for the document by then. stays:
-- that answer refused it for good, and the same call never succeeded afterwards. passes: its very last call failed in a way that passes by
-- itself, and nothing that it had seen refused it: no answer, no posting that was turned down, no answer that could not be read. untold: a
-- refusal of its own was to be written to the source, and was not to the end: then the item is parked for what that was.
create table claimed as
with said as (
  select p.seq, p.txn_id, p.entity_id, p.class, p.owner, c.side from parked p left join ref_class c using (class)
  where p.class is not null or p.owner is not null),
heard as (
  select s.seq, o.seq_end, o.call_point, w.tells_refusal, o.client_view, o.status, o.code, o.definite, o.retry, e.class, e.owner, c.side
  from said s join op o on o.txn_id = s.txn_id and o.seq_end < s.seq left join ref_call_point w on w.id = o.call_point
    left join ref_error e on e.code = o.code left join ref_class c on c.class = e.class),
vain as (
  select * from heard where client_view <> 'ok' and coalesce(status, 0) <> 404 qualify row_number() over (partition by seq order by seq_end desc) = 1),
last_call as (select * from heard qualify row_number() over (partition by seq order by seq_end desc) = 1),
seen as (
  select seq, bool_or(client_view = 'fail' and side is distinct from 'passes') as refused,
    bool_or(client_view = 'info' and status between 200 and 499) as unread,
    bool_or(coalesce(tells_refusal, false)) and not bool_or(coalesce(tells_refusal, false) and client_view = 'ok') as untold
  from heard group by 1),
held_against as (
  select s.*, v.call_point as last_call, v.code as last_code, v.class as last_class, v.owner as last_owner, v.side as last_side,
    coalesce(v.client_view = 'fail' and v.definite and v.retry = 'no' and not exists (
      select 1 from heard g where g.seq = v.seq and g.call_point = v.call_point and g.client_view = 'ok' and g.seq_end > v.seq_end), false) as stays,
    coalesce(l.client_view <> 'ok' and (l.side = 'passes' or (l.client_view = 'info' and coalesce(l.status, 500) >= 500))
      and not n.untold and not n.refused and not n.unread
      and not exists (select 1 from doc d where d.txn_id = s.txn_id and d.never_posted and d.dead_seq < s.seq), false) as passes,
    lower(s.owner) in (select lower(owner) from ref_error) as owner_is_known
  from said s left join vain v using (seq) left join last_call l using (seq) left join seen n using (seq))
select *, coalesce((stays and (side = 'passes' or (side in ('refused', 'access') and last_side in ('refused', 'access') and side <> last_side)))
    or (passes and side = 'refused'), false) as class_is_wrong,
  coalesce(stays and owner_is_known and side is distinct from 'own' and last_side <> 'own' and lower(owner) <> lower(last_owner), false) as owner_is_wrong
from held_against;

-- stalled: who was under way while the world itself stood still, or in the second after it, when what had queued up came in. What is never
-- settled is under way until the end, but nothing happens to it any more once it is given up or forgotten: a stall counts for it only where
-- something happened to it in the ten seconds before (a next attempt may have been lost in the stall) or until the second after.
create table stalled as
with standstill as (select t_mono_ns - stall_ms::bigint * 1000000 as t_begin, t_mono_ns + 1000000000 as t_end, stall_ms from h where kind = 'stall'),
under_way as (
  select t.txn_id, src.settled_t, p.* from standstill p join txn t on t.t0 < p.t_end join src on src.txn_id = t.txn_id
  where src.settled_t is null or src.settled_t > p.t_begin),
deed as (
  select txn_id, t_mono_ns as t from h where kind in ('source_action', 'request', 'response_end', 'event_sent', 'event_ack', 'query_sent', 'commit')
  and txn_id in (select txn_id from under_way))
select txn_id, (sum(stall_ms) / 1000)::double as stall_s from under_way u
where settled_t between u.t_begin and u.t_end + 10000000000
  or exists (select 1 from deed d where d.txn_id = u.txn_id and d.t between u.t_begin - 10000000000 and u.t_end)
group by 1;

-- public outcome: where each transaction stands at the end of the history
create table outcome as
with docs as (
  select txn_id, count(*) as made, count(*) filter (live and not never_posted) as live_n, count(*)
    filter (dead_seq is not null and not never_posted) as reversed_n,
         sum(amount_minor) filter (live) as live_minor, arg_max(entity_id, seq) filter (live) as live_document, max(t_mono_ns) as made_t,
         min(request_seq) as first_request
  from doc where txn_id is not null group by 1),
met as (
  select txn_id, bool_and(recoverable) as recoverable, bool_or(park_ok) as park_ok, count(*) as faults from experienced group by 1),
wanted as (
  select u.txn_id, count(*) as due_n, count(*) filter (not exists (
    select 1 from doc d where d.txn_id = u.txn_id and d.due_id = u.due_id and d.part is not distinct from u.part and d.live and not d.never_posted))
    as missing_n
  from due_document u join src s on s.txn_id = u.txn_id and s.revision = u.revision group by 1),
copies as (
  select txn_id, bool_and(is_current) as current, max(t) as copied_t from current_copy group by 1),
written as (select txn_id, count(*) as n from copy group by 1),
answers as (select txn_id, count(*) filter (answer is not null) as n, bool_and(answer is not null) as all_answered, max(t_mono_ns + took_ms * 1e6) as t
  from asked group by 1)
select t.*, s.entity_type as source_type, s.entity_id as source_id, s.state as source_state, s.meaning, s.amount_minor, s.currency,
  s.recorded_document, s.recorded_type,
  s.approved_t, coalesce(s.settled_t, case when not t.writes_back and w.missing_n = 0 then d.made_t end, c.copied_t, a.t::bigint) as settled_t,
  coalesce(d.made, n.n, a.n, 0) as made, coalesce(d.live_n, 0) as live_n,
  coalesce(d.reversed_n, 0) as reversed_n, d.live_minor, d.live_document, coalesce(w.due_n, 0) as due_n, coalesce(w.missing_n, 0) as missing_n,
  coalesce(f.recoverable, true) as recoverable, coalesce(f.park_ok, false) as park_ok, coalesce(f.faults, 0) as faults,
  case when t.flow_kind in ('state', 'status') then case when c.txn_id is not null then 'current' else 'nothing' end
    when t.flow_kind = 'query' then case when a.txn_id is not null then 'answered' else 'nothing' end
    when s.meaning in ('approved', 'posted', 'refused') then 'posted' when s.went_back then 'undone' else 'nothing' end as expected,
  p.txn_id is not null as is_parked, p.state as parked_state, q.txn_id is not null as was_parked, q.retryable as parked_retryable,
  coalesce(case when t.flow_kind in ('state', 'status') then c.current when t.flow_kind = 'query' then a.all_answered
    else s.meaning in ('posted', 'refused') or (s.went_back and s.meaning <> 'approved' and coalesce(d.live_n, 0) = 0)
      or (not t.writes_back and s.meaning = 'approved' and w.missing_n = 0) end, false) as settled
from txn t left join src s using (txn_id) left join docs d using (txn_id) left join met f using (txn_id)
left join wanted w using (txn_id) left join copies c using (txn_id) left join written n using (txn_id) left join answers a using (txn_id)
left join parked_now p using (txn_id) left join parked_then q using (txn_id);
-- public still: transactions that may be judged at rest (the others were still moving when the run's patience ended)
create view still as
select o.* from outcome o, run_fact r where r.final_read and not (r.shrinking and not o.settled and not o.is_parked);

-- timed: how long the baselines took, from when they were due until everything was done; of a question, until its answer
create table timed as
select o.txn_id, o.flow, f.latency_target_ms as target_ms, coalesce(a.took_ms, (o.settled_t - coalesce(o.approved_t, o.t0)) / 1e6) as took_ms
from outcome o join ref_flow f on f.flow = o.flow left join (select txn_id, max(took_ms) as took_ms from asked group by 1) a using (txn_id)
where o.role = 'baseline' and o.faults = 0 and o.settled and coalesce(a.took_ms, o.settled_t - coalesce(o.approved_t, o.t0)) >= 0;

-- late: what was settled only after somebody told the connector to take up again what it had parked, although it had come to rest before and
-- had not said that it waits for this. Nobody redrives what is not declared, so until then it was lost.
create table late as
with told as (
  select r.seq, r.t_mono_ns, coalesce((select arg_max(q.state, q.end_seq) from quiet q where q.end_seq < r.seq), 'none') as rest
  from (select min(seq) as seq, arg_min(t_mono_ns, seq) as t_mono_ns from h where kind = 'redrive') r)
select s.* from still s join told on told.rest in ('end', 'stuck') and s.seq0 < told.seq
where s.expected in ('posted', 'current', 'answered') and s.settled and (s.writes_back or s.settled_t > told.t_mono_ns)
  and not exists (select 1 from src_state b where b.txn_id = s.txn_id and b.meaning in ('posted', 'refused') and b.kind <> 'read_view'
    and b.seq < told.seq)
  and not exists (select 1 from parked p where p.txn_id = s.txn_id and p.seq < told.seq);

-- twin_floor: so many fault-free transactions of a template have to be there before anything is compared with them
create table twin_floor as select 3 as twins;
-- signature: the end of a transaction, component by component, to compare it with its twins
create table signature as
with docs as (
  select d.* exclude (state), coalesce(r.posting_date, r.approved_biz) as due_on, r.amount_minor as source_minor,
    case when p.states > 1 and list_contains(p.names, d.state) then 'booked' else d.state end as state -- which of them, decides its content
  from doc d left join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
  left join (select entity_type, count(*) as states, list(state) as names from ref_state where meaning = 'posted' group by 1) p
    on p.entity_type = d.entity_type
  where d.live and d.txn_id is not null),
booked as (
  select d.txn_id, l.account, sum(l.amount_minor) as net from docs d join line l on l.parent_id = d.entity_id and l.node = d.node group by 1, 2)
select txn_id, 'documents' as component,
  string_agg(entity_type || ' ' || coalesce(state, 'created'), ', ' order by entity_type, state) as value from docs group by 1
union all select txn_id, 'documents', 'none' from outcome where live_n = 0 and flow_kind = 'document'
union all select txn_id, 'source status', coalesce(source_state, 'unknown') from outcome
union all select txn_id, 'updates', coalesce(string_agg(words(entity_type) || ' ' || words(state)
    || case when src_version < revision then ' from an older revision' else '' end, ', then ' order by seq), 'none')
  from (select o.txn_id, s.revision, e.* exclude (txn_id) from outcome o join src s using (txn_id) left join effect e on e.txn_id = o.txn_id
      and e.request_seq is not null and e.state is not null and e.effect = 'update' and e.seq > s.last_approved_seq
      and (e.entity_type = s.entity_type or e.entity_id in (select d.entity_id from docs d where d.txn_id = e.txn_id and d.entity_type = e.entity_type))
    where o.writes_back) group by 1
union all select txn_id, 'accounts', string_agg(account || case when net < 0 then ' credit' else ' debit' end, ', ' order by account)
  from booked where account is not null and net <> 0 group by 1
union all select txn_id, 'company', string_agg(distinct company, ', ' order by company) from docs where company is not null group by 1
union all select txn_id, 'period',
  string_agg(distinct case month_number(period) - month_number(left(due_on, 7)) when 0 then 'month in which it is due'
    else format('{:+d} months', month_number(period) - month_number(left(due_on, 7))) end, ', ')
  from docs where period is not null and due_on is not null group by 1
union all select txn_id, 'amount', case when sum(amount_minor) = max(source_minor) then 'as the source'
  else format('{:+d} minor units', (sum(amount_minor) - max(source_minor))::bigint) end
  from docs where amount_minor is not null and source_minor is not null and cardinality = 'one' and contains(compare, 'amount') group by 1;

-- twin: how the transactions that met no fault end, per template; share: how many of them agree; deviating: the
-- first three that do not, and how they end
create table twin as
with clean as (select o.txn_id, o.template from outcome o where o.faults = 0 and o.role in ('baseline', 'control') and o.expected = 'posted'
  and o.settled),
ended as (select c.template, s.component, s.value, s.txn_id from clean c join signature s using (txn_id)),
counted as (select template, component, value, count(*) as n, min(txn_id) as example from ended group by all),
usual as (
  select template, component, arg_max(value, n) as value, max(n) / sum(n) as share, sum(n) as n, arg_max(example, n) as example from counted group by 1, 2)
select u.*, u.share >= 0.9 and u.n >= f.twins as is_comparable, d.deviating
from usual u cross join twin_floor f left join (
  select e.template, e.component, array_to_string(list(e.txn_id || ' with: ' || e.value order by e.txn_id)[1:3], '; ') as deviating
  from ended e join usual u on u.template = e.template and u.component = e.component and u.value <> e.value and u.share >= 0.9 group by 1, 2) d
  on d.template = u.template and d.component = u.component;
create table twin_count as
select template, mode(made) as made, mode(reversed_n) as reversed_n, count(*) as n, min(txn_id) as example
from outcome where faults = 0 and role in ('baseline', 'control') and expected = 'posted' and settled group by 1;

-- public delivery: one delivery attempt of a webhook and its answer
create table delivery as
select s.seq, s.t_mono_ns, s.op_id, s.txn_id, s.call_point, s.attempt, s.event_id, s.sig_ok, s.fresh, s.sig_ok and s.fresh as genuine,
  a.seq as ack_seq, a.status, s.entity_id,
  coalesce(a.status between 200 and 299, false) as acked, e.approves
from h s left join h a on a.kind = 'event_ack' and a.op_id = s.op_id left join ref_event e on e.call_point = s.call_point
where s.kind = 'event_sent';

-- outage: a system that was down, from when to when, and how many transactions that need it were open meanwhile
create table outage as
with said as (
  select h.seq, h.t_mono_ns, h.call_point as system, h.fault_id, h.experienced_by,
    (select min(e.seq) from h e where e.kind = 'fault_healed' and e.fault_id = h.fault_id and e.call_point = h.call_point and e.seq > h.seq) as end_seq
  from h join ref_fault f on f.id = h.fault_id and f.scope = 'run' and f.family = 'outage' where h.kind = 'fault_fired')
select s.system, s.fault_id, min(s.seq) as seq, min(s.t_mono_ns) as begin_t, any_value(e.t_mono_ns) as end_t, s.end_seq,
  sum(len(list_filter(string_split(coalesce(s.experienced_by, ''), ' '), lambda x: x <> '')))::integer as affected_n
from said s join h e on e.seq = s.end_seq group by s.system, s.fault_id, s.end_seq;

-- bystander: a transaction that became due while a system was down that its flow does not need, early enough to be done before the end of that:
-- within the time that a connector may be held up by its calls to the system that is down, for as many documents as wait for one at a time.
create table bystander as
select o.txn_id, o.flow, w.system, w.fault_id, w.end_t, o.approved_t, o.settled_t,
  (p.request_timeout_ms * (2 + floor(w.affected_n / p.concurrency)) + p.poll_ms + 500)::bigint as patience_ms
from outcome o join outage w on o.approved_t between w.begin_t and w.end_t cross join policy p
where o.faults = 0 and o.expected in ('posted', 'current', 'answered')
  and not exists (select 1 from ref_needs n where n.flow = o.flow and n.system = w.system)
  and o.approved_t + (p.request_timeout_ms * (2 + floor(w.affected_n / p.concurrency)) + p.poll_ms + 500) * 1000000 < w.end_t;

-- on_behalf: a call for a list or a token that failed belongs to no transaction; somebody who waited for it stands for all of them
create table on_behalf as
select op_id, min(txn_id) as txn_id from (
  select o.op_id, f.txn_id from op o join fired f using (op_id) where o.txn_id is null and o.call_kind in ('list', 'token')
  union all
  select o.op_id, f.txn_id from op o
  join (select x.txn_id, x.call_point, h.phase from fired x join h using (seq) where x.op_id is null) f
    on f.phase = o.phase and f.call_point = split_part(o.call_point, '.', 1)
  where o.txn_id is null and o.call_kind in ('list', 'token') and o.client_view <> 'ok')
group by 1;
