-- The notions that the invariants speak in, derived from the facts of one history (table h).
-- Before this file runs, these tables exist, filled from contracts/ and from the run's manifest and plan:
--   ref_call_point(id, kind, source, document, callback)   ref_target(flow, entity_type)   ref_source(flow, entity_type)
--   ref_fault(id, name, family, scope, recoverable, recoverable_at, park_ok, expect)   ref_error(code, class, definite, retry)
--   ref_event(call_point, approves)   ref_state(state, meaning)   ref_dead(state)   ref_crosswalk(kind, source_value, target_value)
--   ref_account(source, company, category, account, valid_from, valid_to): source is a source document, '' for the other sides of a posting
--   policy(gives_up_after, next_period)   planned_window(txn_id, fault_id, mode, target)   planned_solo(txn_id, of)

create macro words(name) as replace(name, '_', ' ');
create macro month_number(period) as try_cast(left(period, 4) as integer) * 12 + try_cast(right(period, 2) as integer);

-- one transaction = one experiment
create table txn as
select h.txn_id, min(h.seq) as seq0, arg_min(h.t_mono_ns, h.seq) as t0, arg_min(h.t_biz, h.seq) as biz0, arg_min(h.flow, h.seq) as flow,
  arg_min(h.wave, h.seq) as wave, arg_min(h.template, h.seq) as template, arg_min(h.detail, h.seq) as detail,
  coalesce(max(s.of), max(case when json_valid(h.detail) then json_extract_string(h.detail, '$.solo_of') end)) as solo_of,
  case when solo_of is not null then 'solo' else arg_min(h.role, h.seq) end as role
from h left join planned_solo s using (txn_id)
where h.kind = 'experiment' group by h.txn_id;

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
  exists (select 1 from h where kind = 'read_view') as final_read;

-- op: one call of the connector, from request to the end of the answer
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
  r.idem_key, r.body_hash, r.ext_ref, r.sut_gen, r.phase, e.class as error_class, e.definite, e.retry
from request r left join decision d using (op_id) left join answer a using (op_id)
left join ref_call_point c on c.id = r.call_point left join ref_error e on e.code = coalesce(d.code, a.code);

-- effect: one state change of a mock's books, by whomever
create table effect as
select h.seq, h.t_mono_ns, h.t_biz, h.op_id, coalesce(h.txn_id, op.txn_id) as txn_id, coalesce(h.call_point, op.call_point) as call_point,
  op.seq as request_seq,
  h.entity_type, h.entity_id, h.parent_id, h.effect, h.version, h.base_version, h.src_version, h.amount_minor, h.currency, h.company,
  h.period, h.account,
  h.cost_center, h.project, h.party, h.approvers, h.category, h.ext_ref, h.state, op.document
from h left join op using (op_id) where h.kind = 'commit';

-- what the books of the source systems said, by people and by the connector, in order; source documents of transactions only
create table src_state as
select coalesce(h.txn_id, e.txn_id) as txn_id, h.seq, h.t_mono_ns, h.t_biz, h.kind, h.op_id, h.entity_type, h.entity_id, h.state,
  coalesce(m.meaning, 'other') as meaning,
  coalesce(h.src_version, 1) as revision, h.amount_minor, h.currency, h.company, h.cost_center, h.party, h.approvers, h.parent_id, h.version
from h left join effect e on e.seq = h.seq
left join ref_state m on m.state = h.state
where h.kind in ('source_action', 'commit', 'read_view') and h.entity_type in (select entity_type from ref_source) and h.state is not null;

create table src_revision as
select txn_id, revision, arg_max(amount_minor, seq) filter (amount_minor is not null) as amount_minor, arg_max(currency, seq)
  filter (currency is not null) as currency,
  arg_max(company, seq) filter (company is not null) as company, arg_max(party, seq) filter (party is not null) as party,
  arg_max(approvers, seq) filter (meaning = 'approved' and approvers is not null) as approvers, min(seq) filter (meaning = 'approved') as approved_seq,
  arg_min(t_biz, seq) filter (meaning = 'approved') as approved_biz
