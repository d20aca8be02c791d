import { AsyncLocalStorage } from "node:async_hooks"
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import { setGlobalErrorHandler, W3CTraceContextPropagator } from "@opentelemetry/core"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources"
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base"
import type { Logger } from "pino"
import type { SpanDescription, SpanOutcome, Tracing } from "../core/problem/tracing.ts"
import { version } from "../version.ts"

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT } satisfies Record<SpanDescription["kind"], SpanKind>
/** Time between two lines of the log on exports that fail, milliseconds. */
const quietMs = 60_000

const headersOf = {
  get: (headers: Readonly<Record<string, string | undefined>>, name: string) => headers[name],
  keys: (headers: object) => Object.keys(headers),
}
const intoHeaders = {
  set(headers: Record<string, string>, name: string, value: string) {
    headers[name] = value
  },
}

/** Ends a span as its work ended. An error is named by its class and code: its message may quote what somebody sent. */
function endSpan(span: Span, { name, attributes = {}, isFailure = false }: SpanOutcome): void {
  if (name !== undefined) span.updateName(name)
  span.setAttributes({ ...attributes })
  if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

function failureOf(error: unknown): SpanOutcome {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return { isFailure: true, attributes: { "error.type": String(code ?? name ?? typeof error) } }
}

/** Sends spans to a collector by OTLP over HTTP, in JSON; `stop` sends what is left. Other `OTEL_` variables are read by OpenTelemetry. */
export function startTracing(endpoint: string, log: Pick<Logger, "warn">): { tracing: Tracing; stop(): Promise<void> } {
  let saidAt = Number.NEGATIVE_INFINITY
  setGlobalErrorHandler((error) => {
    if (performance.now() - saidAt < quietMs) return
    saidAt = performance.now()
    log.warn({ err: error }, "failed to export traces; look at the collector of OTEL_EXPORTER_OTLP_ENDPOINT")
  })
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` })
  const own = resourceFromAttributes({ "service.name": "beforehand", "service.version": version })
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer("beforehand", version)
  const propagator = new W3CTraceContextPropagator()
  const underWay = new AsyncLocalStorage<Context>()

  const start = ({ name, kind, attributes }: SpanDescription, parent: Context) =>
    tracer.startSpan(name, { kind: kinds[kind], attributes }, parent)

  const tracing: Tracing = {
    async inTrace(about, headers, work) {
      const span = start(about, propagator.extract(ROOT_CONTEXT, headers, headersOf))
      let outcome: SpanOutcome = {}
      try {
        return await underWay.run(trace.setSpan(ROOT_CONTEXT, span), () =>
          work((end) => {
            outcome = end
          }),
        )
      } catch (error) {
        outcome = failureOf(error)
        throw error
      } finally {
        endSpan(span, outcome)
      }
    },
    follow(about, call) {
      const parent = underWay.getStore()
      if (parent === undefined) return call
      const span = start(about, parent)
      call.then(
        () => endSpan(span, {}),
        (error: unknown) => endSpan(span, failureOf(error)),
      )
      return call
    },
    headers() {
      const headers: Record<string, string> = {}
      const context = underWay.getStore()
      if (context !== undefined) propagator.inject(context, headers, intoHeaders)
      return headers
    },
  }
  return { tracing, stop: () => provider.shutdown() }
}
