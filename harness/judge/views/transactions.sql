-- The notions that the invariants speak in, derived from the facts of one history (table h).
-- The files of this folder are built in the order that building.py names. Before the first one runs, these tables exist, filled from
-- contracts/ and from the run's manifest and plan (reference.py):
--   ref_flow(flow, kind, source, writes_back, latency_target_ms)   ref_call_point(id, kind, source, document, callback, tells_refusal)
--   ref_due(flow, kind, due_id, entity_type, cardinality, compare): what has to come of a source; compare: what is held against it
--   ref_makes(flow, entity_type): kinds that this flow's transactions may make, due or not, and those that they may find set up
--   ref_document(entity_type, module, coded_by, lines, implied, with_project, may_lack, sides, names_posting, names_type, clears)   ref_state(entity_type, state, meaning)
--   ref_source_state: as ref_state, for a kind in the part of a source   ref_variant(flow, source_value, entity_type)
--   ref_tells(flow, due_id, state, told)   ref_answer(flow, answer, state)   ref_query(flow, about, budget_ms, degraded, reservation, limited_by)
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
