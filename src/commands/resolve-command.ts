import { type Command, InvalidArgumentError } from "commander"
import type { ResolutionSummary } from "../core/identity/resolution.ts"
import type { CandidateRecords } from "../store/identity/resolutions.ts"
import { parseCount } from "./parse-argument.ts"

export interface ResolveFlags {
  dryRun: boolean
  posterior: number
  show: number
  /** In hours. */
  schedule?: number
}

/** The `resolve` command's words and flags. */
export const describeResolve = (command: Command): Command =>
  command
    .description("find which customers are one person, join the sure ones, and put doubtful pairs up for review")
    .option("--dry-run", "say what would join, and change nothing", false)
    .option("--posterior <p>", "least probability of being one person at which customers join", parsePosterior, 0.95)
    .option("--show <n>", "pairs of each kind to show", parseCount, 10)
    .option("--schedule <hours>", "resolve now and then every so many hours", parseCount)
    .addHelpText(
      "after",
      "\nIt learns without labels, from the records that sources told, which values agree by chance. Doubtful pairs are at\n" +
        "GET /v1/identity/candidates; a verdict at POST /v1/identity/links holds in every later run and moves the threshold.\n\n" +
        "Examples:\n  $ beforehand resolve --dry-run\n  $ beforehand resolve --schedule 24",
    )

function parsePosterior(text: string): number {
  const value = Number(text)
  if (value > 0.5 && value < 1) return value
  throw new InvalidArgumentError("give a probability above 0.5 and below 1")
}

const count = (value: number) => value.toLocaleString("en-US")

type ShownPair = Pick<CandidateRecords, "customerA" | "customerB" | "posterior" | "weights">

/** Returns a run as text for a terminal, with the first pairs of each kind; values of persons are not in it. */
export function resolutionText(
  found: ResolutionSummary & { joins: readonly ShownPair[]; doubtful: readonly ShownPair[] },
  { dryRun, show }: Pick<ResolveFlags, "dryRun" | "show">,
): string {
  const { records, customers, joined, waiting, expectedFalseJoins, posterior } = found
  const verb = dryRun ? "would go" : "went"
  return [
    `${count(records)} records of ${count(customers)} customers`,
    `${count(joined)} customers ${verb} into another at a probability of at least ${posterior.toFixed(4)}; expected to be wrong: ${expectedFalseJoins.toFixed(1)}`,
    ...found.joins.slice(0, show).flatMap(pairLines),
    `${count(waiting)} pairs ${dryRun ? "would wait" : "wait"} for review`,
    ...found.doubtful.slice(0, show).flatMap(pairLines),
  ].join("\n")
}

const pairLines = ({ customerA, customerB, posterior, weights }: ShownPair): string[] => [
  `  ${posterior.toFixed(4)}  ${customerA}  ${customerB}`,
  ...weights.map(({ field, bits, words }) => `    ${field.padEnd(16)}${bits.toFixed(1).padStart(7)} bits  ${words}`),
]
