import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { peerPython, runPeer, withoutPeer } from "./peers.ts"
import { compileFit } from "./train/compile.ts"
import { type BenchData, readGowalla, syntheticData, writeMatrix } from "./train/data.ts"
import { factorsOf, foldedIn, heldOutNdcg, rowOf } from "./train/quality.ts"

interface Fit {
  seconds: number
  memoryMB: number
}

/** Weights in units of both libraries: of unobserved pairs, and of an average customer's regularisation. */
interface Weights {
  unobserved: number
  regularization: number
}

const { values: flags } = parseArgs({
  options: { data: { type: "string", default: "../shared/data" }, python: { type: "string" } },
})
const sweeps = 8
const rounds = 3
const [searchedCustomers, evaluatedCustomers] = [2000, 5000]
const searched: Weights[] = [0.01, 0.03, 0.1].flatMap((unobserved) =>
  [1, 3].map((regularization) => ({ unobserved, regularization })),
)
const print = (line: string) => process.stdout.write(`${line}\n`)
const folder = mkdtempSync(join(tmpdir(), "bench-train-"))
const matrix = join(folder, "matrix")

const floats = (path: string): Float32Array => {
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}

/** λ at ν = 1 that gives an average customer the wanted regularisation. */
function ourRegularization({ train, items }: BenchData, { unobserved, regularization }: Weights): number {
  const mean = train.reduce((sum, row) => sum + row.length, 0) / train.length
  return regularization / (mean + unobserved * items)
}

function fitOurs(program: string, data: BenchData, dimensions: number, weights: Weights): Fit {
  const loss = [weights.unobserved, ourRegularization(data, weights)]
  const args = [program, matrix, data.items, dimensions, sweeps, ...loss].map(String)
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Fit
}

function ndcgOurs(data: BenchData, dimensions: number, weights: Weights, limit: number): number {
  const loss = [weights.unobserved, ourRegularization(data, weights)] as const
  return heldOutNdcg(data, factorsOf(floats(`${matrix}.ours`), dimensions, ...loss), foldedIn, limit)
}

const fitTheirs = (python: string, data: BenchData, dimensions: number, weights: Weights, solver: string): Fit =>
  runPeer(python, "implicit_als.py", [
    matrix,
    data.items,
    dimensions,
    sweeps,
    1 / weights.unobserved,
    weights.regularization / weights.unobserved,
    solver,
  ])

function ndcgTheirs(data: BenchData, dimensions: number, limit: number): number {
  const factors = factorsOf(floats(`${matrix}.items`), dimensions, 0.01, 0.01)
  return heldOutNdcg(data, factors, rowOf(floats(`${matrix}.customers`)), limit)
}

/** The same small search for either side: every pair of weights, by NDCG@20 of what is held out. */
function search(quality: (weights: Weights) => number): Weights {
  const tried = searched.map((weights) => ({ weights, ndcg: quality(weights) }))
  return tried.reduce((best, trial) => (trial.ndcg > best.ndcg ? trial : best)).weights
}

/** The fastest of several equal runs, because other work on a machine only ever adds; the memory is the largest. */
const fastest = (fits: readonly Fit[]): Fit => ({
  seconds: Math.min(...fits.map(({ seconds }) => seconds)),
  memoryMB: Math.max(...fits.map(({ memoryMB }) => memoryMB)),
})

const described = ({ seconds, memoryMB }: Fit, ndcg: number) =>
  `${seconds.toFixed(2)} s, ${memoryMB.toFixed(0)} MB, NDCG@20 ${ndcg.toFixed(4)}`

function compare(python: string, program: string, data: BenchData) {
  writeMatrix(matrix, data.train)
  const entries = data.train.reduce((sum, row) => sum + row.length, 0)
  print(`${data.name}: ${entries} interactions, ${data.train.length} customers, ${data.items} items, ${sweeps} sweeps`)
  return [64, 128].map((factors) => {
    const ours = search((weights) => {
      fitOurs(program, data, factors, weights)
      return ndcgOurs(data, factors, weights, searchedCustomers)
    })
    const theirs = search((weights) => {
      fitTheirs(python, data, factors, weights, "conjugate")
      return ndcgTheirs(data, factors, searchedCustomers)
    })
    print(`  ${factors} factors, chosen: ours ${JSON.stringify(ours)}, implicit's ${JSON.stringify(theirs)}`)
    const taken = Array.from({ length: rounds }, () => ({
      own: fitOurs(program, data, factors, ours),
      conjugate: fitTheirs(python, data, factors, theirs, "conjugate"),
    }))
    const own = fastest(taken.map((round) => round.own))
    const conjugate = fastest(taken.map((round) => round.conjugate))
    const ndcg = ndcgOurs(data, factors, ours, evaluatedCustomers)
    const conjugateNdcg = ndcgTheirs(data, factors, evaluatedCustomers)
    const direct = fitTheirs(python, data, factors, theirs, "direct")
    const directNdcg = ndcgTheirs(data, factors, evaluatedCustomers)
    print(`  ${factors} factors, ours: ${described(own, ndcg)}`)
    print(`  ${factors} factors, implicit, conjugate gradient: ${described(conjugate, conjugateNdcg)}`)
    print(`  ${factors} factors, implicit, use_cg=False: ${described(direct, directNdcg)}`)
    return {
      data: data.name,
      factors,
      ratioSeconds: rounded(own.seconds / Math.min(conjugate.seconds, direct.seconds)),
      ratioMemory: rounded(own.memoryMB / Math.min(conjugate.memoryMB, direct.memoryMB)),
      ndcgOurs: rounded(ndcg),
      ndcgTheirs: rounded(Math.max(conjugateNdcg, directNdcg)),
    }
  })
}

function growth(program: string, interactions: number) {
  const data = syntheticData(interactions, 2)
  writeMatrix(matrix, data.train)
  const { seconds, memoryMB } = fitOurs(program, data, 64, { unobserved: 0.01, regularization: 1 })
  print(`growth: ${interactions} interactions, 64 factors: ${seconds.toFixed(2)} s, ${memoryMB.toFixed(0)} MB`)
  return { interactions, seconds: rounded(seconds), memoryMB: Math.round(memoryMB) }
}

const rounded = (value: number) => Number(value.toPrecision(3))

try {
  const python = peerPython(["implicit"], folder, flags.python)
  print(`${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}, two threads each`)
  print(`seconds of the fit alone, the fastest of ${rounds} turns (use_cg=False: one)`)
  print("memory: the peak of the whole process above what importing the library takes")
  const program = compileFit(folder)
  if (python) {
    const sets = [readGowalla(flags.data), syntheticData(5_000_000, 1)]
    const runs = sets.flatMap((data) => compare(python, program, data))
    const grown = [1, 2, 4, 8].map((millions) => growth(program, millions * 1e6))
    print(JSON.stringify({ bench: "train", runs, growth: grown }))
  } else {
    withoutPeer(["implicit"])
  }
} finally {
  rmSync(folder, { recursive: true })
}
