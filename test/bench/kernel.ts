import { cpus } from "node:os"
import { createRandom, normal } from "../../models/random.ts"
import { createFactors, type Factors, foldIn, topItems } from "../../src/core/preference/factors.ts"

const random = createRandom(1)

/** Milliseconds of one call: the median of many, after warming up. */
function medianMs(call: () => void): number {
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
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)]!
}

function randomFactors(items: number, dimensions: number): Factors {
  const itemFactors = new Float32Array(items * dimensions)
  for (let at = 0; at < itemFactors.length; at++) itemFactors[at] = random() - 0.5
  const loss = { regularization: 0.01, unobservedWeight: 0.01, frequencyExponent: 1 }
  return createFactors({ ...loss, dimensions, itemFactors })
}

/** Bytes a second that one thread reads at best: the C library's search for a byte that 256 MB do not contain. */
function memoryBandwidth(): number {
  const bytes = Buffer.alloc(256 * 1024 * 1024, 1)
  const milliseconds = medianMs(() => {
    if (bytes.indexOf(2) !== -1) throw new Error("found a byte that is not there")
  })
  return bytes.length / (milliseconds / 1000)
}

const rounded = (milliseconds: number) => Number(milliseconds.toPrecision(3))
const print = (line: string) => process.stdout.write(`${line}\n`)

const bytesPerSecond = memoryBandwidth()
print(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, one thread, medians`)
print(`memory: ${(bytesPerSecond / 1e9).toFixed(1)} GB/s read by one thread`)

const top20Ms: Record<string, number> = {}
const foldInMs: Record<string, number> = {}
for (const dimensions of [64, 128]) {
  for (const items of [10_000, 100_000, 1_000_000]) {
    const factors = randomFactors(items, dimensions)
    const vector = Float32Array.from({ length: dimensions }, () => normal(random))
    const milliseconds = medianMs(() => topItems(factors, vector, 20))
    const floorMs = (items * dimensions * 4 * 1000) / bytesPerSecond
    const name = `${items}x${dimensions}`
    top20Ms[name] = rounded(milliseconds)
    print(`score ${name} and keep 20: ${rounded(milliseconds)} ms; reading it once: ${rounded(floorMs)} ms`)
    if (items !== 10_000) continue
    for (const count of [10, 100, 1000]) {
      const index = Int32Array.from({ length: count }, () => Math.floor(random() * items))
      const interactions = { index, confidence: new Float32Array(count).fill(1) }
      foldInMs[`${count}x${dimensions}`] = rounded(medianMs(() => foldIn(factors, interactions)))
    }
  }
}
for (const [name, milliseconds] of Object.entries(foldInMs)) print(`fold in ${name}: ${milliseconds} ms`)
print(JSON.stringify({ bench: "kernel", top20Ms, foldInMs }))
