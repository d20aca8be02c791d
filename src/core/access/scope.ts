/**
 * Scopes of keys. `write` is public, for browsers; `ingest` is for servers that send facts; `read` asks; `manage` runs offers,
 * policies and drafts of plans; `admin` may all.
 */
export const scopes = ["write", "ingest", "read", "manage", "admin"] as const
export type Scope = (typeof scopes)[number]

/** The calling key. */
export interface Caller {
  keyId: string
  name: string
  scope: Scope
}
