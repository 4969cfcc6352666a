-- Questions of the judge beside the invariants, by name (queries.py). The views are in views/.

-- section: straight_through
-- posted without parking / expected to be posted, per fault family; "none" met no fault, "all" counts each transaction once
with families as (
  select o.txn_id, coalesce(x.family, 'none') as family from outcome o
  left join (select distinct txn_id, family from experienced where how <> 'collateral') x using (txn_id) where o.role <> 'solo'
  union all select o.txn_id, 'all' from outcome o where o.role <> 'solo')
select f.family, count(*) filter (o.recoverable and o.expected in ('posted', 'current', 'answered')) as expected,
  count(*) filter (o.recoverable and o.expected in ('posted', 'current', 'answered') and o.settled and o.meaning is distinct from 'refused' and o.missing_n = 0 and o.live_n = o.due_n
    and not o.was_parked) as posted
from families f join outcome o using (txn_id) group by 1 order by 1

-- section: parking
-- declared items and what became of them, one row of counts
select (select count(distinct entity_id) from parked) as items, (select count(*) from parked_now) as at_the_end,
  (select count(*) from parked_then where redrive_seq is not null) as redriven,
  (select count(*) from parked_then where retryable) as retryable,
  (select count(*) from parked_then p join outcome o using (txn_id) where p.redrive_seq is not null and o.missing_n = 0 and o.live_n = o.due_n
  and not o.is_parked) as recovered,
  (select count(*) from parked_then where state = 'unknown') as parked_in_doubt,
  (select count(*) from parked_then where state = 'posted') as write_back_pending,
  (select count(distinct entity_id) from parked where txn_id is null) as unknown_references,
  (select count(*) from outcome where meaning = 'refused') as refused_to_source

-- section: interference
-- per wave, what its fault-free transactions met. Looking for something that is not there, or finding that it is there already,
-- is no disturbance
with upset as (
  select distinct op.txn_id from op
  where op.client_view <> 'ok' and op.call_kind in ('read', 'create', 'update') and coalesce(op.status, 0) <> 404
    and coalesce(op.code, '') <> 'DUPLICATE_REFERENCE'
    and op.t_end is not null)
select o.wave, bool_and(o.role = 'baseline') as baseline, count(*) as controls, count(u.txn_id) as disturbed,
  round(median((o.settled_t - o.t0) / 1e6), 1) as median_ms, round(quantile_cont((o.settled_t - o.t0) / 1e6, 0.95), 1) as p95_ms
from outcome o left join upset u using (txn_id)
where o.role in ('baseline', 'control') and o.faults = 0
group by o.wave order by min(o.seq0)

-- section: noise
-- per template, on how many different paths the baselines went. How often somebody looks at a job that is not finished says nothing.
with calls as (
  select o.txn_id, o.template, op.call_point, case when any_value(op.call_kind) in ('create', 'update') then count(*) else 1 end as n
  from outcome o join op using (txn_id) where o.role = 'baseline' group by 1, 2, 3),
path as (select txn_id, template, string_agg(call_point || ' x' || n, ', ' order by call_point) as path from calls group by 1, 2),
counted as (select template, path, count(*) as n from path group by 1, 2)
select template, sum(n)::bigint as transactions, count(*) as paths, max(n) as alike from counted group by 1 order by 1

-- section: speed
-- one row
select (select max(t_mono_ns) - min(t_mono_ns) from h) as duration_ns, count(*) as n, max(coalesce(settled_t, t0)) - min(t0) as busy_ns,
  sum(settled_t - t0) filter (settled_t > t0)::bigint as worked_ns, (select count(*) from op) as requests,
  (select count(*) from delivery where acked) as acked
from outcome where role <> 'solo'

-- section: latency
-- per flow, how long its baselines took
select flow, count(*) as transactions, round(median(took_ms), 1) as median_ms, round(quantile_cont(took_ms, 0.95), 1) as p95_ms,
  any_value(target_ms) as target_ms
from timed group by 1 order by 1

