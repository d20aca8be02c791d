/** For each parameter worth varying, its values in ascending order of effect. */
export type Axes<P> = { readonly [K in keyof P]?: readonly P[K][] }

export interface Trial {
  changed: Readonly<Record<string, unknown>>
  quality: number
}

/** Trials in a row that brought nothing, after which a search stops. */
const patience = 6

/** Climbs one parameter after the other to the neighbouring values that are better, until `mayTry` says no or many trials brought nothing; the first trial is the start. A step along an axis must gain the share that `leastGains` asks there. */
export async function coordinateSearch<P extends object>(
  start: P,
  axes: Axes<P>,
  quality: (parameters: P) => number | Promise<number>,
  mayTry: () => boolean,
  leastGains: { readonly [K in keyof P]?: number } = {},
): Promise<{ best: P; quality: number; trials: Trial[] }> {
  let best = start
  const measure = async (parameters: P) => numberOr(await quality(parameters), Number.NEGATIVE_INFINITY)
  let bestQuality = await measure(start)
  const trials: Trial[] = [{ changed: {}, quality: bestQuality }]
  let trialsWithoutGain = 0
  const goesOn = () => trialsWithoutGain < patience && mayTry()
  const improves = async (axis: keyof P, value: P[keyof P]) => {
    const parameters = { ...best, [axis]: value }
    const found = await measure(parameters)
    trials.push({ changed: { [axis]: value }, quality: found })
    trialsWithoutGain++
    if (!(found > bestQuality * (1 + (leastGains[axis] ?? 0)))) return false
    trialsWithoutGain = 0
    best = parameters
    bestQuality = found
    return true
  }
  for (const axis of Object.keys(axes) as (keyof P)[]) {
    const values = axes[axis] ?? []
    const from = values.indexOf(best[axis])
    let place = from
    while (place + 1 < values.length && goesOn() && (await improves(axis, values[place + 1]!))) place++
    if (place > from) continue
    while (place - 1 >= 0 && goesOn() && (await improves(axis, values[place - 1]!))) place--
  }
  return { best, quality: bestQuality, trials }
}

const numberOr = (value: number, otherwise: number): number => (Number.isNaN(value) ? otherwise : value)
