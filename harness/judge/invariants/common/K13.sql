-- id: K13
-- title: A token that was refused is not used again, and a good one is kept
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- clock: world
-- at: history
-- A new token takes a moment, and calls under way still carry the old one: five seconds. Tokens last for many calls; one for every other call
-- hammers the endpoint. Whoever asks for one and gets none, because that system is down too, has nothing else to try with. How often a client
-- asks that is refused for a while is K08's.
-- section: candidates
select t.flow, count(*) as n from op join txn t using (txn_id) group by 1
-- section: violations
with refused as (select coalesce(token_id, phase) as token, min(t_end) as since from op where status = 401 group by 1)
select o.txn_id, o.call_point, null::bigint as money_minor, null as currency,
  format('{} was called with a token that had been refused {} s before', o.call_point, ((o.t_mono_ns - r.since) / 1e9)::decimal(12, 1)) as story,
  null::bigint as tokens
from op o join refused r on r.token = coalesce(o.token_id, o.phase) where o.status = 401 and o.t_mono_ns > r.since + 5000000000 and not exists (select 1 from op a where a.call_kind = 'token'
  and a.client_view <> 'ok' and a.phase = o.phase and a.t_mono_ns between o.t_mono_ns - 5000000000 and o.t_mono_ns)
union all
select null, point, null, null, format('{} tokens were asked for, for {} calls: a token lasts for many', tokens, calls), tokens
from (select any_value(call_point) filter (call_kind = 'token') as point, count(*) filter (call_kind = 'token') as tokens,
  count(*) filter (call_kind <> 'token') as calls
  from op where coalesce(code, '') not in (select m.code from ref_mode m join ref_fault f on f.id = m.fault_id and f.family = 'credentials'))
where tokens > 20 and tokens > calls / 2
-- section: systematic
-- five calls with a refused token, or fifty tokens
select * from slip where tokens > 50 or (tokens is null and (select count(*) from slip where tokens is null) >= 5)
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