-- section: plan_lines
-- the plan line by transaction, from the armed steps
select txn_id,
  string_agg(call_point || '@' || case attempt when 0 then '*'
    else attempt::varchar end || ' = ' || coalesce(fault_name, fault_id) || '/' || coalesce(mode, ''), ' ; '
  order by call_point, attempt) as plan from step group by 1

-- section: outcomes
-- where each transaction ended, in a word
select o.txn_id, o.flow, o.template, o.wave, o.role, o.solo_of, o.parent, c.case_id, o.source_id, o.expected, o.made, o.settled, o.is_parked, case
    when o.flow_kind in ('state', 'status') then case when o.settled then 'current' when o.is_parked then 'parked'
      when not r.final_read or r.shrinking then 'open' else 'behind' end
    when o.flow_kind = 'query' then case when o.settled then 'answered' else 'unanswered' end
    when o.live_n > greatest(o.due_n, 1) then 'double'
    when o.expected = 'undone' then case when o.live_n = 0 then 'undone' else 'posted' end
    when o.meaning = 'posted' and o.live_n > 0 and o.missing_n = 0 then 'posted'
    when o.meaning = 'refused' and o.live_n = 0 then 'refused'
    when o.is_parked then 'parked'
    when not r.final_read or r.shrinking then 'open'
    when o.live_n > 0 and o.missing_n = 0 then 'posted'
    when o.expected = 'posted' then 'lost' else 'undone' end as outcome
from outcome o left join (select txn_id, case_id from chain) c using (txn_id), run_fact r order by o.seq0

-- section: unknown_states
-- states in which documents of declared kinds ever were, and which contracts/documents.yaml gives no meaning. A document that reverses another
-- one has a state of its own.
with said as (select entity_type, state from effect where state is not null and effect <> 'reverse')
select l.entity_type, l.state, count(*) as n from said l join (select distinct entity_type from ref_state) k using (entity_type)
where not exists (select 1 from ref_state m where m.entity_type = l.entity_type and m.state = l.state) group by 1, 2 order by 1, 2

-- section: untwinned
-- templates of which somebody met faults that pass, and with too few fault-free twins to compare anything with, as words and a count
select o.template, count(*) as n, coalesce(any_value(w.n), 0) as twins, any_value(f.twins) as needed
from still o left join twin_count w using (template), twin_floor f
where o.flow_kind = 'document' and o.recoverable and o.faults > 0 and o.expected = 'posted' and o.role <> 'solo' and coalesce(w.n, 0) < f.twins
group by 1 order by 1

-- section: timeline
-- public timeline: only in `explain`: everything that happened to the transactions whose stories are told, `$txn` among them
create or replace table timeline as
with mine as (select op.op_id, op.txn_id, op.call_kind from op join told using (txn_id)),
span as (select t.txn_id, min(h.seq) as first_seq, max(h.seq) as last_seq from h join told t on t.txn_id = h.txn_id group by 1),
rows as (
  select coalesce(t.txn_id, m.txn_id) as who, m.call_kind, h.* from h left join told t on t.txn_id = h.txn_id left
    join mine m on m.op_id = h.op_id
  where t.txn_id is not null or (m.txn_id is not null and h.kind <> 'event_sent')
  union all
  select s.txn_id, null, h.* from h join span s on h.seq between s.first_seq and s.last_seq
  where h.txn_id is null and h.kind in ('proc_kill', 'proc_start', 'redrive', 'phase', 'quiet')
  union all
  select t.txn_id, null, h.* from h join told t on h.kind = 'fault_fired' and h.txn_id is distinct from t.txn_id
     and list_contains(string_split(coalesce(h.experienced_by, ''), ' '), t.txn_id)
)
select who as txn_id, call_kind, * exclude (who, txn_id, call_kind) from rows

-- section: not_comparable
-- what a flow holds against its source and a row does not carry, as words and a count: nobody can say that it was right
with revision as (
  select r.*, w.compare, k.may_lack from src_revision r join txn t using (txn_id)
  join (select flow, string_agg(distinct compare, ' ') as compare from ref_due where kind = 'document' and cardinality <> 'none' group by 1) w
    on w.flow = t.flow
  join ref_document k on k.entity_type = t.flow_source where r.approved_seq is not null),
