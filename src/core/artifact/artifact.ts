import { ApiError } from "../problem/problem.ts"

/** Tensor element types, named as in the safetensors format, with the array each decodes to. */
export interface TensorArrays {
  F32: Float32Array
  F64: Float64Array
  I32: Int32Array
  I64: BigInt64Array
  U8: Uint8Array
}

export type Dtype = keyof TensorArrays

/** A dense row-major tensor: `data.length` is the product of `shape`. */
export type Tensor = {
  [D in Dtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: TensorArrays[D] }
}[Dtype]

/** Says if every number of a tensor is finite. */
export const isFiniteTensor = ({ dtype, data }: Tensor): boolean =>
  (dtype !== "F32" && dtype !== "F64") || (data as Float32Array | Float64Array).every(Number.isFinite)

/** A trained model as stored: flat text metadata and named tensors, never code. */
export interface ArtifactContent {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: Readonly<Record<string, Tensor>>
}

/** The values of a named tensor; throws `incompatibleArtifact` when it is missing, of another type, or of another shape (`-1`: any size). */
export function tensorValues<D extends Dtype>(
  content: ArtifactContent,
  name: string,
  dtype: D,
  shape: readonly number[],
): TensorArrays[D] {
  const tensor = content.tensors[name]
  const matches =
    tensor?.dtype === dtype &&
    tensor.shape.length === shape.length &&
    shape.every((size, axis) => size === -1 || size === tensor.shape[axis]) &&
    tensor.data.length === tensor.shape.reduce((product, size) => product * size, 1)
  if (!matches) {
    const expected = `${dtype} of shape [${shape.map((size) => (size === -1 ? "any" : size)).join(", ")}]`
    const found = tensor ? `${tensor.dtype} of shape [${tensor.shape.join(", ")}]` : "nothing"
    throw new ApiError("incompatibleArtifact", `write the tensor ${name} as ${expected}; found ${found}`)
  }
  return tensor.data as TensorArrays[D]
}

/** A half-life kept in an artifact's metadata, in days; `null`, never fading, where there is none. */
export const halfLifeOf = (content: ArtifactContent): number | null =>
  Object.hasOwn(content.metadata, "halfLifeDays") ? metadataNumber(content, "halfLifeDays") : null

export const writeHalfLife = (halfLifeDays: number | null): Record<string, string> =>
  halfLifeDays === null ? {} : { halfLifeDays: String(halfLifeDays) }

/** A finite number kept in an artifact's metadata; throws `incompatibleArtifact` when it is missing or no number. */
export function metadataNumber({ metadata }: ArtifactContent, name: string): number {
  const text = metadata[name]
  const value = Number(text)
  if (text === undefined || text.trim() === "" || !Number.isFinite(value)) {
    throw new ApiError(
      "incompatibleArtifact",
      `write the metadata entry ${name} as a number; found ${text ?? "nothing"}`,
    )
  }
  return value
}
