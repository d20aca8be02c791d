import { z } from "zod"
import type { ArtifactContent, Dtype, Tensor } from "../../core/artifact/artifact.ts"
import { ApiError } from "../../core/problem/problem.ts"

const maxHeaderBytes = 100_000_000
const maxFileBytes = 2 ** 31

const arrayOf = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
} as const satisfies Record<Dtype, unknown>

const count = z.number().int().nonnegative()
const headerSchema = z.record(
  z.string(),
  z.strictObject({
    dtype: z.enum(["F32", "F64", "I32", "I64", "U8"]),
    shape: z.array(count),
    data_offsets: z.tuple([count, count]),
  }),
)
const metadataSchema = z.record(z.string(), z.string())

/** Writes the safetensors format: header length, JSON header, raw little-endian tensors; no code, nothing to execute. */
export function encodeSafetensors({ metadata, tensors }: ArtifactContent): Buffer {
  const entries = Object.entries(tensors).sort(
    ([a, { data: first }], [b, { data: second }]) =>
      second.BYTES_PER_ELEMENT - first.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  )
  const header: Record<string, unknown> = { __metadata__: metadata }
  let end = 0
  for (const [name, { dtype, shape, data }] of entries) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] }
    end += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  const headerBytes = Math.ceil(json.length / 8) * 8
  const file = Buffer.alloc(8 + headerBytes + end, " ")
  file.writeBigUInt64LE(BigInt(headerBytes), 0)
  json.copy(file, 8)
  let place = 8 + headerBytes
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place)
    place += data.byteLength
  }
  return file
}

/** Reads the safetensors format strictly: tensors must cover the data exactly; throws `incompatibleArtifact` on anything else. */
export function decodeSafetensors(file: Uint8Array): ArtifactContent {
  if (file.length > maxFileBytes) throw malformed("it is larger than 2 GiB")
  if (file.length < 8) throw malformed("it is shorter than its header's length")
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const headerBytes = Number(view.getBigUint64(0, true))
  if (headerBytes > Math.min(maxHeaderBytes, file.length - 8)) throw malformed("its header exceeds the file")
  const { __metadata__, ...described } = parseHeader(file.subarray(8, 8 + headerBytes))
  const metadata = metadataSchema.safeParse(__metadata__ ?? {})
  if (!metadata.success) throw malformed("its metadata is not text by name")
  const header = headerSchema.safeParse(described)
  if (!header.success) throw malformed(`its header is not understood: ${z.prettifyError(header.error)}`)
  return { metadata: metadata.data, tensors: readTensors(header.data, file.subarray(8 + headerBytes)) }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    if (typeof header === "object" && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>
  } catch {
    throw malformed("its header is not JSON in UTF-8")
  }
  throw malformed("its header is not a JSON object")
}

function readTensors(header: z.infer<typeof headerSchema>, data: Uint8Array): Record<string, Tensor> {
  const entries = Object.entries(header).sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  )
  let place = 0
  const tensors = entries.map(([name, { dtype, shape, data_offsets }]) => {
    const [start, end] = data_offsets
    const values = shape.reduce((product, size) => product * size, 1)
    if (start !== place || end > data.length) throw malformed(`tensor ${name} leaves a hole or exceeds the file`)
    if (end - start !== values * arrayOf[dtype].BYTES_PER_ELEMENT) throw malformed(`tensor ${name} has the wrong size`)
    place = end
    const bytes = data.slice(start, end)
    return [name, { dtype, shape, data: new arrayOf[dtype](bytes.buffer, bytes.byteOffset, values) } as Tensor] as const
  })
  if (place !== data.length) throw malformed("bytes follow its last tensor")
  return Object.fromEntries(tensors)
}

const malformed = (reason: string) =>
  new ApiError("incompatibleArtifact", `the file is not in safetensors format: ${reason}; write it again`)