made as (select d.*, k.may_lack, k.module as needs_period from doc d join ref_document k using (entity_type) where d.txn_id is not null),
lacking as (
  select unnest([
    case when contains(compare, 'amount') and (amount_minor is null or currency is null) then 'amount' end,
    case when contains(compare, 'company') and company is null then 'company' end,
    case when contains(compare, 'party') and party is null then 'party' end,
    case when contains(compare, 'approvers') and approvers is null then 'approvers' end,
    case when contains(compare, 'dates') and (document_date is null or posting_date is null) then 'dates' end]) as what,
    'approved source documents' as among, may_lack from revision
  union all
  select unnest([
    case when contains(compare, 'amount') and (amount_minor is null or currency is null) then 'amount' end,
    case when contains(compare, 'company') and company is null then 'company' end,
    case when contains(compare, 'party') and party is null then 'party' end,
    case when contains(compare, 'period') and needs_period is not null and period is null then 'period' end,
    case when contains(compare, 'dates') and (document_date is null or posting_date is null) then 'dates' end]), 'documents', may_lack from made
  union all
  select unnest([
    case when l.account is null then 'account' end, case when l.amount_minor is null or l.currency is null then 'amount' end,
    case when l.company is null then 'company' end, case when l.period is null and d.period is not null then 'period' end]),
    'lines of documents', [] from coding_line l left join document d on d.node = l.node and d.entity_id = l.parent_id
  union all
  select unnest([case when category is null then 'category' end, case when amount_minor is null then 'amount' end]), 'lines of source documents', []
  from asked_line
  union all
  select unnest([
    case when v.state is null then 'state' end, case when d.amount_minor is not null and v.amount_minor is null then 'amount' end,
    case when d.currency is not null and v.currency is null then 'currency' end,
    case when d.company is not null and v.company is null then 'company' end,
    case when d.period is not null and v.period is null then 'period' end]), 'final reads', []
  from h v left join document d on d.node = v.node and d.entity_type = v.entity_type and d.entity_id = v.entity_id where v.kind = 'read_view')
select among, what, count(*) as n from lacking where what is not null and not list_contains(may_lack, what) group by 1, 2
union all
-- a document whose source the crosswalks do not know
select 'documents', what, count(distinct (node, entity_type, entity_id)) from unmapped group by what
union all
-- a document whose lines are not there, or do not add up to it: sides (tax, who paid) make up for the rest
select 'approved source documents', 'lines that add up to them', count(*) from (
  select r.txn_id, r.revision from src_revision r join txn t using (txn_id) join ref_document k on k.entity_type = t.flow_source
  left join asked_line l on l.txn_id = r.txn_id and coalesce(l.src_version, 1) = r.revision and l.entity_type = k.lines
  where k.lines is not null and r.approved_seq is not null and r.amount_minor is not null
  group by r.txn_id, r.revision, r.amount_minor
  having count(l.seq) = 0 or sum(l.amount_minor) <> case when bool_or(list_contains(k.sides, l.category)) then 0 else r.amount_minor end)
having count(*) > 0
union all
select 'documents', 'final read', count(*) from (
  select distinct d.node, d.entity_type, d.entity_id from document d join run_fact on final_read
  anti join (select node, entity_type, entity_id from h where kind = 'read_view') v using (node, entity_type, entity_id)
  where d.seq < (select min(seq) from h where kind = 'read_view'))
having count(*) > 0
union all
select 'source documents', 'final read', count(*) from src s join run_fact on final_read
where s.approved_seq < (select min(seq) from h where kind = 'read_view')
  and not exists (select 1 from h v where v.kind = 'read_view' and v.entity_type = s.entity_type and v.entity_id = s.entity_id)
having count(*) > 0
order by 1, 2