from src_state where txn_id is not null group by all;

create table src as
select s.txn_id, arg_min(s.entity_type, s.seq) as entity_type, arg_min(s.entity_id, s.seq) as entity_id, arg_max(s.state, s.seq) as state,
  arg_max(s.meaning, s.seq) as meaning,
  arg_max(s.revision, s.seq) as revision, arg_max(s.amount_minor, s.seq) filter (s.amount_minor is not null) as amount_minor,
  arg_max(s.currency, s.seq) filter (s.currency is not null) as currency, arg_max(s.company, s.seq)
  filter (s.company is not null) as company,
  min(s.seq) filter (s.meaning = 'approved') as approved_seq, max(s.seq) filter (s.meaning = 'approved') as last_approved_seq,
  min(s.t_mono_ns) filter (s.meaning = 'approved') as approved_t, min(s.t_biz) as first_biz,
  arg_max(s.parent_id, s.seq) filter (s.kind = 'read_view') as recorded_document, max(s.t_mono_ns)
  filter (s.meaning in ('posted', 'refused') and s.kind <> 'read_view') as settled_t,
  bool_or(s.meaning = 'open' and s.seq > coalesce(a.seq, s.seq) and s.kind <> 'read_view') as went_back
from src_state s
left join (select txn_id, min(seq) as seq from src_state where meaning = 'approved' group by 1) a on a.txn_id = s.txn_id
where s.txn_id is not null group by s.txn_id;

-- doc: a document that the connector made in a target system. dead_seq: when it was undone; never_posted: the system itself turned it down
-- later
create table undone as
select entity_type, entity_id, min(seq) as dead_seq, arg_min(how, seq) as how from (
  select entity_type, parent_id as entity_id, seq, 'reversed' as how from effect where effect = 'reverse' and parent_id is not null
    and entity_type <> 'journal_line'
  union all
  select entity_type, entity_id, seq, coalesce(m.state, 'reversed') from effect e left join ref_dead m on m.state = e.state
  where entity_type in (select entity_type from ref_target)
    and ((effect = 'reverse' and parent_id is null) or (m.state is not null and effect <> 'create')))
group by 1, 2;
create table doc as
with made as (
  select e.*, t.flow from effect e left join txn t using (txn_id)
  where e.effect = 'create' and e.entity_type in (select entity_type from ref_target)
    and (e.document is null or e.document = e.entity_type)
  qualify row_number() over (partition by e.entity_type, e.entity_id order by e.seq) = 1),
last_state as (
  select entity_type, entity_id, arg_max(state, seq) as state, min(seq) filter (state = 'posted') as posted_seq
  from effect where state is not null and entity_type in (select entity_type from ref_target) group by 1, 2)
select m.txn_id, m.flow, m.entity_type, m.entity_id, m.call_point, m.op_id, m.seq, m.request_seq, m.t_mono_ns, m.t_biz, m.amount_minor,
  m.currency, m.company, m.period, m.party, m.approvers, m.ext_ref,
  m.src_version, coalesce(m.src_version, r.revision, 1) as revision, l.state, l.posted_seq, u.dead_seq, u.dead_seq is null as live,
  coalesce(l.state = 'rejected' and l.posted_seq is null, false) as never_posted
from made m left join last_state l using (entity_type, entity_id) left join undone u using (entity_type, entity_id)
asof left join (select txn_id, seq, revision from src_state where meaning = 'approved' and txn_id is not null) r on r.txn_id = m.txn_id
  and m.seq >= r.seq;

-- ledger lines; amount_minor is signed, debit positive. The lines of a journal are written in one go: what a truncated history ends with
-- is left out.
create table line as
select txn_id, seq, parent_id, account, cost_center, company, period, currency, amount_minor from effect
where entity_type = 'journal_line'
qualify max(seq) over (partition by parent_id) < (select max(seq) from h where kind <> 'commit');

