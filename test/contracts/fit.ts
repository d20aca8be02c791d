import { describe, expect, test } from "vitest"
import type { ArtifactContent } from "../../src/core/artifact/artifact.ts"
import { decodeArtifact } from "../../src/store/releases/decode-artifact.ts"
import { encodeSafetensors } from "../../src/store/releases/safetensors.ts"

interface FitOptions {
  threads: number
  seed: number
}

/** A model's fit, as the contract asks it. */
export interface FittedModel<Data, Weights> {
  name: string
  data: Data
  fitOn(data: Data, options: FitOptions): Weights | Promise<Weights>
  /** Data that is too little to learn from, and the error that it gives; without one it gives a value. */
  tooLittle: { data: Data; error?: string }
  /** The weights as an artifact; `null` where there are none. */
  write(weights: Weights): ArtifactContent | null
  /** Reads an artifact and writes it again. */
  rewrite(content: ArtifactContent): ArtifactContent
}

/** The contract of every fit; a new model is one more call. */
export function fitContract<Data, Weights>({
  name,
  data,
  fitOn,
  tooLittle,
  write,
  rewrite,
}: FittedModel<Data, Weights>) {
  const bytesOf = async (given: Data, options: FitOptions) => {
    const content = write(await fitOn(given, options))
    return content && encodeSafetensors(content)
  }

  describe(`the fit of ${name}`, () => {
    test("returns finite weights and leaves its data as it was", async () => {
      const before = structuredClone(data)
      const content = write(await fitOn(data, { threads: 1, seed: 1 }))
      expect(data).toEqual(before)
      expect(content).not.toBeNull()
      for (const { data: values } of Object.values(content!.tensors)) {
        expect([...values].every((value) => Number.isFinite(Number(value)))).toBe(true)
      }
    })

    test("gives the same weights for the same seed, on one thread and on two", async () => {
      const first = await bytesOf(data, { threads: 1, seed: 3 })
      expect(await bytesOf(data, { threads: 1, seed: 3 })).toEqual(first)
      expect(await bytesOf(data, { threads: 2, seed: 3 })).toEqual(first)
    })

    test("says what it makes of too little data", async () => {
      const fitted = async () => bytesOf(tooLittle.data, { threads: 1, seed: 1 })
      if (tooLittle.error === undefined) await expect(fitted()).resolves.not.toBeUndefined()
      else await expect(fitted()).rejects.toThrow(tooLittle.error)
    })

    test("is the same after its artifact was written and read", async () => {
      const bytes = await bytesOf(data, { threads: 1, seed: 1 })
      expect(encodeSafetensors(rewrite(decodeArtifact(bytes!)))).toEqual(bytes)
    })
  })
}
