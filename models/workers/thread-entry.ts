import { parentPort, workerData } from "node:worker_threads"
import type { Handler, ThreadTask } from "./thread-task.ts"

/** The start of a thread: the module that exports its `task`, and the input of `setUp`. */
export interface ThreadStart {
  module: string
  start: unknown
}

/** To a thread: the input of a run, numbered. */
export interface ThreadMessage {
  run: number
  input: unknown
}

/** From a thread: a line to report, or the end of a run. */
export type ThreadReply =
  | { kind: "progress"; line: string }
  | { kind: "output"; run: number; output: unknown }
  | { kind: "error"; run: number; error: unknown }

/** The one module that threads start with: sets the task up and answers one run after the other, in their order. */
const { module, start } = workerData as ThreadStart
const reply = (message: ThreadReply) => parentPort!.postMessage(message)

async function setUp(): Promise<Handler<unknown, unknown>> {
  const { task } = (await import(module)) as { task: ThreadTask<unknown, unknown, unknown> }
  return task.setUp(start, (line) => reply({ kind: "progress", line }))
}

const handler = setUp()
/** A task that cannot be set up fails each run that is asked of it. */
handler.catch(() => {})
let before: Promise<unknown> = handler

async function answer({ run, input }: ThreadMessage): Promise<void> {
  try {
    const handle = await handler
    reply({ kind: "output", run, output: await handle(input) })
  } catch (error) {
    reply({ kind: "error", run, error })
  }
}

parentPort!.on("message", (message: ThreadMessage) => {
  before = before.then(
    () => answer(message),
    () => answer(message),
  )
})
