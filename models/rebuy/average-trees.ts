import type { BoostedTrees } from "../../src/core/repurchase/boosted-trees.ts"

/** Trees whose logit is the mean of the given ones' logits; all of one depth, at least one. */
export function averageTrees(all: readonly BoostedTrees[]): BoostedTrees {
  const { depth } = all[0]!
  const joined = (of: (trees: BoostedTrees) => ArrayLike<number>) => all.flatMap((trees) => Array.from(of(trees)))
  return {
    depth,
    bias: all.reduce((sum, { bias }) => sum + bias, 0) / all.length,
    column: Int32Array.from(joined(({ column }) => column)),
    border: Float32Array.from(joined(({ border }) => border)),
    leaf: Float32Array.from(
      joined(({ leaf }) => leaf),
      (value) => value / all.length,
    ),
  }
}