-- coded: how each live document is coded, line by line. An order's memo entry knows no expense account, so its own lines are taken.
create table coded as
select d.txn_id, d.entity_id, l.account, l.cost_center, null as project, l.amount_minor from doc d join line l on l.parent_id = d.entity_id
where d.live and d.entity_type <> 'purchase_order'
union all
select d.txn_id, d.entity_id, l.account, l.cost_center, l.project, l.amount_minor
from doc d join (select * from effect where entity_type = 'order_line'
  qualify max(seq) over (partition by parent_id) < (select max(seq) from h where kind <> 'commit')) l on l.parent_id = d.entity_id
where d.live and d.entity_type = 'purchase_order';

-- due: how it should be coded: the lines of its source revision through the crosswalks. A rule that changed around these days would
-- allow two accounts, so accounts counts them. What the employee paid is credited by accounts payable itself, whatever is sent.
create table due as
select d.txn_id, d.entity_id, s.category, any_value(x.target_value) as cost_center,
  any_value(s.amount_minor) as amount_minor, any_value(a.account) as account, count(distinct a.account) as accounts,
  any_value(a.source) as side, any_value(s.project) as source_project, any_value(p.target_value) as project
from doc d join src on src.txn_id = d.txn_id
join effect s on s.entity_type = 'source_line' and s.txn_id = d.txn_id and s.src_version = d.revision
left join ref_account a on a.category = s.category and a.source in (src.entity_type, '') and coalesce(a.company, d.company) = d.company
  and coalesce(a.valid_from, '') <= left(d.t_biz, 10)
  and coalesce(a.valid_to, '9999') >= (left(src.first_biz, 10)::date - 62)::varchar
left join ref_crosswalk x on x.kind = 'cost_center' and x.source_value = s.cost_center
left join ref_crosswalk p on p.kind = 'project' and p.source_value = s.project
where d.live and d.entity_id in (select entity_id from coded)
  and not (s.category = 'employee_paid' and d.entity_type = 'ap_invoice')
group by d.txn_id, d.entity_id, s.seq, s.category;
-- mapped: documents of which every source line has exactly one account
create table mapped as select txn_id, entity_id from due group by all having bool_and(accounts = 1);

-- fclass: what a fault means for the judgement
create view fclass as select * from ref_fault;

-- closed: when a period was not open for a module
create table period_event as
select seq, company, period, lower(state) as state, case when entity_id like '%AP%' then 'AP' when entity_id like '%GL%' then 'GL'
  when entity_id like '%PO%' then 'PO' end as module, entity_id
from h where kind in ('source_action', 'commit') and entity_type = 'period' and state is not null;
create table closed as
select company, period, module, seq as from_seq, coalesce((select min(o.seq) from period_event o
  where o.state = 'open' and o.company = c.company and o.period = c.period and o.module is not distinct from c.module and o.seq > c.seq),
    9223372036854775807) as to_seq
from period_event c where c.state = 'closed';

-- fired: every time a fault reached the connector; whom: the transactions that it reached. Whoever was told that a period is closed, or had
-- an accepted document turned down for it, met F-F3, whatever the harness could see of that from outside.
create table fired as
select h.seq, h.t_mono_ns, h.op_id, h.call_point, h.attempt, h.fault_id, h.mode, h.plan_id, who.txn_id, h.txn_id is not null
  and who.txn_id = h.txn_id as own
from (select * from h where kind = 'fault_fired') h,
  (select unnest(list_distinct(list_filter(list_concat([h.txn_id], string_split(coalesce(h.experienced_by, ''), ' ')),
    lambda x: x is not null and x <> ''))) as txn_id) who
union all
select min(seq), min(t_mono_ns), null, 'erp', null, 'F-F3', 'close_period', null, txn_id, false from (
  select txn_id, seq, t_mono_ns from op where code = 'PERIOD_CLOSED' and txn_id is not null
  union all
  select d.txn_id, d.seq, d.t_mono_ns from doc d join closed c on c.company = d.company and d.dead_seq between c.from_seq and c.to_seq
  where d.never_posted and d.txn_id is not null)
