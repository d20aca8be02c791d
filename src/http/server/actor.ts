import type { Context } from "hono"
import { type Actor, keyActor } from "../../core/access/actor.ts"
import type { ApiEnv } from "./env.ts"

/** Returns who makes the change that a request asks for. */
export const actorOf = (c: Context<ApiEnv>): Actor => keyActor(c.get("caller"), c.get("requestId"))
