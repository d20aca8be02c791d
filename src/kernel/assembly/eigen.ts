/** Directions whose coupling is below this share of the largest entry are taken as separate: of smaller numbers the squares underflow. */
const NEGLIGIBLE: f64 = 2.220446049250313e-16

@inline
function dotDouble(a: usize, b: usize, from: usize, to: usize): f64 {
  let sums = f64x2.splat(0)
  let at = from
  if (at & 1) {
    sums = f64x2(load<f64>(a + (at << 3)) * load<f64>(b + (at << 3)), 0)
    at++
  }
  for (; at < to; at += 2) sums = f64x2.add(sums, f64x2.mul(v128.load(a + (at << 3)), v128.load(b + (at << 3))))
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
}

/** `target += f · a + g · b` over entries `[from, to)`, `to` even. */
@inline
function addTwo(target: usize, a: usize, f: f64, b: usize, g: f64, from: usize, to: usize): void {
  const ff = f64x2.splat(f)
  const gg = f64x2.splat(g)
  for (let at = (from & ~1) << 3; at < to << 3; at += 16) {
    const more = f64x2.add(f64x2.mul(ff, v128.load(a + at)), f64x2.mul(gg, v128.load(b + at)))
    v128.store(target + at, f64x2.add(v128.load(target + at), more))
  }
}

@inline
function addEntry(target: usize, a: usize, f: f64, at: usize): void {
  const to = target + (at << 3)
  store<f64>(to, load<f64>(to) + f * load<f64>(a + (at << 3)))
}

/**
 * Turns a symmetric matrix into a tridiagonal one by reflections I − factor · v vᵀ (Householder 1958): row k of `reflectors` receives
 * v with zeros up to k, and its place k the factor; `diagonal` and `beside` receive the tridiagonal matrix.
 */
function tridiagonalize(
  matrix: usize, size: usize, reflectors: usize, diagonal: usize, beside: usize, product: usize,
): void {
  const rowBytes = size << 3
  let largest: f64 = 0
  for (let at: usize = 0; at < size * rowBytes; at += 8) largest = max(largest, abs(load<f64>(matrix + at)))
  for (let k: usize = 0; k + 1 < size; k++) {
    const row = matrix + k * rowBytes
    const v = reflectors + k * rowBytes
    store<f64>(diagonal + (k << 3), load<f64>(row + (k << 3)))
    memory.fill(v, 0, (k + 1) << 3)
    memory.copy(v + ((k + 1) << 3), row + ((k + 1) << 3), (size - k - 1) << 3)
    const first = load<f64>(v + ((k + 1) << 3))
    const squares = dotDouble(v, v, k + 1, size)
    const length = sqrt(squares)
    const image = first > 0 ? -length : length
    if (length <= NEGLIGIBLE * largest) {
      store<f64>(beside + (k << 3), 0)
      continue
    }
    store<f64>(beside + (k << 3), image)
    store<f64>(v + ((k + 1) << 3), first - image)
    const factor = 1 / (squares - first * image)
    for (let r = k + 1; r < size; r++) {
      store<f64>(product + (r << 3), factor * dotDouble(matrix + r * rowBytes, v, k + 1, size))
    }
    store<f64>(product + (k << 3), 0)
    const half = 0.5 * factor * dotDouble(product, v, k + 1, size)
    for (let r = k + 1; r < size; r++) {
      const at = product + (r << 3)
      store<f64>(at, load<f64>(at) - half * load<f64>(v + (r << 3)))
    }
    for (let r = k + 1; r < size; r++) {
      const f = -load<f64>(product + (r << 3))
      addTwo(matrix + r * rowBytes, v, f, product, -load<f64>(v + (r << 3)), k + 1, size)
    }
    store<f64>(v + (k << 3), factor)
  }
  const last = size - 1
  store<f64>(diagonal + (last << 3), load<f64>(matrix + last * rowBytes + (last << 3)))
  store<f64>(beside + (last << 3), 0)
}

