import { sql } from "drizzle-orm"
import type { Actor } from "../../core/access/actor.ts"
import type { AuditAction } from "../../core/access/audit-action.ts"
import { type Item, maxAttributes } from "../../core/catalogue/item.ts"
import type { ItemPatch } from "../../core/catalogue/item-patch.ts"
import { recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { columnToTimestamp, epochMs } from "../database/epoch.ts"

/** A statement of an item: all of it, or what a merge patch (RFC 7396) names. */
export interface ItemStatement {
  id: string
  /** Without a time the arrival counts. */
  at?: string | undefined
  isWhole: boolean
  document: Omit<Item, "id"> | ItemPatch["patch"]
}

/** Result of a statement; a path leads to a field of the item. */
export interface ItemWrite {
  /** `superseded`: nothing of it stands; `unknown`: a patch of an item that nobody has made. */
  status: "written" | "superseded" | "unknown" | "tooManyAttributes"
  /** Fields of the former item that a whole one left out. */
  erased: (readonly string[])[]
  /** Fields of the statement that a later one holds. */
  kept: (readonly string[])[]
}

interface Row extends Record<string, unknown> {
  id: string
  status: ItemWrite["status"]
  change: "created" | "replaced" | "unchanged"
  isMissed: boolean
  erased: string[]
  kept: string[]
}

const maxNamedItems = 100
const maxAttempts = 4

/** Others made an item between the reading and the writing of it. */
class MadeMeanwhile extends Error {}

/**
 * Writes what stands of statements on items: of each field that which was stated last, whatever came in last; of two at one moment a
 * value before a removal, and the greater value. A whole item states the removal of all that it leaves out.
 */
export async function writeItems(
  database: Database,
  statements: readonly ItemStatement[],
  actor: Actor,
  action: Extract<AuditAction, "items.upsert" | "items.patch">,
): Promise<ItemWrite[]> {
  if (statements.length === 0) return []
  const sent = JSON.stringify(
    statements.map(({ isWhole, ...statement }, place) => ({ ...statement, place, whole: isWhole })),
  )
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(async (transaction) => {
        await transaction.execute(lockItems(sent))
        const rows = await transaction.execute<Row>(writeStanding(sent))
        if (rows.some(({ isMissed }) => isMissed)) throw new MadeMeanwhile("an item was made meanwhile; write again")
        const change = countChanges(rows)
        if (change !== null) await recordAudit(transaction, { actor, action, ...change })
        return rows.map(({ status, erased, kept }) => ({
          status,
          erased: erased.map(stepsOf),
          kept: kept.map(stepsOf),
        }))
      })
    } catch (error) {
      if (!(error instanceof MadeMeanwhile) || attempt === maxAttempts) throw error
    }
  }
}

/** Returns one change for all items of a write, by count, with the ids of the first; `null` without any. */
function countChanges(rows: readonly Row[]) {
  const changed = rows.filter(({ status, change }) => status === "written" && change !== "unchanged")
  const changes = new Map(changed.map(({ id, change }) => [id, change]))
  if (changes.size === 0) return null
  const ids = [...changes.keys()]
  const created = [...changes.values()].filter((change) => change === "created").length
  const after = { created, replaced: ids.length - created, ids: ids.slice(0, maxNamedItems) }
  return { subject: { kind: "item" as const, id: ids.length === 1 ? ids[0]! : null }, before: null, after }
}

const attributePrefix = "attributes/"
const stepsOf = (path: string): readonly string[] =>
  path.startsWith(attributePrefix) ? ["attributes", path.slice(attributePrefix.length)] : [path]

/** In order of id, as all do. The planner takes the statements for a hundred, and would compare ten thousand each with each. */
const lockItems = (sent: string) => sql`
  with locked as materialized (
    select 1 from items where id = any(array(select row ->> 'id' from jsonb_array_elements(${sent}::jsonb) as given(row)))
    order by id for update
  ) select set_config('enable_nestloop', 'off', true), count(*) from locked`