where exists (select 1 from closed) group by txn_id
union all
-- a kill reaches whoever was held when it came; an answer that was let go just before it (F-G3) was still under the kill
select o.seq, o.t_mono_ns, o.op_id, o.call_point, o.attempt, o.fault_id, o.mode, o.plan_id, o.txn_id, true
from h o where o.kind = 'hold' and o.fault_id is not null and o.txn_id is not null and exists (
  select 1 from h k where k.kind = 'proc_kill' and k.seq > o.seq and k.phase = o.phase and not exists (
    select 1 from h r where r.kind = 'release' and r.op_id = o.op_id and r.seq > o.seq and r.t_mono_ns < k.t_mono_ns - 500000000));

-- step: what was planned for a transaction, and whether it fired. A killed connector cannot tell F-G2 from F-G3: either counts for the
-- other.
create table step as
with planned as (
  select distinct txn_id, call_point, attempt, fault_id, mode, plan_id from h where kind = 'fault_armed' and txn_id is not null
  union all
  select w.txn_id, w.target, 0, w.fault_id, w.mode, null from planned_window w join txn using (txn_id)
  where not exists (select 1 from h where h.kind = 'fault_armed' and h.txn_id = w.txn_id and h.fault_id = w.fault_id))
select p.*, f.name as fault_name, f.family, f.scope, exists (
  select 1 from fired x where x.txn_id = p.txn_id
    and (x.fault_id = p.fault_id or (x.fault_id in ('F-G2', 'F-G3') and p.fault_id in ('F-G2', 'F-G3')))
    and (x.mode = p.mode or x.mode is null) and (f.scope <> 'transaction' or x.call_point = p.call_point)) as has_fired
from planned p left join ref_fault f on f.id = p.fault_id;

