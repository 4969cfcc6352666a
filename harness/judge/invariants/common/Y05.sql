-- id: Y05
-- title: A payment goes to the account that three people agreed on and that is in force
-- family: payment
-- severity: money
-- kind: fail
-- kinds: document status
-- effect: posted unasked
-- at: history
-- Of payees whose bank details somebody asked to change: the approved change with the latest day of effect that the day of payment has reached
-- when the payment is issued, else none of those that were not approved. Without a change the account is the one that the payee began with.
-- section: candidates
select t.flow, count(*) as n from effect e join txn t using (txn_id) where e.entity_type = 'payment' and e.state = 'issued' and exists (
  select 1 from effect c where c.node = e.node and c.entity_type = 'bank_change' and c.party = e.party and c.account is not null and c.seq < e.seq) group by 1
-- section: violations
with issued as (
  select txn_id, node, call_point, seq, entity_id, amount_minor, currency, party, account, document_date from effect
  where entity_type = 'payment' and state = 'issued' and account is not null),
asked as (
  select i.*, c.entity_id as change, arg_max(c.state, c.seq) as state, arg_max(c.posting_date, c.seq) as since, any_value(c.account) as asked_account,
    len(string_split(coalesce(arg_max(c.approvers, c.seq), ''), ' ')) as people
  from issued i join effect c on c.node = i.node and c.entity_type = 'bank_change' and c.party = i.party and c.account is not null and c.seq < i.seq
  group by all),
judged as (
  select *, state in ('cooling_off', 'effective') and people >= 3 and since is not null and since <= document_date as is_in_force from asked),
due as (
  select node, entity_id, arg_max(asked_account, since) filter (is_in_force) as account, list(distinct asked_account) filter (not is_in_force) as others
  from judged group by 1, 2)
select i.txn_id, i.call_point, i.amount_minor as money_minor, i.currency,
  case when d.account is not null then format('payment {} goes to account {}; since a change that people agreed on {} has {}', i.entity_id, i.account,
    i.party, d.account) else format('payment {} goes to account {}, which nobody has approved for {} yet', i.entity_id, i.account, i.party) end as story,
  i.account, d.account as due
from issued i join due d using (node, entity_id)
where i.account <> d.account or (d.account is null and list_contains(coalesce(d.others, []), i.account))
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
