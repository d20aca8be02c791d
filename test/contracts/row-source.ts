import { existsSync, readdirSync, readlinkSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { FileFormat, Row } from "../../src/actions/import/row-source.ts"
import { formatOf, openRows } from "../../src/actions/import/rows.ts"
import { ApiError } from "../../src/core/problem/problem.ts"
import { fileWriter } from "../support/write-file.ts"

/** One row of two columns, as every kind of file can hold it. */
export interface Entry {
  a: string
  b: string
}

export interface FileKind {
  name: string
  format: FileFormat
  /** Returns the content of a file of rows, some of which cannot be read. */
  contentOf(rows: readonly (Entry | "broken")[]): string | Uint8Array
  /** Returns the number by which the row at a place, from 0, is named. */
  lineOf(place: number): number
  /** True if a row can be broken alone; a Parquet file is whole or none. */
  breaksByRow: boolean
  /** True if a row's size is bounded; a Parquet file is held by row group, whatever its rows. */
  refusesHuge: boolean
}

const entry = (n: number): Entry => ({ a: `${n}`, b: `Bürste ${"ü".repeat(100)} ${n}` })
const entries = (count: number) => Array.from({ length: count }, (_, n) => entry(n))
const megabyte = 1024 * 1024

async function readAll(path: string, format: FileFormat) {
  const source = await openRows(path, format)
  const batches: (readonly Row[])[] = []
  const fractions = [source.fractionRead()]
  for await (const batch of source.rows) {
    batches.push(batch)
    fractions.push(source.fractionRead())
  }
  fractions.push(source.fractionRead())
  return { columns: source.columns, batches, rows: batches.flat(), fractions }
}

function isOpen(path: string): boolean {
  return readdirSync("/proc/self/fd").some((file) => {
    try {
      return readlinkSync(`/proc/self/fd/${file}`) === path
    } catch {
      return false
    }
  })
}

/** The contract of every source of rows; a new kind of file is one more call. */
export function rowSourceContract({ name, format, contentOf, lineOf, breaksByRow, refusesHuge }: FileKind) {
  const write = fileWriter()
  const save = (rows: readonly (Entry | "broken")[]) => write(`rows.${format}`, contentOf(rows))
  const rowOf = (n: number, place = n) => ({ line: lineOf(place), values: entry(n) })

  describe(`a file of ${name}`, () => {
    test("is known by what it holds", async () => {
      expect(await formatOf(save(entries(1)))).toBe(format)
    })

    test("gives its columns, and all its rows once, in order and in batches", async () => {
      const { columns, rows, batches } = await readAll(save(entries(4500)), format)
      expect(columns).toEqual(["a", "b"])
      expect(rows).toEqual(Array.from({ length: 4500 }, (_, n) => rowOf(n)))
      expect(batches.length).toBeGreaterThan(2)
      expect(batches.every(({ length }) => length > 0 && length <= 2000)).toBe(true)
    })

    test("tells how much of it was read, up to all", async () => {
      const { fractions } = await readAll(save(entries(4500)), format)
      expect(fractions).toEqual(fractions.toSorted((one, other) => one - other))
      expect(fractions.at(-1)).toBe(1)
    })

    test("without rows has none, and is read to its end", async () => {
      const { rows, fractions } = await readAll(save([]), format)
      expect(rows).toEqual([])
      expect(fractions.at(-1)).toBe(1)
    })

    test.skipIf(!breaksByRow)("names a row that cannot be read by its line, and loses no other", async () => {
      const { rows } = await readAll(save([entry(0), "broken", entry(1), "broken", entry(2)]), format)
      const fault = (place: number) => ({ line: lineOf(place), fault: expect.any(String) })
      expect(rows).toEqual([rowOf(0, 0), fault(1), rowOf(1, 2), fault(3), rowOf(2, 4)])
    })

    test.skipIf(!refusesHuge)("refuses a row that is too large to hold, by its line", async () => {
      const huge = { a: "0", b: "x".repeat(17 * megabyte) }
      const path = save([entry(0), huge, entry(1)])
      const refusal = await readAll(path, format).catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(ApiError)
      expect(refusal).toMatchObject({
        code: "invalidRequest",
        message: expect.stringMatching(new RegExp(`\\b${lineOf(1)} is longer than \\d+ MiB`)),
      })
    })

    test.runIf(existsSync("/proc/self/fd"))("is closed where reading stops in the middle", async () => {
      const path = save(entries(8000))
      const { rows } = await openRows(path, format)
      for await (const batch of rows) {
        expect(batch.length).toBeGreaterThan(0)
        break
      }
      await expect.poll(() => isOpen(path), { timeout: 10_000 }).toBe(false)
    })
  })
}
