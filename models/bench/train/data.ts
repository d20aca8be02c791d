import { readFileSync, writeFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { below, createRandom, type Random } from "../../random.ts"

/** Rows of items by customer: the training part and the held-out part (empty for most). */
export interface BenchData {
  name: string
  items: number
  train: readonly Int32Array[]
  heldOut: readonly Int32Array[]
}

/** Reads the published training part, with the validation part held out. */
export function readGowalla(folder: string): BenchData {
  const read = (name: string): Map<number, number[]> => {
    const text = gunzipSync(readFileSync(`${folder}/gowalla/${name}.txt.gz`)).toString("utf8")
    const lines = text.split("\n").filter((line) => line !== "")
    return new Map(lines.map((line) => line.split(" ").map(Number)).map(([user, ...items]) => [user!, items]))
  }
  const [train, valid] = [read("train"), read("valid")]
  const customers = Math.max(...train.keys(), ...valid.keys()) + 1
  const largest = [...train.values(), ...valid.values()].reduce((top, row) => Math.max(top, ...row), 0)
  const rows = (side: Map<number, number[]>) =>
    Array.from({ length: customers }, (_, user) => Int32Array.from(new Set(side.get(user) ?? [])).sort())
  return { name: "gowalla", items: largest + 1, train: rows(train), heldOut: rows(valid) }
}

const groups = 100
const groupsOfCustomer = 2

/** Draws from 0 … count − 1, whose frequency falls with a power of the rank. */
const powerLaw = (random: Random, count: number): number => Math.floor(count * random() ** 3)

/**
 * Customers with 5 to thousands of distinct items (power law), most from two of a hundred groups, popular ones first; every tenth
 * customer has one item held out.
 */
export function syntheticData(interactions: number, seed: number): BenchData {
  const random = createRandom(seed)
  const items = 50_000
  const perGroup = items / groups
  const train: Int32Array[] = []
  const heldOut: Int32Array[] = []
  for (let made = 0; made < interactions; ) {
    const count = Math.min(2000, Math.floor(9 * (1 - random()) ** (-1 / 1.6)))
    const ownGroups = Array.from({ length: groupsOfCustomer }, () => below(random, groups))
    const row = new Set<number>()
    for (let draw = 0; draw < count; draw++) {
      const group = random() < 0.8 ? ownGroups[below(random, groupsOfCustomer)]! : below(random, groups)
      row.add(powerLaw(random, perGroup) * groups + group)
    }
    const picked = [...row]
    const leftOut = train.length % 10 === 0 ? picked.splice(below(random, picked.length), 1) : []
    train.push(Int32Array.from(picked).sort())
    heldOut.push(Int32Array.from(leftOut))
    made += picked.length
  }
  return { name: `synthetic ${interactions / 1e6}M`, items, train, heldOut }
}

/** Writes the matrix as raw int32 files, `.offsets` and `.indexes`, which both sides read. */
export function writeMatrix(path: string, rows: readonly Int32Array[]): void {
  const offsets = new Int32Array(rows.length + 1)
  rows.forEach((row, at) => {
    offsets[at + 1] = offsets[at]! + row.length
  })
  const indexes = new Int32Array(offsets.at(-1)!)
  rows.forEach((row, at) => {
    indexes.set(row, offsets[at]!)
  })
  writeFileSync(`${path}.offsets`, new Uint8Array(offsets.buffer))
  writeFileSync(`${path}.indexes`, new Uint8Array(indexes.buffer))
}
