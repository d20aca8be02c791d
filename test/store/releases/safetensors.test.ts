import fc from "fast-check"
import { expect, test } from "vitest"
import type { ArtifactContent, Tensor } from "../../../src/core/artifact/artifact.ts"
import { decodeSafetensors, encodeSafetensors } from "../../../src/store/releases/safetensors.ts"

const name = fc
  .string({ minLength: 1, maxLength: 20 })
  .filter((text) => text !== "__metadata__" && text !== "__proto__")
const tensor: fc.Arbitrary<Tensor> = fc.oneof(
  fc.float32Array().map((data) => ({ dtype: "F32", shape: [data.length], data }) as const),
  fc.float64Array({ minLength: 6, maxLength: 6 }).map((data) => ({ dtype: "F64", shape: [2, 3], data }) as const),
  fc.int32Array().map((data) => ({ dtype: "I32", shape: [1, data.length], data }) as const),
  fc.bigInt64Array().map((data) => ({ dtype: "I64", shape: [data.length], data }) as const),
  fc.uint8Array().map((data) => ({ dtype: "U8", shape: [data.length], data }) as const),
)
const content = fc.record({ metadata: fc.dictionary(name, fc.string()), tensors: fc.dictionary(name, tensor) })

const small: ArtifactContent = {
  metadata: { items: '["a","b"]' },
  tensors: {
    factors: { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    flags: { dtype: "U8", shape: [3], data: Uint8Array.of(1, 0, 1) },
  },
}

/** A file of this header text and data. */
function fileOf(header: string, data: Uint8Array = new Uint8Array(), headerBytes = Buffer.byteLength(header)): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(headerBytes))
  return Buffer.concat([length, Buffer.from(header), data])
}

const tensorHeader = (tensors: Record<string, unknown>) => JSON.stringify(tensors)

test("what is written is read back, whatever the tensors and metadata", () => {
  fc.assert(
    fc.property(content, (given) => {
      expect(decodeSafetensors(encodeSafetensors(given))).toEqual(given)
    }),
  )
})

test("an empty tensor may begin where another does, whichever the header names first", () => {
  const header = tensorHeader({
    full: { dtype: "U8", shape: [1], data_offsets: [0, 1] },
    empty: { dtype: "U8", shape: [0], data_offsets: [0, 0] },
  })
  expect(decodeSafetensors(fileOf(header, Uint8Array.of(7))).tensors).toMatchObject({
    full: { data: Uint8Array.of(7) },
    empty: { data: new Uint8Array() },
  })
})

test("tensors begin at multiples of their element size, so that other readers may map the file", () => {
  const file = encodeSafetensors(small)
  expect(Number(file.readBigUInt64LE(0)) % 8).toBe(0)
  const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString())
  expect(header.factors.data_offsets).toEqual([0, 2 * 2 * 4])
  expect(header.flags.data_offsets).toEqual([16, 16 + 3])
})

test("a file cut anywhere, or with a byte too many, is refused", () => {
  const file = encodeSafetensors(small)
  for (let length = 0; length < file.length; length++) {
    expect(() => decodeSafetensors(file.subarray(0, length))).toThrow("safetensors")
  }
  expect(() => decodeSafetensors(Buffer.concat([file, Buffer.of(0)]))).toThrow("bytes follow")
})

test("noise is refused as an incompatible artifact and as nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: "incompatibleArtifact" }))
    }),
  )
})

const four = new Uint8Array(4)
const malformed: Record<string, Buffer> = {
  "a header longer than the file": fileOf("{}", four, 5000),
  "a header that is no object": fileOf("[]"),
  "a header that is not UTF-8": Buffer.concat([fileOf("", four, 2).subarray(0, 8), Buffer.of(0xff, 0xfe)]),
  "metadata that is not text": fileOf(tensorHeader({ __metadata__: { rows: 3 } })),
  "an unknown type": fileOf(tensorHeader({ a: { dtype: "F16", shape: [2], data_offsets: [0, 4] } }), four),
  "a negative size": fileOf(tensorHeader({ a: { dtype: "F32", shape: [-1], data_offsets: [0, 4] } }), four),
  "a size that is not whole": fileOf(
    tensorHeader({ a: { dtype: "F32", shape: [0.5, 2], data_offsets: [0, 4] } }),
    four,
  ),
  "a shape that its bytes do not hold": fileOf(
    tensorHeader({ a: { dtype: "F32", shape: [2], data_offsets: [0, 4] } }),
    four,
  ),
  "an end beyond the file": fileOf(tensorHeader({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }), four),
  "an end before its beginning": fileOf(tensorHeader({ a: { dtype: "U8", shape: [0], data_offsets: [4, 0] } }), four),
  "a hole before the first tensor": fileOf(
    tensorHeader({ a: { dtype: "U8", shape: [2], data_offsets: [2, 4] } }),
    four,
  ),
  "tensors that overlap": fileOf(
    tensorHeader({
      a: { dtype: "U8", shape: [4], data_offsets: [0, 4] },
      b: { dtype: "U8", shape: [2], data_offsets: [2, 4] },
    }),
    four,
  ),
}

test.each(Object.entries(malformed))("%s is refused", (_, file) => {
  expect(() => decodeSafetensors(file)).toThrow(expect.objectContaining({ code: "incompatibleArtifact" }))
})
