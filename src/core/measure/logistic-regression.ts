/** P(1) = σ(intercept + Σ coefficient · column). */
export interface LogisticWeights {
  intercept: number
  coefficients: Float64Array
}

export interface LogisticOptions {
  /** One value a row, by default 1. */
  weights?: ArrayLike<number>
  /** λ of the penalty λ/2 · Σ coefficient²; the intercept is free. */
  ridge?: number
}

const maxSteps = 50
const tolerance = 1e-10

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

/** ln(p / (1 − p)), with p kept off 0 and 1 by 1e-9. */
export function logit(probability: number): number {
  const p = Math.min(1 - 1e-9, Math.max(1e-9, probability))
  return Math.log(p / (1 - p))
}

/** Fits logistic regression by Newton's method with halved steps; `columns` hold a value a row, targets lie in [0, 1]. */
export function fitLogistic(
  columns: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  { weights, ridge = 0 }: LogisticOptions = {},
): LogisticWeights {
  const problem = { columns, targets, weights, ridge }
  let beta: Float64Array = new Float64Array(columns.length + 1)
  let loss = penalisedLoss(problem, beta)
  for (let step = 0; step < maxSteps; step++) {
    const direction = newtonDirection(problem, beta)
    const { next, nextLoss } = lineSearch(problem, beta, direction, loss)
    const gained = loss - nextLoss
    beta = next
    loss = nextLoss
    if (gained <= tolerance * (Math.abs(loss) + 1)) break
  }
  return { intercept: beta[0]!, coefficients: beta.slice(1) }
}

export const predictLogistic = (
  { intercept, coefficients }: LogisticWeights,
  columns: readonly ArrayLike<number>[],
  row: number,
): number => sigmoid(columns.reduce((sum, column, n) => sum + coefficients[n]! * column[row]!, intercept))

interface Problem {
  columns: readonly ArrayLike<number>[]
  targets: ArrayLike<number>
  weights: ArrayLike<number> | undefined
  ridge: number
}

function penalisedLoss({ columns, targets, weights, ridge }: Problem, beta: Float64Array): number {
  let loss = 0
  for (let row = 0; row < targets.length; row++) {
    const z = linear(columns, beta, row)
    loss += (weights?.[row] ?? 1) * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[row]! * z)
  }
  for (let n = 1; n < beta.length; n++) loss += (ridge / 2) * beta[n]! ** 2
  return loss
}

function linear(columns: readonly ArrayLike<number>[], beta: Float64Array, row: number): number {
  let z = beta[0]!
  for (let n = 0; n < columns.length; n++) z += beta[n + 1]! * columns[n]![row]!
  return z
}

function newtonDirection({ columns, targets, weights, ridge }: Problem, beta: Float64Array): Float64Array {
  const size = beta.length
  const gradient = new Float64Array(size)
  const hessian = new Float64Array(size * size)
  const x = new Float64Array(size)
  x[0] = 1
  for (let row = 0; row < targets.length; row++) {
    for (let n = 1; n < size; n++) x[n] = columns[n - 1]![row]!
    const weight = weights?.[row] ?? 1
    const p = sigmoid(linear(columns, beta, row))
    const residual = weight * (targets[row]! - p)
    const curvature = weight * p * (1 - p)
    for (let i = 0; i < size; i++) {
      gradient[i]! += residual * x[i]!
      const scaled = curvature * x[i]!
      for (let j = 0; j <= i; j++) hessian[i * size + j]! += scaled * x[j]!
    }
  }
  for (let n = 0; n < size; n++) {
    if (n > 0) gradient[n]! -= ridge * beta[n]!
    hessian[n * size + n]! += (n > 0 ? ridge : 0) + 1e-9
  }
  return solvePositive(hessian, gradient)
}

function lineSearch(problem: Problem, beta: Float64Array, direction: Float64Array, loss: number) {
  for (let scale = 1; scale > 1e-6; scale /= 2) {
    const next = beta.map((value, n) => value + scale * direction[n]!)
    const nextLoss = penalisedLoss(problem, next)
    if (nextLoss <= loss) return { next, nextLoss }
  }
  return { next: beta, nextLoss: loss }
}

/** Solves A x = b for a positive definite A (row-major, its lower half is read) by Cholesky's method. */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length
  const lower = matrix.slice()
  const x = right.slice()
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = lower[i * size + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / lower[j * size + j]!
    }
  }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * size + k]! * x[k]!
    x[i]! /= lower[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= lower[k * size + i]! * x[k]!
    x[i]! /= lower[i * size + i]!
  }
  return x
}
