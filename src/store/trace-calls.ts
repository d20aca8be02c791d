import type { Tracing } from "../core/problem/tracing.ts"
import { callKinds } from "./call-kinds.ts"
import type { Store } from "./store.ts"

type Method = (...given: unknown[]) => unknown

/** Returns the store with a span for each call that a request or delivery makes, named by the call and not by what it asks for. */
export function traceCalls(store: Store, tracing: Tracing): Store {
  const traced = (name: string, call: Method): Method => {
    const attributes = { "db.system.name": "postgresql", "db.operation.name": name }
    return (...given) => {
      const returned = call(...given)
      return returned instanceof Promise ? tracing.follow({ name, kind: "client", attributes }, returned) : returned
    }
  }
  const subjects = Object.entries(callKinds).map(([subject, kinds]) => {
    const methods = store[subject as keyof typeof callKinds] as unknown as Record<string, Method>
    return [
      subject,
      Object.fromEntries(Object.keys(kinds).map((name) => [name, traced(`${subject}.${name}`, methods[name]!)])),
    ]
  })
  return { ...store, ...(Object.fromEntries(subjects) as Pick<Store, keyof typeof callKinds>) }
}
