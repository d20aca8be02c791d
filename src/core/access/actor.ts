import type { Caller } from "./scope.ts"

export const actorKinds = ["key", "command", "system"] as const

/** Actor of a change: an API key, a command of the command line, or the service itself. */
export interface Actor {
  kind: (typeof actorKinds)[number]
  /** A key's id, a command's words, or the name of the service's job. */
  id: string
  name: string
  /** The HTTP request that makes the change. */
  requestId: string | null
}

/** Returns the actor of a request that comes with a key. */
export const keyActor = ({ keyId, name }: Caller, requestId: string): Actor => ({
  kind: "key",
  id: keyId,
  name,
  requestId,
})

/** Returns the actor of what the service does by itself, by the name of the job. */
export const systemActor = (job: string): Actor => ({ kind: "system", id: job, name: job, requestId: null })

/** Returns the actor of a command, by its words without flags, such as `keys create`. */
export const commandActor = (command: string): Actor => ({
  kind: "command",
  id: command,
  name: `beforehand ${command}`,
  requestId: null,
})
