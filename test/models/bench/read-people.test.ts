import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { readPeople } from "../../../models/bench/identity/read-people.ts"

let folder: string
const file = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "beforehand-people-"))
  await writeFile(file("a.csv"), "ид,кто,имя\nrec-1-org,7,Анна\nrec-1-dup-0,7,Аня\n")
  await writeFile(file("none.csv"), "id,name\n")
})
afterAll(() => rm(folder, { recursive: true }))

test("the columns of id and truth are no traits, in any script", async () => {
  const { records, truth } = await readPeople([file("a.csv")], { id: "ид", truth: "кто" })
  expect(truth).toEqual(["7", "7"])
  expect(records.map(({ id, traits }) => [id, traits])).toEqual([
    ["rec-1-org", { имя: "Анна" }],
    ["rec-1-dup-0", { имя: "Аня" }],
  ])
})

test("a pattern takes its first group of a column for the truth", async () => {
  const { truth } = await readPeople([file("a.csv")], { truth: "ид:/^rec-(\\d+)/" })
  expect(truth).toEqual(["1", "1"])
})

test("a column that is not there is refused with those that are, not compared by", async () => {
  await expect(readPeople([file("a.csv")], { truth: "who" })).rejects.toThrow('no column "who"; it has ид, кто, имя')
  await expect(readPeople([file("a.csv")], { id: "id" })).rejects.toThrow('no column "id"')
})

test("a table without rows has no records", async () => {
  expect(await readPeople([file("none.csv")], { truth: "id" })).toEqual({ records: [], truth: [] })
})
