import { systemActor } from "../../src/core/access/actor.ts"

/** Actor of the changes that a test makes without a request. */
export const tester = systemActor("test")
