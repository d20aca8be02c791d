/** Facts on a piece of work; none may name a person, an item or a key. */
type SpanAttributes = Readonly<Record<string, string | number>>

export interface SpanDescription {
  name: string
  kind: "server" | "client"
  attributes: SpanAttributes
}

/** Outcome of a piece of work, known as it ends. */
export interface SpanOutcome {
  name?: string
  attributes?: SpanAttributes
  isFailure?: boolean
}

/** Traces requests and what they cause; absent where nobody collects traces. */
export interface Tracing {
  /** Runs work in a span: of the trace that the headers tell (W3C trace context), or of a new one. */
  inTrace<T>(
    about: SpanDescription,
    headers: Readonly<Record<string, string | undefined>>,
    work: (end: (outcome: SpanOutcome) => void) => Promise<T>,
  ): Promise<T>
  /** Makes a call that just began a span of the work under way; without any it is left alone. */
  follow<T>(about: SpanDescription, call: Promise<T>): Promise<T>
  /** Returns the headers by which a receiver joins the trace of the work under way. */
  headers(): Record<string, string>
}
