import { z } from "zod"
import { constraint } from "../schema/constraint.ts"
import { isTimeZone } from "./local-time.ts"

/** An IANA time zone; where a policy or a schedule names none, the shop's holds. */
export const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, "write an IANA time zone such as Europe/Rome")
  .meta({
    ...constraint("A time zone of the IANA database."),
    description: "Default: the time zone of the shop's settings.",
  })
