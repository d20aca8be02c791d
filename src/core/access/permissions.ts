import { type Scope, scopes } from "./scope.ts"

type Holders = readonly Exclude<Scope, "admin">[]

/** Permissions on the shop's data, as `noun:verb`, with the scopes that hold it beside `admin`, which holds all. */
const shopPermissions = {
  "items:read": ["ingest", "read", "manage"],
  "items:write": ["ingest"],
  "items:find": ["write", "read"],
  "offers:read": ["read", "manage"],
  "offers:write": ["manage"],
  "policies:read": ["read", "manage"],
  "policies:write": ["manage"],
  "goals:write": ["manage"],
  "insights:read": ["read", "manage"],
  "plans:read": ["read", "manage"],
  "plans:write": ["manage"],
  "plans:run": [],
  "experiments:read": ["read", "manage"],
  "experiments:write": ["manage"],
  "settings:read": ["ingest", "read", "manage"],
  "settings:write": [],
  "models:read": ["read"],
  "models:promote": [],
  "webhooks:read": [],
  "webhooks:write": [],
} as const satisfies Record<string, Holders>

/** Permissions that show or change data of persons. */
const personalPermissions = {
  "events:send": ["write", "ingest"],
  "identities:join": ["ingest"],
  "identities:link": [],
  "identities:review": ["ingest", "read"],
  "recommendations:ask": ["write", "read"],
  "customers:name": ["ingest", "read"],
  "customers:read": ["read"],
  "customers:search": ["ingest", "read"],
  "customers:export": ["read"],
  "customers:erase": [],
  "consents:write": ["ingest"],
  "tokens:create": ["ingest", "read"],
  "content:read": ["read"],
  "campaigns:export": [],
  "decisions:read": ["read"],
  "decisions:activate": ["write", "ingest", "read"],
  "outcomes:send": ["write", "ingest", "read"],
  "outcomes:confirm": ["ingest", "read"],
  "exposures:send": ["ingest"],
  "sends:read": ["ingest", "read"],
  "sends:veto": ["write", "ingest"],
  "sends:report": ["ingest"],
  "audit:read": [],
} as const satisfies Record<string, Holders>

const holders = { ...shopPermissions, ...personalPermissions }
export type Permission = keyof typeof holders

export const permissions = Object.keys(holders) as Permission[]

/** True if a permission shows or changes data of persons. */
export const isPersonal = (permission: Permission): boolean => Object.hasOwn(personalPermissions, permission)

/** True if keys of a scope hold a permission. */
export const holds = (scope: Scope, permission: Permission): boolean =>
  scope === "admin" || (holders[permission] as Holders).includes(scope)

/** The scopes whose keys hold a permission; `admin` is always the last. */
export const scopesWith = (permission: Permission): Scope[] => scopes.filter((scope) => holds(scope, permission))
