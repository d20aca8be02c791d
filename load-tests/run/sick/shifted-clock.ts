import { readFileSync } from "node:fs"

/** Loaded into a process before its own code: on SIGUSR2 its clock is set off by the milliseconds that a file states. */
const file = process.env.CLOCK_FILE!
const realNow = Date.now.bind(Date)
let offsetMs = 0

Date.now = () => realNow() + offsetMs
globalThis.Date = new Proxy(Date, {
  construct: (target, given, asked) => Reflect.construct(target, given.length === 0 ? [target.now()] : given, asked),
})
process.on("SIGUSR2", () => {
  offsetMs = Number(readFileSync(file, "utf8"))
})
