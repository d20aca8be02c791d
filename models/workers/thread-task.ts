/** Answers one input; may be asynchronous. */
export type Handler<Input, Output> = (input: Input) => Output | Promise<Output>

/**
 * A task that a thread does: `setUp` runs once, when the thread starts, and returns the handler of every input. A module exports it as `task`.
 * Everything that crosses is cloned, but for shared memory.
 */
export interface ThreadTask<Start, Input, Output> {
  /** The URL of that module. */
  readonly module: string
  setUp(start: Start, report: (line: string) => void): Handler<Input, Output> | Promise<Handler<Input, Output>>
}
