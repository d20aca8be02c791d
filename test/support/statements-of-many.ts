import { normalizeStatement } from "./customer-statements.ts"

interface Exception {
  /** A part of its text as it stands in `src/store`; of one that is put together, what its text matches. */
  part: string | RegExp
  because: string
}

const aPage = "a page over all customers, for work that concerns everybody"
const ofPlan = "the sends of one plan are those of many customers"
const forFigures = "figures are sums over customers, counted many at a time"
const forLearning = "learning and evaluation read everybody's decisions"
const ofExperiment = "an experiment compares many customers"
const byIndex = "identifiers lie by their value, so those of a customer are found through an index"

/** Statements that concern rows of many customers on purpose. */
export const exceptions: readonly Exception[] = [
  {
    part: "select customer_id as id from profiles where merged_into = ",
    because: "forwarding rows are found by an index",
  },
  { part: "update profiles set merged_into = ", because: "forwarding rows are found by an index" },
  { part: "select customer_id as id from profiles where merged_into is null and (", because: aPage },
  { part: "from profiles where merged_into is null and consents <> '{}'", because: aPage },
  { part: "from profiles where history_format <", because: aPage },
  { part: "where merged_into is null and customer_id > ", because: aPage },
  { part: "cross join lateral (select record_id, type, value from record_identifiers", because: aPage },
  { part: "cross join lateral (select record_id, name, value, repeated_at", because: aPage },
  { part: 'select customer_id as "customerId", traits from profiles where customer_id = any(', because: aPage },
  { part: "insert into identity_candidates", because: "pairs of all customers are found in one run" },
  { part: "from identity_candidates candidate cross join lateral", because: "a page of the review queue" },
  { part: "where merged_into is null and vector_release is distinct from", because: aPage },
  { part: "as expired from profiles", because: aPage },
  { part: "from profiles left join contacts using (customer_id)", because: aPage },
  { part: "from events happened join profiles using (customer_id)", because: aPage },
  { part: ") own join profiles using (customer_id) order by customer_id", because: ofPlan },
  { part: "where plan_id = ", because: ofPlan },
  { part: "insert into experiment_exposures (customer_id, experiment_id, arm, at)", because: ofExperiment },
  { part: "(array_agg(arm order by at))[1] as arm,", because: ofExperiment },
  { part: 'select distinct on (asked."customerId",', because: ofExperiment },
  { part: "order by resolve_by, id limit", because: "a page of the sends whose time is up" },
  { part: "with next as ( select customer_id from profiles where merged_into is null", because: aPage },
  { part: 'merged_into is null as "isCurrent", counted as before', because: forFigures },
  { part: "trace ->> 'currency' as currency", because: forFigures },
  { part: 'select customer_id as "customerId", merged_into as into', because: forFigures },
  { part: "insert into customer_figures (customer_id, counted)", because: forFigures },
  { part: "delete from customer_figures where customer_id = any(", because: forFigures },
  { part: "and not gift and not in_holdout", because: forLearning },
  {
    part: "count(*) filter (where times ? 'reserved'",
    because: "counts of the customers whose sends are being reserved",
  },
  {
    part: 'select customer_id as "customerId", message_id as "messageId", name, lines,',
    because: "events of those who are folded anew, or of all for learning",
  },
  {
    part: /^select \(extract\(epoch from max\(at\)\) \* 1000\)::float8 as at from events$/,
    because: "the newest event of all",
  },
  { part: "select line ->> 'itemId' as \"itemId\", name,", because: "what everybody views and buys" },
  { part: "not exists (select from events) as empty", because: "whether there is any event" },
  { part: "as at, at::text as place, placement", because: forLearning },
  { part: "from decisions left join profiles using (customer_id)", because: forLearning },
  { part: "select kind, channel, count(*)::int as offered", because: forLearning },
  { part: "where type = 'userId' and customer_id = any(", because: byIndex },
  { part: "select distinct customer_id as id from identifiers", because: byIndex },
  { part: 'select type, customer_id as "customerId", count(*)::int as count from identifiers', because: byIndex },
  { part: 'select type, value, customer_id as "customerId" from identifiers', because: byIndex },
  { part: "select distinct on (customer_id, type)", because: byIndex },
  {
    part: /^with found as materialized \( ?\(select customer_id, ''::text as kind from identifiers/,
    because: "a search does not know whom it finds",
  },
  {
    part: /^(with expired as \( ?)?delete from \w+ where \([\w, ]+\) in \(select [\w, ]+ from \w+ where \w+ < to_timestamp/,
    because: "what is past its lifetime goes, whosever it is",
  },
]

/** Returns why a statement may concern many customers; undefined: it may not. */
export const reasonFor = (statement: string): string | undefined => {
  const text = normalizeStatement(statement)
  return exceptions.find(({ part }) =>
    typeof part === "string" ? text.includes(normalizeStatement(part)) : part.test(text),
  )?.because
}
