/** The stages of a training in their order, each with its share of a budget while nothing better is known. */
const shares = {
  search: 0.29,
  lists: 0.13,
  rankers: 0.1,
  refitRankers: 0.06,
  fit: 0.07,
  evaluate: 0.08,
  refit: 0.07,
  propensity: 0.04,
  rebuy: 0.11,
  keep: 0.04,
  save: 0.01,
} as const

export type Stage = keyof typeof shares
const stages = Object.keys(shares) as Stage[]

/** Says that work was stopped because its stage was over. */
export class OutOfTime extends Error {
  constructor(stage: Stage) {
    super(`no time was left for ${stage}`)
    this.name = "OutOfTime"
  }
}

/** The time that the stages of a training share: time that one leaves goes to the next ones, and none takes time reserved for later ones. */
export interface Budget {
  /** Milliseconds since the epoch. */
  now(): number
  /** Returns when a stage must be over, in milliseconds since the epoch; Infinity without a budget. */
  until(stage: Stage): number
  /** Says if work of `ms` milliseconds ends before its stage must be over. */
  hasTime(stage: Stage, ms?: number): boolean
  /** Returns a check to call between two units of work; it throws `OutOfTime` once the stage is over. */
  checkTime(stage: Stage): () => void
  /** Reserves `ms` milliseconds for a later stage, as measured so far. */
  reserve(stage: Stage, ms: number): void
  /** Gives every stage its share of the time left, once the events are read. */
  allocate(): void
}

export interface BudgetTerms {
  /** Without it time is unlimited. */
  seconds?: number | undefined
  /** The last stage that belongs to it. */
  last?: Stage
  /** Stages that are done even when the time is over; they still have their share of it. */
  necessary?: readonly Stage[] | undefined
  /** Reads the time in milliseconds; by default the system's. */
  now?: (() => number) | undefined
}

/** Creates a budget that begins now. */
export function createBudget({ seconds, last = "save", necessary = [], now = Date.now }: BudgetTerms): Budget {
  const own = stages.slice(0, stages.indexOf(last) + 1)
  const total = own.reduce((sum, stage) => sum + shares[stage], 0)
  const sharesOf = (ms: number) => own.map((stage) => [stage, (ms * shares[stage]) / total] as const)
  const needed = new Map(sharesOf((seconds ?? 0) * 1000))
  const endsAt = seconds === undefined ? Number.POSITIVE_INFINITY : now() + seconds * 1000
  const until = (stage: Stage) =>
    own.slice(own.indexOf(stage) + 1).reduce((end, later) => end - needed.get(later)!, endsAt)
  const hasTime = (stage: Stage, ms = 0) =>
    endsAt === Number.POSITIVE_INFINITY || necessary.includes(stage) || now() + ms < until(stage)
  return {
    now,
    until,
    hasTime,
    checkTime: (stage) => () => {
      if (!hasTime(stage)) throw new OutOfTime(stage)
    },
    reserve: (stage, ms) => {
      if (needed.has(stage) && seconds !== undefined) needed.set(stage, ms)
    },
    allocate: () => {
      if (seconds === undefined) return
      for (const [stage, ms] of sharesOf(Math.max(0, endsAt - now()))) needed.set(stage, ms)
    },
  }
}
