-- id: K14
-- title: An update says which version it is about
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- at: history
-- Of documents that carry a version; without If-Match a later change of a person may be overwritten unseen. Of an update that changes several
-- (a run and its payments) the one that it is about counts, which is the first.
-- section: candidates
select t.flow, count(*) as n from effect e join op o using (op_id) join txn t on t.txn_id = e.txn_id
where o.method in ('PUT', 'PATCH') and e.effect = 'update' and e.version is not null group by 1
-- section: violations
select e.txn_id, e.call_point, null::bigint as money_minor, null as currency,
  format('{} was changed to {} without saying which version of it was meant', e.entity_id, words(coalesce(e.state, 'another state'))) as story, e.version
from effect e join op o using (op_id)
where o.method in ('PUT', 'PATCH') and e.effect = 'update' and e.version is not null
qualify e.base_version is null and row_number() over (partition by e.op_id order by e.seq) = 1
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'commit')
