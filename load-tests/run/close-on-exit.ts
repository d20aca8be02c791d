/** What a run began and must end, whether it finishes or is told to stop; the latest first. */
export function closeOnExit() {
  const closing: (() => unknown)[] = []
  const close = async () => {
    for (const stop of closing.splice(0).reverse()) await stop()
  }
  const onSignal = (signal: NodeJS.Signals) => void close().finally(() => process.exit(signal === "SIGINT" ? 130 : 143))
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal)
  return { closing, close }
}
