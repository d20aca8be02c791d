import { type SQL, sql } from "drizzle-orm"

/** Returns ids as one parameter of type `uuid[]`, however many they are. */
export const uuidArray = (ids: readonly string[]): SQL => sql`${`{${ids.join(",")}}`}::uuid[]`
