/** What a key may do. `write` is public, for browsers; `ingest` is for servers that send; `read` asks; `admin` may all. */
export const scopes = ["write", "ingest", "read", "admin"] as const
export type Scope = (typeof scopes)[number]

/** Who asks: the key's id and scope. */
export interface Caller {
  keyId: string
  scope: Scope
}

/** Whether a key of `scope` may call what is open to `allowed`; `admin` may all. */
export const mayCall = (scope: Scope, allowed: readonly Scope[]): boolean =>
  scope === "admin" || allowed.includes(scope)
