import { z } from "zod"

/** A number that facts and attributes may be. */
export const plainNumber = z.number().min(-1e15).max(1e15)

/** A record of at most so many entries, which its JSON schema says too. */
export const boundedRecord = <V extends z.ZodType>(key: z.ZodString, value: V, maxEntries: number) =>
  z
    .record(key, value)
    .refine((record) => Object.keys(record).length <= maxEntries, `say at most ${maxEntries} things`)
    .meta({ maxProperties: maxEntries })
