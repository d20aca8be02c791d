/**
 * Collects what a run began and must end, whether it finishes or is told to stop; the latest first. One that does not end is said and
 * keeps none of the others.
 */
export function closeOnExit() {
  const closing: (() => unknown)[] = []
  let closed = Promise.resolve()
  const closeAll = async () => {
    for (let stop = closing.pop(); stop !== undefined; stop = closing.pop()) {
      try {
        await stop()
      } catch (error) {
        console.error(error)
      }
    }
  }
  const close = () => {
    closed = closed.then(closeAll)
    return closed
  }
  const onSignal = (signal: NodeJS.Signals) => void close().finally(() => process.exit(signal === "SIGINT" ? 130 : 143))
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal)
  return { closing, close }
}
