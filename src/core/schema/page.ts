import { z } from "zod"

export const cursorDescription = "The `nextCursor` of the page before; without it, the first page."

/** The query of a list: at most `limit` rows (1 to `most`) from behind `cursor`. */
export const pageQuerySchema = ({ most = 1000, usual = 100 }: { most?: number; usual?: number } = {}) =>
  z.strictObject({
    cursor: z.string().min(1).max(300).optional().meta({ description: cursorDescription }),
    limit: z.coerce.number<string>().int().min(1).max(most).default(usual),
  })

/** As `pageQuerySchema`, for lists whose cursor is the id of the last row. */
export const idPageQuerySchema = (bounds: { most?: number; usual?: number } = {}) =>
  pageQuerySchema(bounds).extend({ cursor: z.uuid().optional().meta({ description: cursorDescription }) })

/** A cursor that counts, from 1. */
export const numberCursorSchema = z.coerce
  .number<string>()
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .optional()
  .meta({ description: cursorDescription })

export const nextCursorSchema = z
  .string()
  .nullable()
  .meta({ description: "Send it as `cursor` to get the next page; `null` on the last." })

/** Cuts a page from rows of which one more than `limit` was read, with the cursor of the next (`null`: there is none). */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (last: T) => string,
): { page: T[]; nextCursor: string | null } {
  const page = rows.slice(0, limit)
  return { page, nextCursor: rows.length > limit ? cursorOf(page.at(-1)!) : null }
}

/** Cuts a page from a list that is in memory whole, from behind the row that `cursor` names. */
export function pageWithin<T>(
  rows: readonly T[],
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  cursorOf: (row: T) => string,
): { page: T[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : rows.findIndex((row) => cursorOf(row) === cursor) + 1
  const rest = cursor !== undefined && start === 0 ? [] : rows.slice(start, start + limit + 1)
  return pageOf(rest, limit, cursorOf)
}
