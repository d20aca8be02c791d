import { linesOf } from "../answers/report.ts"
import type { FaultFigures } from "./run-fault.ts"

/** Figures of a run; `null`: not measured, or an end that never came. */
export interface SickFigures {
  questions5xx: number | null
  lost: number | null
  doubled: number | null
  recoverSeconds: number | null
  silentSeconds: number | null
  drainLost: number | null
  scrapeComplete: number | null
  alertsRight: number | null
  rollover: number | null
  faults: Readonly<Record<string, FaultFigures>>
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 1000)

const roundAll = <T extends object>(figures: T): T =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, typeof value === "number" ? rounded(value) : value]),
  ) as T

/** Returns the line that other programs read. */
export const jsonLine = ({ faults, ...figures }: SickFigures): string =>
  JSON.stringify({
    bench: "sick",
    ...roundAll(figures),
    faults: Object.fromEntries(Object.entries(faults).map(([name, figures]) => [name, roundAll(figures)])),
  })

const shown = (value: number | null | undefined): string =>
  value === undefined ? "-" : value === null ? "never" : String(rounded(value))

/** Returns a table of the faults. */
export const tableOf = (faults: SickFigures["faults"]): string[] =>
  linesOf([
    ["fault", "questions5xx", "recoverSeconds", "silentSeconds", "lost"],
    ...Object.entries(faults).map(([name, { questions5xx, recoverSeconds, silentSeconds, lost }]) => [
      name,
      shown(questions5xx),
      shown(recoverSeconds),
      shown(silentSeconds),
      shown(lost),
    ]),
  ])