/**
 * One row for each statement, in their order. A leaf is a field but `attributes`, or one attribute as `attributes/name`; times are in
 * milliseconds since the epoch. A single whole item that is later than all that is stored (`plain`) needs no look at its leaves.
 */
const writeStanding = (sent: string) => sql`
  with moment as materialized (select round(${epochMs("clock_timestamp()")}) as now),
  sent as materialized (
    select place, id, whole, ${epochMs("at::timestamptz")} as at,
      case when whole then document else document || jsonb_build_object('updatedAt', coalesce(at,
        to_char(${columnToTimestamp("now")} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) end as document
    from jsonb_to_recordset(${sent}::jsonb) as given(place int, id text, at text, whole boolean, document jsonb) cross join moment
  ),
  stored as materialized (
    select id, case when deleted_at is null then item end as item,
      case when deleted_at is null then coalesce(field_times, '{}') - '' else '{}' end as times,
      greatest(
        coalesce((field_times ->> '')::float8, ${epochMs("coalesce((item ->> 'updatedAt')::timestamptz, updated_at)")}),
        ${epochMs("deleted_at")}
      ) as stated_at
    from items where id = any(array(select id from sent))
  ),
  subject as materialized (
    select id, statements, newest, item, coalesce(times, '{}') as times, coalesce(stated_at, 0) as stated_at,
      greatest(coalesce(stated_at, 0), (select max(value::float8) from jsonb_each(times))) as known_at
    from (select id, count(*) as statements, max(at) as newest from sent group by id) asked left join stored using (id)
  ),
  timed as (
    select place, id, whole, document, statements, known_at,
      coalesce(at, greatest(now, known_at, newest) + (place + 1) * 0.001) as at
    from sent join subject using (id) cross join moment
  ),
  given as materialized (select *, whole and statements = 1 and at > known_at as plain from timed),
  leaf as materialized (
    select place, id, at, path, path like 'attributes/%' as is_attribute, nullif(value, 'null') as value
    from given cross join lateral (
      select key as path, value from jsonb_each(document) where key <> 'attributes'
      union all
      select 'attributes/' || key, value
      from jsonb_each(case jsonb_typeof(document -> 'attributes') when 'object' then document -> 'attributes' else '{}' end)
    ) leaves
    where not plain
  ),
  ground as materialized (
    select id, item, times, stated_at as former_at, greatest(stated_at, whole_at) as stated_at,
      greatest(stated_at, (times ->> 'attributes')::float8) as former_attributes_at,
      greatest(stated_at, (times ->> 'attributes')::float8, whole_at, bare_at) as attributes_at
    from subject join (
      select id, max(at) filter (where whole) as whole_at, max(at) filter (where document -> 'attributes' = 'null') as bare_at
      from given where not plain group by id
    ) latest using (id)
  ),
  judged as materialized (
    select newest.*, limit_at, former_at, former_value,
      at > former_at or at = former_at and value is not null
        and (former_value is null or value::text collate "C" > former_value::text collate "C") as is_accepted
    from (
      select distinct on (id, path) id, path, is_attribute, at, value from leaf
      order by id, path, at desc, value is null, value::text collate "C" desc
    ) newest
    join (select id, item, times, former_at as f, stated_at as s, former_attributes_at as fa, attributes_at as sa from ground) g
      using (id)
    cross join lateral (select case when is_attribute then sa else s end as limit_at) limits
    cross join lateral (
      select greatest((times ->> path)::float8, limit_at) as former_at,
        case when greatest((times ->> path)::float8, case when is_attribute then fa else f end) >= limit_at then
          case when is_attribute then item -> 'attributes' -> substr(path, 12) else item -> path end
        end as former_value
    ) former
  ),
  change as materialized (
    select id,
      coalesce(jsonb_object_agg(path, value) filter (where value is not null and not is_attribute), '{}') as fields,
      coalesce(array_agg(path) filter (where value is null and not is_attribute), '{}') as no_fields,
      coalesce(jsonb_object_agg(substr(path, 12), value) filter (where value is not null and is_attribute), '{}') as attributes,
      coalesce(array_agg(substr(path, 12)) filter (where value is null and is_attribute), '{}') as no_attributes,
      coalesce(jsonb_object_agg(path, at) filter (where at > limit_at), '{}') as times
    from judged where is_accepted group by id
  ),
  merged as (
    select ground.id, ground.stated_at > former_at or attributes_at > former_attributes_at or change.id is not null as is_new,
      kept.fields - coalesce(no_fields, '{}') || coalesce(change.fields, '{}') as fields,
      kept.attributes - coalesce(no_attributes, '{}') || coalesce(change.attributes, '{}') as attributes,
      kept.times || coalesce(change.times, '{}') || jsonb_build_object('', ground.stated_at)
        || case when attributes_at > ground.stated_at then jsonb_build_object('attributes', attributes_at) else '{}' end as times
    from ground left join change using (id) cross join lateral (
      select
        case when ground.stated_at = former_at then coalesce(item, '{}') - 'attributes' else coalesce((
          select jsonb_object_agg(key, value) from jsonb_each(item)
          where key <> 'attributes' and coalesce((ground.times ->> key)::float8, former_at) >= ground.stated_at
        ), '{}') end as fields,
        case when attributes_at = former_attributes_at then coalesce(item -> 'attributes', '{}') else coalesce((
          select jsonb_object_agg(key, value) from jsonb_each(item -> 'attributes')
          where coalesce((ground.times ->> ('attributes/' || key))::float8, former_attributes_at) >= attributes_at
        ), '{}') end as attributes,
        coalesce((
          select jsonb_object_agg(key, value) from jsonb_each(ground.times)
          where key <> 'attributes'
            and value::float8 > case when key like 'attributes/%' then attributes_at else ground.stated_at end
        ), '{}') as times
    ) kept
  ),
  result as materialized (
    select id, item, times, is_new, case
        when not item ? 'title' then 'unknown'
        when (select count(*) from jsonb_object_keys(item -> 'attributes')) > ${maxAttributes} then 'tooManyAttributes'
        else 'written'
      end as verdict
    from (
      select id, is_new, times, fields || jsonb_build_object('id', id)
        || case attributes when '{}' then '{}' else jsonb_build_object('attributes', attributes) end as item from merged
      union all
      select id, true, jsonb_build_object('', at), document || jsonb_build_object('id', id) from given where plain
    ) made
  ),
  written as (
    insert into items (id, item, field_times, updated_at)
    select id, item, times, ${columnToTimestamp("now")} from result cross join moment
    where is_new and verdict = 'written' order by id
    on conflict (id) do update set item = excluded.item, field_times = excluded.field_times, updated_at = excluded.updated_at,
      deleted_at = null
    where exists (select from stored where stored.id = excluded.id)
    returning id
  ),
  standing as materialized (
    select place, bool_or(stands) as stands, array_agg(path order by path) filter (where not stands and path <> 'updatedAt') as kept
    from (
      select place, path, case when is_accepted
          then leaf.at = judged.at and leaf.value is not distinct from judged.value
          else leaf.at = former_at and leaf.value is not distinct from former_value end as stands
      from leaf join judged using (id, path)
    ) leaves group by place
  )
  select id,
    case when plain or stands or at >= case when whole then ground.stated_at when document -> 'attributes' = 'null' then attributes_at end
      then verdict else 'superseded' end as status,
    case when subject.item is null then 'created' when subject.item = result.item then 'unchanged' else 'replaced' end as change,
    is_new and verdict = 'written' and written.id is null as "isMissed",
    coalesce(to_json(kept), '[]') as kept,
    case when whole then (
      select coalesce(json_agg(path order by path), '[]') from (
        select key as path from jsonb_object_keys(subject.item) as former(key)
        where key not in ('attributes', 'updatedAt') and not result.item ? key
        union all
        select 'attributes/' || key from jsonb_object_keys(subject.item -> 'attributes') as former(key)
        where not coalesce(result.item -> 'attributes', '{}') ? key
      ) erased
    ) else '[]' end as erased
  from given join subject using (id) join result using (id) left join ground using (id) left join written using (id)
    left join standing using (place)
  order by place`
