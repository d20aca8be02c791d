import { setTimeout as sleep } from "node:timers/promises"
import { type Command, Option } from "commander"
import { z } from "zod"
import { changePlan } from "../actions/plans/change-plan.ts"
import { createPlan } from "../actions/plans/create-plan.ts"
import { makePlan, type PlanProgress } from "../actions/plans/make-plan.ts"
import { readPlan } from "../actions/plans/read-plans.ts"
import { commandActor } from "../core/access/actor.ts"
import type { PlanMonitoring, PlanReply, PlanSummary } from "../core/plan/plan-schema.ts"
import { autonomyLevels } from "../core/policy/autonomy-levels.ts"
import { type PlanDraft, planRequestSchema } from "../core/policy/plan-request.ts"
import { pointedErrors } from "../core/problem/field-errors.ts"
import { ApiError } from "../core/problem/problem.ts"
import type { Services } from "../services.ts"
import { idListedBy, parsePositive } from "./parse-argument.ts"
import type { Progress } from "./progress.ts"
import { readJsonFile } from "./read-json-file.ts"

export interface PlanFlags {
  name?: string
  autonomyLevel?: string
  money?: number
  volume?: number
  promise?: number
  minKeepProbability?: number
  audience?: string
  freeReturn: boolean
  gifts: boolean
  pilot: boolean
  dryRun: boolean
  approve: boolean
  show?: string
  report: string
}

/** The `plan` command's words and flags. */
export const describePlanCommand = (command: Command): Command =>
  command
    .description("plan sends within budgets and a promise; writes a report with plots")
    .argument("[file]", "plan as JSON, the body of POST /v1/plans; flags override it")
    .option("--name <name>", "name of the plan")
    .addOption(
      new Option("--autonomy-level <level>", "most that happens unasked (default: parcel)").choices(autonomyLevels),
    )
    .option("--money <amount>", "most money at risk", parsePositive)
    .option("--volume <n>", "most sends", parsePositive)
    .option("--promise <share>", "share of sends that must be kept (default: 0.7)", parsePositive)
    .option("--min-keep-probability <share>", "least keep probability of any one send (default: 0.55)", parsePositive)
    .option("--audience <rule>", 'rule that picks customers, such as "customer.orders > 3.0"')
    .option("--free-return", "returns are free; otherwise no goods leave", false)
    .option("--gifts", "customers who neither opted in nor out may get a gift", false)
    .option("--pilot", "small first plan, before any certificate", false)
    .option("--dry-run", "summarise only, propose nothing", false)
    .option("--approve", "approve and start at once; the running service carries it out", false)
    .option("--show <id>", "show a plan with its monitoring instead", idListedBy("GET /v1/plans"))
    .option("--report <folder>", "folder of the report page", "reports")
    .addHelpText(
      "after",
      "\nNothing leaves before a plan is approved: with --approve, or POST /v1/plans/{id}/approve and then /start.\n\n" +
        "Examples:\n  $ beforehand plan --money 5000 --volume 500 --free-return --dry-run\n" +
        "  $ beforehand plan autumn.json\n  $ beforehand plan --show 0198c0de-…",
    )

/** Returns the plan request of a file and flags; throws an `ApiError` that points at each fault. */
export async function planRequestOf(file: string | undefined, flags: PlanFlags): Promise<PlanDraft> {
  const written = file === undefined ? {} : await readPlanFile(file)
  const {
    name,
    autonomyLevel,
    money,
    volume,
    promise,
    minKeepProbability,
    audience,
    freeReturn,
    gifts,
    pilot,
    dryRun,
  } = flags
  const given = Object.entries({ autonomyLevel, promise, minKeepProbability, audience }).filter(
    ([, value]) => value !== undefined,
  )
  const budgets = Object.entries({ money, volume }).filter(([, value]) => value !== undefined)
  const asked = {
    name: name ?? `${autonomyLevel ?? "parcel"} plan`,
    ...written,
    ...(name !== undefined && { name }),
    ...Object.fromEntries(given),
    budgets: { ...(written.budgets as object), ...Object.fromEntries(budgets) } as Partial<
      Record<"money" | "volume", unknown>
    >,
    ...(freeReturn && { freeReturn }),
    ...(gifts && { gifts: "allowed" }),
    ...(pilot && { pilot }),
    ...(dryRun && { dryRun }),
  }
  const parsed = planRequestSchema.safeParse(asked)
  if (parsed.success) return parsed.data
  const missing = (["money", "volume"] as const).filter((budget) => asked.budgets[budget] === undefined)
  if (missing.length > 0) {
    const flags = missing.map((budget) => `--${budget}`).join(" and ")
    throw new ApiError(
      "invalidRequest",
      `give ${flags}: a plan needs both budgets, the most money at risk and the most sends`,
    )
  }
  const faults = pointedErrors(parsed.error.issues, "").map(({ pointer, message }) => `${pointer} ${message}`)
  throw new ApiError("invalidRequest", `correct ${file ?? "the flags"}: ${faults.join("; ")}`)
}