/** Replaces rows x and y by c · x − s · y and s · x + c · y. */
@inline
function turn(x: usize, y: usize, c: f64, s: f64, bytes: usize): void {
  const cc = f64x2.splat(c)
  const ss = f64x2.splat(s)
  for (let at: usize = 0; at < bytes; at += 16) {
    const a = v128.load(x + at)
    const b = v128.load(y + at)
    v128.store(x + at, f64x2.sub(f64x2.mul(cc, a), f64x2.mul(ss, b)))
    v128.store(y + at, f64x2.add(f64x2.mul(ss, a), f64x2.mul(cc, b)))
  }
}

@inline
function hypotenuse(a: f64, b: f64): f64 {
  return sqrt(a * a + b * b)
}

/** Diagonalises a tridiagonal matrix by implicit QL steps (Dubrulle, Martin and Wilkinson 1968), turning the rows of `vectors` along. */
function iterate(diagonal: usize, beside: usize, size: usize, vectors: usize): void {
  const rowBytes = size << 3
  let largest: f64 = 0
  for (let k: usize = 0; k < size; k++) {
    largest = max(largest, abs(load<f64>(diagonal + (k << 3))) + abs(load<f64>(beside + (k << 3))))
  }
  const negligible = NEGLIGIBLE * largest
  for (let l: usize = 0; l < size; l++) {
    for (let round = 0; round < 64; round++) {
      let m = l
      while (m + 1 < size && abs(load<f64>(beside + (m << 3))) > negligible) m++
      if (m == l) break
      const d = load<f64>(diagonal + (l << 3))
      const e = load<f64>(beside + (l << 3))
      const slope = (load<f64>(diagonal + (l << 3), 8) - d) / (2 * e)
      let g = load<f64>(diagonal + (m << 3)) - d + e / (slope + copysign(hypotenuse(slope, 1), slope))
      let s: f64 = 1
      let c: f64 = 1
      let p: f64 = 0
      let i = m
      let r: f64 = 0
      while (i > l) {
        i--
        const at = i << 3
        const f = s * load<f64>(beside + at)
        const b = c * load<f64>(beside + at)
        r = hypotenuse(f, g)
        store<f64>(beside + at, r, 8)
        if (r == 0) {
          store<f64>(diagonal + at, load<f64>(diagonal + at, 8) - p, 8)
          store<f64>(beside + (m << 3), 0)
          break
        }
        s = f / r
        c = g / r
        g = load<f64>(diagonal + at, 8) - p
        const h = (load<f64>(diagonal + at) - g) * s + 2 * c * b
        p = s * h
        store<f64>(diagonal + at, g + p, 8)
        g = c * h - b
        turn(vectors + i * rowBytes, vectors + (i + 1) * rowBytes, c, s, rowBytes)
      }
      if (r == 0) continue
      store<f64>(diagonal + (l << 3), load<f64>(diagonal + (l << 3)) - p)
      store<f64>(beside + (l << 3), g)
      store<f64>(beside + (m << 3), 0)
    }
  }
}

/**
 * Eigenvalues and eigenvectors of a symmetric float64 matrix, size × size (size even): row i of `vectors` belongs to `values[i]`.
 * The matrix is overwritten; `reflectors` is scratch of the same size, `work` of 2 · size.
 */
export function eigen(matrix: usize, size: i32, values: usize, vectors: usize, reflectors: usize, work: usize): void {
  const n = <usize>size
  const rowBytes = n << 3
  const beside = work + rowBytes
  tridiagonalize(matrix, n, reflectors, values, beside, work)
  memory.fill(vectors, 0, n * rowBytes)
  for (let k: usize = 0; k < n; k++) store<f64>(vectors + k * (rowBytes + 8), 1)
  iterate(values, beside, n, vectors)
  for (let row: usize = 0; row < n; row++) {
    const vector = vectors + row * rowBytes
    for (let left = n - 1; left > 0; left--) {
      const k = left - 1
      const v = reflectors + k * rowBytes
      const f = -load<f64>(v + (k << 3)) * dotDouble(v, vector, left, n)
      if (left & 1) addEntry(vector, v, f, left)
      addTwo(vector, v, f, v, 0, left + (left & 1), n)
    }
  }
}
