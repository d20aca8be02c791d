/** What a training does one after the other, and the share of a budget that each may take while nothing better is known. */
const shares = {
  search: 0.29,
  ask: 0.13,
  try: 0.1,
  teach: 0.06,
  fit: 0.07,
  measure: 0.08,
  refit: 0.07,
  propensity: 0.04,
  rebuy: 0.11,
  keep: 0.04,
  save: 0.01,
} as const

export type Stage = keyof typeof shares
const stages = Object.keys(shares) as Stage[]

/** Work was given up because its stage was over. */
export class OutOfTime extends Error {
  constructor(stage: Stage) {
    super(`no time was left for ${stage}`)
    this.name = "OutOfTime"
  }
}

/** The time that all stages of a training share: what one leaves belongs to the next ones, and none takes what later ones will need. */
export interface Budget {
  /** Milliseconds since the epoch. */
  now(): number
  /** When a stage must be over; Infinity without a budget. */
  until(stage: Stage): number
  /** Whether work that takes so many milliseconds can be done before its stage must be over. */
  hasTime(stage: Stage, ms?: number): boolean
  /** Asked between two units of work; throws `OutOfTime` once the stage is over. */
  checkTime(stage: Stage): () => void
  /** Says how long a later stage will take, in milliseconds, as far as what was measured tells. */
  foresee(stage: Stage, ms: number): void
  /** Gives every stage its share of what is left, now that the reading is done. */
  divide(): void
}

export interface BudgetTerms {
  /** Without it there is all the time in the world. */
  seconds?: number | undefined
  /** The last stage that belongs to it. */
  last?: Stage
  /** Reads the time in milliseconds; by default the system's. */
  now?: (() => number) | undefined
}

/** A budget that begins now. */
export function createBudget({ seconds, last = "save", now = Date.now }: BudgetTerms): Budget {
  const own = stages.slice(0, stages.indexOf(last) + 1)
  const total = own.reduce((sum, stage) => sum + shares[stage], 0)
  const sharesOf = (ms: number) => own.map((stage) => [stage, (ms * shares[stage]) / total] as const)
  const needed = new Map(sharesOf((seconds ?? 0) * 1000))
  const endsAt = seconds === undefined ? Number.POSITIVE_INFINITY : now() + seconds * 1000
  const until = (stage: Stage) =>
    own.slice(own.indexOf(stage) + 1).reduce((end, later) => end - needed.get(later)!, endsAt)
  const hasTime = (stage: Stage, ms = 0) => endsAt === Number.POSITIVE_INFINITY || now() + ms < until(stage)
  return {
    now,
    until,
    hasTime,
    checkTime: (stage) => () => {
      if (!hasTime(stage)) throw new OutOfTime(stage)
    },
    foresee: (stage, ms) => {
      if (needed.has(stage) && seconds !== undefined) needed.set(stage, ms)
    },
    divide: () => {
      if (seconds === undefined) return
      for (const [stage, ms] of sharesOf(Math.max(0, endsAt - now()))) needed.set(stage, ms)
    },
  }
}
