-- Where each transaction stands at the end of the history, and how the others of its kind do.

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
answers as (select txn_id, count(*) filter (answer is not null) as n, bool_and(answer is not null) as all_answered, max(answer_t) as t
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
