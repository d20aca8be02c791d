import { runWorld, type WorldTask } from "./run-world.ts"

/** Runs one world in a process of its own: the task is the argument, what was found is printed. */
const found = await runWorld(JSON.parse(process.argv[2]!) as WorldTask)
process.stdout.write(JSON.stringify(found))