async function readPlanFile(file: string): Promise<Record<string, unknown>> {
  const written = z.record(z.string(), z.unknown()).safeParse(await readJsonFile(file))
  if (!written.success) throw new ApiError("invalidRequest", `correct ${file}: it must hold one JSON object, a plan`)
  return written.data
}

const waitMs = 1000

/** Makes a plan with progress and, if asked, approves and starts it; a running service may make it first. */
export async function runPlan(
  services: Services,
  request: PlanDraft,
  { approve }: Pick<PlanFlags, "approve">,
  progress: Progress,
): Promise<PlanReply> {
  const actor = commandActor("plan")
  const plan = await createPlan(services, request, actor)
  const onProgress = (at: PlanProgress) => progress.update(progressText(at))
  let made = (await makePlan(services, plan, { actor, onProgress })) ?? (await services.store.plans.read(plan.id))!
  while (made.status === "planning") {
    await sleep(waitMs)
    made = (await services.store.plans.read(plan.id))!
  }
  if (!approve) return readPlan(services, made.id)
  await changePlan(services, plan.id, "approve", { actor })
  return changePlan(services, plan.id, "start", { actor })
}

export const showPlan = (services: Services, id: string): Promise<PlanReply> => readPlan(services, id)

const count = (value: number) => value.toLocaleString("en-US")

const progressText = ({ step, done, of }: PlanProgress): string =>
  ({
    weighing: `${count(done)} customers weighed`,
    choosing: `choosing, pass ${done} of at most ${of}`,
    proposing: `${count(done)} of ${count(of ?? 0)} sends proposed`,
  })[step]

/** Returns a plan as text for a terminal. */
export function planTable({ id, name, status, reason, summary, monitoring, request }: PlanReply): string {
  return [
    `${name}: ${status}${reason === null ? "" : `, ${reason}`}`,
    ...(summary?.verdict === undefined ? [] : [summary.verdict]),
    ...(summary === null ? [] : summaryLines(summary, request.currency)),
    ...(monitoring === null ? [] : monitoringLines(monitoring)),
    `plan ${id}`,
  ].join("\n")
}

const row = (first: string, ...cells: string[]) =>
  `  ${first.padEnd(16)}${cells.map((cell) => cell.padStart(16)).join("")}`
const share = (value: number | null) => (value === null ? "–" : `${(value * 100).toFixed(1)} %`)

function summaryLines(summary: PlanSummary, currency: string): string[] {
  const { customers, eligible, candidates, chosen, holdout, dualPrices, exclusions, notes, seconds } = summary
  return [
    `${count(customers)} customers in ${seconds.toFixed(1)} s: ${count(eligible)} eligible, ${count(candidates)} candidates`,
    row("excluded by", "customers", "their items"),
    ...exclusions.map((one) => row(one.reason, count(one.customers), count(one.candidates))),
    row("chosen", count(chosen.customers), count(chosen.sends)),
    row("holdout", count(holdout.customers), count(holdout.sends)),
    `expected to be kept: ${share(chosen.expectedKeptShare)}; expected value ${chosen.expectedValue.toFixed(2)} ${currency}, ${chosen.moneyAtRisk.toFixed(2)} at risk`,
    `one more ${currency} of budget is worth ${dualPrices.money.toFixed(4)}, one more send ${dualPrices.volume.toFixed(4)}`,
    ...itemLines(summary.items),
    ...notes,
  ]
}

const shownItems = 5

function itemLines(items: PlanSummary["items"]): string[] {
  if (items === undefined || items.most.length === 0) return []
  return [
    row("items", "sends", "share", "buy anyway"),
    ...items.most
      .slice(0, shownItems)
      .map((one) => row(one.itemId, count(one.sends), share(one.share), share(one.meanOrganicProbability))),
  ]
}

function monitoringLines({ plan, segments }: PlanMonitoring): string[] {
  const lines = [{ segment: "all", ...plan }, ...segments].map(
    ({ segment, sends, expectedKeptShare, keptShare, lowerBound, halted }) =>
      row(segment, count(sends), share(expectedKeptShare), share(keptShare), share(lowerBound), halted ? "halted" : ""),
  )
  return [row("segment", "ended", "expected", "kept", "lower bound", ""), ...lines]
}