-- section: strangers
-- who came that has no business in this world, as words and a count. A connector that runs already may still hold a token of an earlier run
-- until it has one of this world; orders at the control port are people's own business in a world that no verification plays in.
with first_token as (
  select min(d.seq) as seq from h d join h r on r.op_id = d.op_id and r.kind = 'request' and r.sut_gen is not null
  where d.kind = 'decision' and d.node = 'identity' and d.server_outcome = 'no_effect' and d.code is null),
said (reason, what) as (values
  ('token', 'requests with a bearer token that this world never issued'), ('client', 'requests for a token with a client or secret that is not of this world'),
  ('control', 'calls of the control port without its token'), ('order', 'orders to the control port while the run was on'))
select w.what, count(*) as n, string_agg(distinct s.call_point, ', ' order by s.call_point) as places
from h s join said w using (reason), first_token f
where s.kind = 'stranger'
  and not (s.reason = 'token' and $runs_already and s.seq < coalesce(f.seq, 0))
  and (s.reason <> 'order' or exists (select 1 from h where kind = 'experiment' and role = 'baseline'))
group by 1
union all
select 'documents of transactions that were begun before this load came', count(distinct d.txn_id),
  string_agg(distinct d.call_point, ', ' order by d.call_point)
from document d, run_fact f where f.joined_late and d.txn_id is not null and d.txn_id not in (select txn_id from txn) having count(*) > 0
order by 1

-- section: contradictions
-- rows that cannot stand beside each other in the record of one world, as words and a count: whatever was judged by them is not proven
with done as (select entity_type, entity_id, state, txn_id, max(seq) as seq from effect where state is not null group by all)
select 'changes that are neither create, update nor reverse' as what, count(*) as n from effect
where effect not in ('create', 'update', 'reverse') having count(*) > 0
union all
select 'documents that came into being more than once', count(*) from (
  select 1 from effect where effect = 'create' group by entity_id, entity_type, node having count(*) > 1) having count(*) > 0
union all
select 'changes that leave the version as it was', count(*) from (
  select version, lag(version) over (partition by node, entity_type, entity_id order by seq) as before from effect
  where version is not null and state is not null) where version <= before having count(*) > 0
union all
select 'deeds of people that changed nothing', count(*) from h a left join done d on d.entity_id = a.entity_id and d.entity_type = a.entity_type
  and d.state = a.state and d.txn_id is not distinct from a.txn_id where a.kind = 'source_action' and coalesce(d.seq, 0) <= a.seq having count(*) > 0
union all
select 'revisions of source documents that say two things of one', count(*) from (
  select 1 from src_state where txn_id is not null group by txn_id, revision
  having min(amount_minor) <> max(amount_minor) or min(currency) <> max(currency) or min(company) <> max(company) or min(party) <> max(party)
    or min(document_date) <> max(document_date) or min(posting_date) <> max(posting_date)) having count(*) > 0
union all
select 'changes that name a call which nobody made', count(*) from effect e
where e.op_id is not null and e.op_id not in (select op_id from h where kind = 'request') having count(*) > 0
union all
select 'changes under another name than the call that made them', count(*) from h c join h r on r.op_id = c.op_id and r.kind = 'request'
where c.kind = 'commit' and c.call_point <> r.call_point having count(*) > 0
union all
select 'changes of one document under several transactions', count(*) from (
  select 1 from h where kind in ('commit', 'read_view') and txn_id is not null
    and entity_type in (select entity_type from ref_due where kind = 'document' union select source from ref_flow where kind = 'document')
    and (node, entity_type, entity_id) not in (select (node, entity_type, entity_id) from listed)
  group by node, entity_type, entity_id having count(distinct txn_id) > 1) having count(*) > 0
union all
select 'lines of a document that say otherwise whose they are, from which revision, or under which correlation id', count(*)
from effect l join (
  select d.node, d.entity_type, d.entity_id, e.txn_id, e.src_version, e.corr_id from document d join effect e using (seq)) d
  on d.node = l.node and d.entity_id = l.parent_id join ref_document k on k.entity_type = d.entity_type
where l.entity_type in (k.coded_by, 'journal_line') and (l.txn_id <> d.txn_id or l.src_version <> d.src_version or l.corr_id <> d.corr_id)
having count(*) > 0
