import { createRequire } from "node:module"
import type * as TensorFlow from "@tensorflow/tfjs"

export type { TensorFlow }

export interface OpenedTensorFlow {
  tf: typeof TensorFlow
  backend: string
}

/** TensorFlow.js on its native library where that is installed and works with this Node, else on WebAssembly. */
export async function openTensorFlow(): Promise<OpenedTensorFlow> {
  return (await openNative()) ?? (await openWasm())
}

/** Asked for by `require`, because the compiler need not find a package whose native library many machines lack. */
async function openNative(): Promise<OpenedTensorFlow | null> {
  try {
    const tf = createRequire(import.meta.url)("@tensorflow/tfjs-node") as typeof TensorFlow
    await tf.ready()
    tf.tidy(() => tf.tensor1d([1, 2]).square().sum().dataSync())
    return { tf, backend: tf.getBackend() }
  } catch {
    return null
  }
}

/** One thread, so that a seed gives one result. */
async function openWasm(): Promise<OpenedTensorFlow> {
  const tf = await import("@tensorflow/tfjs")
  const { setThreadsCount } = await import("@tensorflow/tfjs-backend-wasm")
  tf.enableProdMode()
  setThreadsCount(1)
  await tf.setBackend("wasm")
  await tf.ready()
  return { tf, backend: tf.getBackend() }
}
