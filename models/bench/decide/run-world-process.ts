import { runWorld, type WorldTask } from "./run-world.ts"

/** Runs one world in a process of its own: the task is the argument, the result goes to stdout as JSON, progress to stderr. */
const say = (line: string) => void process.stderr.write(`${line}\n`)
const result = await runWorld(JSON.parse(process.argv[2]!) as WorldTask, say)
process.stdout.write(JSON.stringify(result))
