import { readFileSync, writeFileSync } from "node:fs"
import { fitPreference } from "../../preference/fit.ts"

/** The process's peak resident memory so far. */
const peakMemoryMB = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) / 1024

const importedMB = peakMemoryMB()
const [matrix, items, dimensions, sweeps, unobservedWeight, regularization] = process.argv.slice(2) as [
  string,
  ...string[],
]

function integers(path: string): Int32Array {
  const bytes = readFileSync(path)
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}

const offsets = integers(`${matrix}.offsets`)
const indexes = integers(`${matrix}.indexes`)
const confidence = new Float32Array(indexes.length).fill(1)
const data = { customers: offsets.length - 1, items: Number(items), offsets, indexes, confidence }
const parameters = {
  dimensions: Number(dimensions),
  sweeps: Number(sweeps),
  seed: 1,
  unobservedWeight: Number(unobservedWeight),
  regularization: Number(regularization),
  frequencyExponent: 1,
}
const started = performance.now()
const { itemFactors } = await fitPreference(data, parameters, { threads: 2 })
const seconds = (performance.now() - started) / 1000
const memoryMB = peakMemoryMB() - importedMB
writeFileSync(`${matrix}.ours`, itemFactors)
process.stdout.write(JSON.stringify({ seconds, memoryMB }))
