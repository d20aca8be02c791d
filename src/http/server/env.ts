import type { Caller } from "../../core/access/scope.ts"
import type { Services } from "../../services.ts"
import type { Keyring } from "./keyring.ts"
import type { Metrics } from "./metrics.ts"
import type { Take } from "./rate-limit.ts"

export interface ApiEnv {
  Variables: {
    services: Services
    requestId: string
    keyring: Keyring
    /** Absent where keys may ask as often as they like. */
    take?: Take
    /** Absent where clients with public keys may. */
    takeOfClient?: Take
    metrics: Metrics
    /** Set on every route behind a key. */
    caller: Caller
  }
}
