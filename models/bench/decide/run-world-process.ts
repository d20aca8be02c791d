import { runWorld, type WorldTask } from "./run-world.ts"

/** Runs one world in a process of its own: the task is the argument, what was found is printed, how far it is said beside. */
const say = (line: string) => void process.stderr.write(`${line}\n`)
const found = await runWorld(JSON.parse(process.argv[2]!) as WorldTask, say)
process.stdout.write(JSON.stringify(found))
