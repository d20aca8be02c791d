import type { ArtifactContent } from "../../core/artifact/artifact.ts"
import { withCurrentNames } from "../../core/release/former-names.ts"
import { decodeSafetensors } from "./safetensors.ts"

/** Decodes an artifact's file, also one that an earlier version wrote; throws `incompatibleArtifact` for anything else. */
export const decodeArtifact = (file: Uint8Array): ArtifactContent => withCurrentNames(decodeSafetensors(file))
