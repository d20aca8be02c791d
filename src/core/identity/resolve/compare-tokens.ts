import type { TokenPool } from "./token-pool.ts"

/** Agreement of two lists of tokens. */
export interface TokenAgreement {
  exact: number
  near: number
  similar: number
  initials: number
  /** Bits of the positions in the lists that found no partner. */
  leftA: number
  leftB: number
  /** Natural logarithm of the chance that unrelated lists agree so. */
  logChance: number
}

const agreement: TokenAgreement = { exact: 0, near: 0, similar: 0, initials: 0, leftA: 0, leftB: 0, logChance: 0 }

const bits = (length: number) => (1 << length) - 1

/** Pairs the tokens of two lists, equal ones first, then aliases, near and similar ones, then initials. The answer is overwritten by the next call. */
export function compareTokens(a: readonly number[], b: readonly number[], pool: TokenPool): TokenAgreement {
  let leftA = bits(a.length)
  let leftB = bits(b.length)
  agreement.exact = agreement.near = agreement.similar = agreement.initials = agreement.logChance = 0
  const slots = Math.max(a.length, b.length)
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      if (a[i] !== b[j] || (leftB & (1 << j)) === 0) continue
      leftA &= ~(1 << i)
      leftB &= ~(1 << j)
      agreement.exact++
      agreement.logChance += Math.log(Math.min(1, slots * pool.frequency(a[i]!)))
      break
    }
  }
  for (let least = 3; least >= 1 && leftA !== 0 && leftB !== 0; least--) {
    for (let i = 0; i < a.length; i++) {
      if ((leftA & (1 << i)) === 0) continue
      for (let j = 0; j < b.length; j++) {
        if ((leftB & (1 << j)) === 0 || pool.nearness(a[i]!, b[j]!) !== least) continue
        leftA &= ~(1 << i)
        leftB &= ~(1 << j)
        const [fa, fb] = [pool.frequency(a[i]!), pool.frequency(b[j]!)]
        if (least >= 2) agreement.near++
        else agreement.similar++
        const chance = least === 3 ? Math.max(fa, fb) : fa + fb
        agreement.logChance += Math.log(Math.min(1, slots * chance))
        break
      }
    }
  }
  if (leftA !== 0 && leftB !== 0) {
    for (let i = 0; i < a.length; i++) {
      if ((leftA & (1 << i)) === 0) continue
      for (let j = 0; j < b.length; j++) {
        if ((leftB & (1 << j)) === 0 || !isInitialOf(pool.texts[a[i]!]!, pool.texts[b[j]!]!)) continue
        leftA &= ~(1 << i)
        leftB &= ~(1 << j)
        agreement.initials++
        agreement.logChance += Math.log(Math.min(1, slots * 0.08))
        break
      }
    }
  }
  agreement.leftA = leftA
  agreement.leftB = leftB
  return agreement
}

const isInitialOf = (a: string, b: string): boolean =>
  (a.length === 1 || b.length === 1) && a.charCodeAt(0) === b.charCodeAt(0)
