import { setTimeout as sleep } from "node:timers/promises"
import type { Fault, FaultyWorld } from "./faults/fault.ts"
import { type FaultPeriod, outcomesOf, recoverSeconds, silentSeconds, unansweredShare, worst } from "./judge.ts"
import type { Answer, Load } from "./start-load.ts"
import { type Seen, watch } from "./watch.ts"

/** Figures of one kind of fault, the worst of its rounds. */
export interface FaultFigures {
  questions5xx: number
  /** `null`: not before the next fault. */
  recoverSeconds: number | null
  /** `null`: one way of telling never told. Absent for faults that concern few. */
  silentSeconds?: number | null
  /** Acknowledged events and decisions of these periods that are not stored. */
  lost: number
}

interface JudgedRun {
  name: string
  /** Time when making the fault began; it is there from its period's start on. */
  beganAt: number
  period: FaultPeriod
  /** Time from which the next fault may begin. */
  until: number
  figures: Omit<FaultFigures, "lost">
}

export interface FaultRun extends JudgedRun {
  /** Events sent and acknowledged while the fault was there and nothing was done about it. */
  acknowledgedEvents: number
  /** Told by each replica. */
  seen: readonly Seen[]
}

interface Conditions {
  world: FaultyWorld
  load: Load
  seconds: number
  say: (line: string) => void
}

const recoverWithinMs = 30_000
const lookEveryMs = 250

/** Makes one fault, watches what the replicas tell meanwhile, heals it and waits until the answers are normal again. */
export async function runFault(
  { name, degrades, begin, restore }: Fault,
  round: number,
  { world, load, seconds, say }: Conditions,
): Promise<FaultRun> {
  const watches = await Promise.all(world.replicas.map(watch))
  const beganAt = Date.now()
  const heal = await begin(world, round)
  const from = Date.now()
  await sleep(seconds * 1000)
  const healedFrom = Date.now()
  await heal()
  const period = { from, to: Date.now() }
  const seen = await Promise.all(watches.map((each) => each.stop()))
  const giveUpAt = period.to + recoverWithinMs
  const recovered = () => recoverSeconds(load.answers, period, load.answeredUntil())
  while (recovered() === null && Date.now() < giveUpAt) await sleep(lookEveryMs)
  const figures = {
    questions5xx: unansweredShare(load.answers, period),
    recoverSeconds: recovered(),
    ...(degrades && { silentSeconds: worst(seen.map((told) => silentSeconds(told, period))) }),
  }
  say(`${name}, round ${round + 1}: ${describe(figures)}`)
  for (const [verb, counts] of Object.entries(outcomesOf(load.answers, period)))
    say(
      `  ${verb}: ${Object.entries(counts)
        .map(([outcome, count]) => `${outcome} ${count}`)
        .join(", ")}`,
    )
  for (const line of describeRecovery(load.answers, period)) say(`  ${line}`)
  for (const [n, told] of seen.entries()) say(`  replica ${n + 1} told: ${describeSeen(told, from)}`)
  const acknowledgedEvents = load.answers.filter(
    ({ verb, attempt, status, sentAt, ms }) =>
      verb === "track" && attempt === 1 && status === 200 && sentAt >= from && sentAt + ms < healedFrom,
  ).length
  await restore?.(world)
  return { name, beganAt, period, until: Date.now(), figures, seen, acknowledgedEvents }
}

/** Says, for each second after a fault's end until all is normal, how many answers were what. */
function describeRecovery(answers: readonly Answer[], { to }: FaultPeriod): string[] {
  const lines: string[] = []
  for (let second = 0; second < recoverWithinMs / 1000; second++) {
    const from = to + 1000 * second
    const counts = outcomesOf(answers, { from, to: from + 1000 })
    const isNormal = Object.values(counts).every((byOutcome) => Object.keys(byOutcome).every((key) => key === "normal"))
    if (!isNormal) lines.push(`${second} to ${second + 1} s after its end: ${JSON.stringify(counts)}`)
  }
  return lines
}

const describe = (figures: FaultRun["figures"]) =>
  Object.entries(figures)
    .map(([key, value]) => `${key} ${value === null ? "never" : Math.round(value * 1000) / 1000}`)
    .join(", ")

function describeSeen({ health, log, metric, said, warned, moved }: Seen, from: number): string {
  const after = (at: number | null) => (at === null ? "never" : `${((at - from) / 1000).toFixed(1)} s`)
  return [
    `health after ${after(health)} (${said.join("; ")})`,
    `log after ${after(log)} (${warned.join("; ")})`,
    `metric after ${after(metric)} (${[...new Set(moved.map((series) => series.replace(/\{.*/, "")))].join(", ")})`,
  ].join(", ")
}

/** Returns the worst of the rounds of each kind, with what was lost of its periods. */
export function figuresByFault(runs: readonly JudgedRun[], lostAt: readonly number[]): Record<string, FaultFigures> {
  const names = [...new Set(runs.map(({ name }) => name))]
  return Object.fromEntries(
    names.map((name) => [
      name,
      worstOf(
        runs.filter((run) => run.name === name),
        lostAt,
      ),
    ]),
  )
}

function worstOf(rounds: readonly JudgedRun[], lostAt: readonly number[]): FaultFigures {
  const figures = rounds.map((round) => round.figures)
  const silences = figures.flatMap(({ silentSeconds: silence }) => (silence === undefined ? [] : [silence]))
  return {
    questions5xx: Math.max(...figures.map(({ questions5xx }) => questions5xx)),
    recoverSeconds: worst(figures.map(({ recoverSeconds: seconds }) => seconds)),
    ...(silences.length > 0 && { silentSeconds: worst(silences) }),
    lost: lostAt.filter((at) => rounds.some(({ beganAt, until }) => at >= beganAt && at < until)).length,
  }
}