-- experienced: the vector of faults that really reached a transaction. how: own, run (a window), collateral (somebody else's kill)
create table experienced as
select distinct x.txn_id, x.fault_id, x.mode, x.call_point, f.name as fault_name, f.family,
  f.recoverable or coalesce(list_contains(string_split(f.recoverable_at, ' '), c.kind), false) as recoverable, f.park_ok, f.expect,
  case when f.scope = 'run' then 'run' when exists (select 1 from step s where s.txn_id = x.txn_id and s.fault_id = x.fault_id)
  then 'own' else 'collateral' end as how
from fired x left join ref_fault f on f.id = x.fault_id left join ref_call_point c on c.id = x.call_point
union all
select distinct t.txn_id, 'kill', 'kill', null, 'connector killed', 'crash', true, false, 'posted', 'collateral'
from txn t join src s using (txn_id) join mark k on k.name = 'proc_kill' and k.seq > t.seq0
  and (s.settled_t is null or k.t_mono_ns < s.settled_t)
where t.role <> 'kill';

-- parked: what the connector declared, matched to its transaction by the source reference, else by the document's reference
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

-- outcome: where each transaction stands at the end of the history
create table outcome as
with docs as (
  select txn_id, count(*) as made, count(*) filter (live and not never_posted) as live_n, count(*)
    filter (dead_seq is not null and not never_posted) as reversed_n,
         sum(amount_minor) filter (live) as live_minor, arg_max(entity_id, seq) filter (live) as live_document, max(t_mono_ns) as made_t,
         min(request_seq) as first_request
  from doc where txn_id is not null group by 1),
felt as (
  select txn_id, bool_and(recoverable) as recoverable, bool_or(park_ok) as park_ok, count(*) as faults from experienced group by 1)
select t.*, s.entity_type as source_type, s.entity_id as source_id, s.state as source_state, s.meaning, s.amount_minor, s.currency,
  s.recorded_document,
  s.approved_t, s.settled_t, coalesce(d.made, 0) as made, coalesce(d.live_n, 0) as live_n, coalesce(d.reversed_n, 0) as reversed_n,
  d.live_minor, d.live_document,
  coalesce(f.recoverable, true) as recoverable, coalesce(f.park_ok, false) as park_ok, coalesce(f.faults, 0) as faults,
  case when s.meaning in ('approved', 'posted', 'refused') then 'posted' when s.went_back then 'undone' else 'nothing' end as expected,
  p.txn_id is not null as is_parked, p.state as parked_state, q.txn_id is not null as was_parked, q.retryable as parked_retryable,
  coalesce(s.meaning in ('posted', 'refused') or (s.went_back and s.meaning <> 'approved' and coalesce(d.live_n, 0) = 0),
  false) as settled
from txn t left join src s using (txn_id) left join docs d using (txn_id) left join felt f using (txn_id)
left join parked_now p using (txn_id) left join parked_then q using (txn_id);
-- still: transactions that may be judged at rest (the others were still moving when the run's patience ended)
create view still as
select o.* from outcome o, run_fact r where r.final_read and not (r.shrinking and not o.settled and not o.is_parked);

-- signature: the end of a transaction, component by component, to compare it with its twins
create table signature as
with docs as (
  select d.*, r.approved_biz, r.amount_minor as source_minor from doc d left join src_revision r on r.txn_id = d.txn_id
    and r.revision = d.revision where d.live and d.txn_id is not null),
booked as (select d.txn_id, l.account, sum(l.amount_minor) as net from docs d join line l on l.parent_id = d.entity_id group by 1, 2)
select txn_id, 'documents' as component,
  string_agg(entity_type || ' ' || coalesce(state, 'created'), ', ' order by entity_type, state) as value from docs group by 1
union all select txn_id, 'documents', 'none' from outcome where live_n = 0
union all select txn_id, 'source status', coalesce(source_state, 'unknown') from outcome
union all select txn_id, 'accounts', string_agg(account || case when net < 0 then ' credit' else ' debit' end, ', ' order by account)
  from booked where account is not null and net <> 0 group by 1
union all select txn_id, 'company', string_agg(distinct company, ', ' order by company) from docs where company is not null group by 1
union all select txn_id, 'period',
  string_agg(distinct case month_number(period) - month_number(left(approved_biz, 7)) when 0 then 'month of approval'
    else format('{:+d} months', month_number(period) - month_number(left(approved_biz, 7))) end, ', ')
  from docs where period is not null and approved_biz is not null group by 1
union all select txn_id, 'amount', case when sum(amount_minor) = max(source_minor) then 'as the source'
  else format('{:+d} minor units', (sum(amount_minor) - max(source_minor))::bigint) end
  from docs where amount_minor is not null and source_minor is not null group by 1;

-- twin: how the transactions that met no fault end, per template; share: how many of them agree
create table twin as
with clean as (select o.txn_id, o.template from outcome o where o.faults = 0 and o.role in ('baseline', 'control') and o.expected = 'posted'
  and o.settled),
counted as (select c.template, s.component, s.value, count(*) as n from clean c join signature s using (txn_id) group by all)
select template, component, arg_max(value, n) as value, max(n) / sum(n) as share, sum(n) as n from counted group by 1, 2;
create table twin_count as
select template, mode(made) as made, mode(reversed_n) as reversed_n, count(*) as n, min(txn_id) as example
from outcome where faults = 0 and role in ('baseline', 'control') and expected = 'posted' and settled group by 1;

-- delivery: one delivery attempt of a webhook and its answer
create table delivery as
select s.seq, s.t_mono_ns, s.op_id, s.txn_id, s.call_point, s.attempt, s.event_id, s.sig_ok, s.fresh, s.sig_ok and s.fresh as genuine,
  a.seq as ack_seq, a.status, s.entity_id,
  coalesce(a.status between 200 and 299, false) as acked, e.approves
from h s left join h a on a.kind = 'event_ack' and a.op_id = s.op_id left join ref_event e on e.call_point = s.call_point
where s.kind = 'event_sent';
