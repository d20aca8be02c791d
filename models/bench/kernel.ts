import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { createFactors, type Factors, foldIn, topItems } from "../../src/core/preference/factors.ts"
import { createKernel } from "../../src/kernel/kernel.ts"
import { createRandom, normal } from "../random.ts"
import { peerPython, runPeer, withoutPeer } from "./peers.ts"

const random = createRandom(1)

/** Milliseconds of one call: the fastest of many, after warming up, because other work on a machine only ever adds. */
function fastestMs(call: () => void): number {
  const started = performance.now()
  call()
  const once = performance.now() - started
  const rounds = Math.max(9, Math.min(400, Math.round(400 / once)))
  for (let round = 0; round < rounds / 4; round++) call()
  const times = Array.from({ length: rounds }, () => {
    const before = performance.now()
    call()
    return performance.now() - before
  })
  return Math.min(...times)
}

const randomRows = (items: number, dimensions: number) => new Float32Array(items * dimensions).map(() => random() - 0.5)

function createBenchFactors(itemFactors: Float32Array, dimensions: number): Factors {
  const loss = { regularization: 0.01, unobservedWeight: 0.01, frequencyExponent: 1 }
  return createFactors({ ...loss, dimensions, itemFactors })
}

/** Bytes a second that one thread reads at best: the C library's search for a byte that 256 MB do not contain. */
function memoryBandwidth(): number {
  const bytes = Buffer.alloc(256 * 1024 * 1024, 1)
  const milliseconds = fastestMs(() => {
    if (bytes.indexOf(2) !== -1) throw new Error("found a byte that is not there")
  })
  return bytes.length / (milliseconds / 1000)
}

/** Multiplications with addition a second of the kernel at its best: the Gram matrix of 128 rows that stay in the cache. */
function simdRate(): number {
  const { arena, gram } = createKernel()
  const [rows, dimensions] = [128, 64]
  const matrix = arena.take(rows * dimensions * 4)
  const out = arena.take(dimensions * dimensions * 8)
  const milliseconds = fastestMs(() => {
    for (let round = 0; round < 100; round++) gram(matrix, 0, rows, dimensions, out)
  })
  return (100 * rows * dimensions * (dimensions / 2)) / (milliseconds / 1000)
}

const rounded = (value: number) => Number(value.toPrecision(3))
const percent = (share: number) => `${Math.round(100 * share)} %`
const print = (line: string) => process.stdout.write(`${line}\n`)

const { values: flags } = parseArgs({ options: { python: { type: "string" } } })
const folder = mkdtempSync(join(tmpdir(), "bench-kernel-"))
const top20Ms: Record<string, number> = {}
const ratioToUsearch: Record<string, number> = {}
const foldInMs: Record<string, number> = {}

/** Times ours and then the peer on the same vectors, one thread each. */
function compare(python: string, items: number, dimensions: number, bytesPerSecond: number, perSecond: number) {
  const name = `${items}x${dimensions}`
  const itemFactors = randomRows(items, dimensions)
  const vector = Float32Array.from({ length: dimensions }, () => normal(random))
  const path = join(folder, name)
  writeFileSync(path, new Uint8Array(vector.buffer))
  writeFileSync(path, new Uint8Array(itemFactors.buffer), { flag: "a" })
  const factors = createBenchFactors(itemFactors, dimensions)
  const milliseconds = fastestMs(() => topItems(factors, vector, 20))
  const peer = runPeer<{ overArrayMs: number; overIndexMs: number }>(python, "usearch_exact.py", [path, dimensions])
  const theirs = Math.min(peer.overArrayMs, peer.overIndexMs)
  rmSync(path)
  top20Ms[name] = rounded(milliseconds)
  ratioToUsearch[name] = rounded(milliseconds / theirs)
  const seconds = milliseconds / 1000
  const bandwidth = percent((items * dimensions * (factors.coarse ? 1 : 4)) / bytesPerSecond / seconds)
  const rate = percent((items * dimensions) / perSecond / seconds)
  print(
    `top 20 of ${name}: ${rounded(milliseconds)} ms, usearch exact ${rounded(theirs)} ms; ${bandwidth} of reading, ${rate} of arithmetic`,
  )
  return factors
}

function timeFoldIn(factors: Factors, count: number, perSecond: number) {
  const { items, dimensions } = factors
  const index = Int32Array.from({ length: count }, () => Math.floor(random() * items))
  const interactions = { index, confidence: new Float32Array(count).fill(1) }
  const milliseconds = fastestMs(() => foldIn(factors, interactions))
  foldInMs[`${count}x${dimensions}`] = rounded(milliseconds)
  const multiplications = (count * dimensions ** 2) / 2 + dimensions ** 3 / 6
  const rate = percent(multiplications / perSecond / (milliseconds / 1000))
  print(`fold in ${count} items at ${dimensions} factors: ${rounded(milliseconds)} ms; ${rate} of arithmetic`)
}

try {
  const python = peerPython(["numpy", "usearch"], folder, flags.python)
  if (python) {
    const [bytesPerSecond, perSecond] = [memoryBandwidth(), simdRate()]
    print(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, one thread, the fastest of many calls`)
    print(
      `reading at best: ${(bytesPerSecond / 1e9).toFixed(1)} GB/s; arithmetic at best: ${(perSecond / 1e9).toFixed(1)} G multiply-adds/s`,
    )
    for (const dimensions of [64, 128]) {
      for (const items of [10_000, 100_000, 1_000_000]) {
        const factors = compare(python, items, dimensions, bytesPerSecond, perSecond)
        if (items > 10_000) continue
        for (const count of [10, 100, 1000]) timeFoldIn(factors, count, perSecond)
      }
    }
    print(JSON.stringify({ bench: "kernel", top20Ms, ratioToUsearch, foldInMs }))
  } else {
    withoutPeer(["numpy", "usearch"])
  }
} finally {
  rmSync(folder, { recursive: true })
}
