import type { Command } from "commander"
import { putPolicy } from "../actions/policies/put-policy.ts"
import { promoteRelease } from "../actions/releases/promote-release.ts"
import { commandActor } from "../core/access/actor.ts"
import type { Estimate } from "../core/measure/estimate.ts"
import type { PolicyEvaluation } from "../core/measure/evaluate-policy.ts"
import { type PolicyDraft, policyDraftSchema } from "../core/policy/policy.ts"
import { pointedErrors } from "../core/problem/field-errors.ts"
import { ApiError } from "../core/problem/problem.ts"
import type { Services } from "../services.ts"
import { idListedBy, parseAmount, parseCount } from "./parse-argument.ts"
import { readJsonFile } from "./read-json-file.ts"

export interface EvaluatePolicyFlags {
  placement: string
  days: number
  report: string
  release?: string
  apply: boolean
  above: number
}

/** The `evaluate-policy` command's words and flags. */
export const describeEvaluatePolicy = (command: Command): Command =>
  command
    .description("replay a candidate policy over logged decisions: what it would have brought, and who gains")
    .argument("<file>", "the policy as JSON, as PUT /v1/policies takes it")
    .option("--placement <name>", "whose decisions are replayed", "default")
    .option("--days <n>", "how far to look back", parseCount, 90)
    .option("--release <id>", "let the candidate use this release's propensities", idListedBy("beforehand releases"))
    .option("--report <folder>", "where the page goes", "reports")
    .option("--apply", "put the policy in force, and promote the release, if the gain is surely high enough", false)
    .option("--above <money>", "what the lower bound of the gain per decision must exceed for --apply", parseAmount, 0)
    .addHelpText(
      "after",
      "\nWithout enough support in the log there is no verdict, and --apply does nothing.\n\nExample:\n  $ beforehand evaluate-policy policy.json --placement home-hero --apply",
    )

/** Reads and checks a policy file; an `ApiError` points at each fault. */
export async function readPolicyFile(file: string): Promise<PolicyDraft> {
  const parsed = policyDraftSchema.safeParse(await readJsonFile(file))
  if (parsed.success) return parsed.data
  const faults = pointedErrors(parsed.error.issues, "").map(({ pointer, message }) => `${pointer} ${message}`)
  throw new ApiError("invalidRequest", `correct ${file}: ${faults.join("; ")}`)
}

/** Puts a candidate in force whose gain surely exceeds what was asked; throws `belowBaseline` for one that is not shown to. */
export async function applyCandidate(
  services: Services,
  policy: PolicyDraft,
  { gain, verdict, refusals }: PolicyEvaluation,
  { placement, above, release }: EvaluatePolicyFlags,
): Promise<string> {
  if (verdict === "refused")
    throw new ApiError("belowBaseline", `not applied, the log cannot tell: ${refusals.join("; ")}`)
  if (!(gain.low > above)) {
    throw new ApiError("belowBaseline", `not applied: the lower bound ${gain.low.toFixed(4)} is not above ${above}`)
  }
  const actor = commandActor("evaluate-policy")
  const { version } = await putPolicy(services, placement, policy, {}, actor)
  if (release === undefined) return `in force as ${version}`
  await promoteRelease(services, release, { force: false, actor })
  return `in force as ${version}, with release ${release}`
}

/** An evaluation as a table for a terminal. */
export function evaluationTable({ logged, candidate, gain, overlap, verdict, refusals }: PolicyEvaluation): string {
  const rows: [string, Estimate][] = [
    ["logging policy", logged],
    ["doubly robust", candidate.doublyRobust],
    ["self-normalised IPS", candidate.snips],
    ["IPS", candidate.ips],
    ["direct method", candidate.directMethod],
    ["gain", gain],
  ]
  const row = ([name, { value, low, high }]: [string, Estimate]) =>
    [`  ${name.padEnd(22)}`, ...[value, low, high].map((cell) => cell.toFixed(4).padStart(10))].join("")
  return [
    `  ${"per decision".padEnd(22)}${["estimate", "95 % from", "to"].map((name) => name.padStart(10)).join("")}`,
    ...rows.map(row),
    `  ${overlap.decisions} decisions of ${overlap.customers} customers tell as much as ${Math.floor(overlap.effectiveSampleSize)} of the candidate's own`,
    `  verdict: ${verdict}${refusals.map((reason) => `\n    ${reason}`).join("")}`,
  ].join("\n")
}
