import type { Figure } from "./compare.ts"

export interface Bench {
  /** The file beside this folder. */
  script: string
  args: readonly string[]
  /** Takes `--data`, the folder of the data sets. */
  readsData: boolean
}

/** Seconds of training that no machine reaches, so that results do not depend on time. */
const unlimited = "86400"

/** The benches whose figures are claimed, the quickest first. */
export const benches: Readonly<Record<string, Bench>> = {
  uplift: { script: "uplift.ts", args: [], readsData: true },
  windows: { script: "windows.ts", args: [], readsData: false },
  shop: { script: "shop.ts", args: ["--peer", "--budget-seconds", unlimited], readsData: true },
  rebuy: { script: "rebuy.ts", args: [], readsData: true },
  keep: { script: "keep.ts", args: [], readsData: false },
  "quality-tafeng": { script: "quality.ts", args: ["tafeng"], readsData: true },
  "quality-diginetica": { script: "quality.ts", args: ["diginetica"], readsData: true },
  "quality-gowalla": { script: "quality.ts", args: ["gowalla"], readsData: true },
  "quality-amazon-beauty": { script: "quality.ts", args: ["amazon-beauty"], readsData: true },
  decide: { script: "decide.ts", args: [], readsData: false },
}

export const benchNames: readonly string[] = Object.keys(benches)

interface Tolerance {
  tolerance: number
  /** Cause of differences of that size without a change of quality. */
  reason: string
}

const because = (reason: string) => (tolerance: number) => ({ tolerance, reason })
const seeds = because("other random draws of the training")
const error = because("the bench's own standard error")
const peer = because("another version of the peer")
const exact = because("no other random draws; arithmetic of another platform")

interface ClaimedFigure extends Figure, Tolerance {}

interface Claim {
  /** Text of BENCHMARKS.md, `#` for each figure in its order. */
  text: string
  figures: readonly ClaimedFigure[]
}

type Claimed = readonly [was: number, tolerance: Tolerance]

const claim = (bench: string, text: string, figures: Readonly<Record<string, Claimed>>): Claim => ({
  text,
  figures: Object.entries(figures).map(([path, [was, tolerance]]) => ({ bench, path, was, ...tolerance })),
})

/** Every figure of recommendations, decisions and plans that BENCHMARKS.md claims. */
export const claims: readonly Claim[] = [
  claim("shop", "everything bought, NDCG@20 | # | # | # | # |", {
    "all.served.ndcg20": [0.3268, seeds(0.004)],
    "all.popularity.ndcg20": [0.1329, exact(0.001)],
    "all.habit.ndcg20": [0.3021, exact(0.001)],
    "implicit.all.ndcg20": [0.284, peer(0.005)],
  }),
  claim("shop", "everything bought, Recall@20 | # | # | # | # |", {
    "all.served.recall20": [0.2429, seeds(0.004)],
    "all.popularity.recall20": [0.0875, exact(0.001)],
    "all.habit.recall20": [0.2282, exact(0.001)],
    "implicit.all.recall20": [0.2049, peer(0.005)],
  }),
  claim("shop", "never bought before, NDCG@20 | # | # | # | # |", {
    "firstTime.served.ndcg20": [0.1441, seeds(0.004)],
    "firstTime.popularity.ndcg20": [0.0938, exact(0.001)],
    "firstTime.habit.ndcg20": [0.0938, exact(0.001)],
    "implicit.firstTime.ndcg20": [0.1095, peer(0.005)],
  }),
  claim("shop", "never bought before, Recall@20 | # | # | # | # |", {
    "firstTime.served.recall20": [0.1305, seeds(0.004)],
    "firstTime.popularity.recall20": [0.0783, exact(0.001)],
    "firstTime.habit.recall20": [0.0783, exact(0.001)],
    "implicit.firstTime.recall20": [0.106, peer(0.005)],
  }),
  claim("shop", "an AUC of # ± 0.012", {
    "coldStart.newItems.auc": [0.7671, error(0.012)],
  }),
  claim("shop", "were served NDCG@20 #, by popularity alone #.", {
    "coldStart.served.ndcg20": [0.108, seeds(0.004)],
    "coldStart.popularity.ndcg20": [0.1005, exact(0.001)],
  }),
  claim("quality-gowalla", "gowalla, Recall@20 | # | # | # |", {
    "factorsAlone.recall20": [0.18, seeds(0.002)],
    "graphAlone.recall20": [0.181, seeds(0.002)],
    "metrics.recall20": [0.198, seeds(0.002)],
  }),
  claim("quality-gowalla", "gowalla, NDCG@20 | # | # | # |", {
    "factorsAlone.ndcg20": [0.148, seeds(0.002)],
    "graphAlone.ndcg20": [0.149, seeds(0.002)],
    "metrics.ndcg20": [0.16, seeds(0.002)],
  }),
  claim("quality-amazon-beauty", "amazon-beauty, HR@10 | # | # | # |", {
    "factorsAlone.hr10": [0.0646, seeds(0.002)],
    "graphAlone.hr10": [0.0842, seeds(0.002)],
    "metrics.hr10": [0.1183, seeds(0.002)],
  }),
  claim("quality-amazon-beauty", "amazon-beauty, NDCG@10 | # | # | # |", {
    "factorsAlone.ndcg10": [0.0333, seeds(0.002)],
    "graphAlone.ndcg10": [0.0537, seeds(0.002)],
    "metrics.ndcg10": [0.0705, seeds(0.002)],
  }),
  claim("quality-diginetica", "diginetica, P@20 in percent | # | # | # |", {
    "factorsAlone.p20": [2.6, seeds(0.2)],
    "graphAlone.p20": [42.7, seeds(0.2)],
    "metrics.p20": [55.6, seeds(0.2)],
  }),
  claim("quality-diginetica", "diginetica, MRR@20 in percent | # | # | # |", {
    "factorsAlone.mrr20": [0.6, seeds(0.2)],
    "graphAlone.mrr20": [13.9, seeds(0.2)],
    "metrics.mrr20": [20.3, seeds(0.2)],
  }),
  claim("quality-tafeng", "Ta-Feng's baskets, Recall@10 | # | | # |", {
    "factorsAlone.recall10": [0.1198, seeds(0.002)],
    "metrics.recall10": [0.1669, seeds(0.002)],
  }),
  claim("quality-tafeng", "Ta-Feng's baskets, NDCG@10 | # | | # |", {
    "factorsAlone.ndcg10": [0.0996, seeds(0.002)],
    "metrics.ndcg10": [0.1485, seeds(0.002)],
  }),
  claim("quality-tafeng", "Ta-Feng's baskets, PHR@10 | # | | # |", {
    "factorsAlone.phr10": [0.383, seeds(0.002)],
    "metrics.phr10": [0.4832, seeds(0.002)],
  }),
  claim("windows", "everything ordered | # | # | # | # |", {
    "several.all": [0.4431, error(0.003)],
    "single.all": [0.4333, error(0.003)],
    "ease.all": [0.3591, error(0.003)],
    "popularity.all": [0.2761, error(0.003)],
  }),
  claim("windows", "never ordered before | # | # | # | # |", {
    "several.firstTime": [0.3382, error(0.006)],
    "single.firstTime": [0.3201, error(0.006)],
    "ease.firstTime": [0.3176, error(0.006)],
    "popularity.firstTime": [0.2249, error(0.006)],
  }),
  claim("windows", "The lead over one window is # ± 0.003 and # ± 0.006", {
    "lead.all.mean": [0.0098, error(0.003)],
    "lead.firstTime.mean": [0.0181, error(0.006)],
  }),
  claim("rebuy", "at most 5 pairs a customer | # | # | # | # |", {
    "atMost5.pairs": [385, exact(4)],
    "atMost5.expected": [0.7002, exact(0.005)],
    "atMost5.rebuyShare": [0.7169, exact(0.005)],
    "atMost5.lower95": [0.6529, exact(0.005)],
  }),
  claim("rebuy", "without a limit | # | # | # | # |", {
    "unlimited.pairs": [2028, exact(20)],
    "unlimited.expected": [0.7001, exact(0.005)],
    "unlimited.rebuyShare": [0.7732, exact(0.005)],
    "unlimited.lower95": [0.6915, exact(0.005)],
  }),
  claim("rebuy", "a logistic regression's were bought at # and boosted trees' at #", {
    "baselines.logistic.rebuyShare": [0.7221, exact(0.005)],
    "baselines.boostedTrees.rebuyShare": [0.6, peer(0.02)],
  }),
  claim("decide", "decisions bring # of what the best policy on the same features brings over chance", {
    shareOfOracle: [0.93, error(0.01)],
  }),
  claim("decide", "the calibration error is # of the base rate", { eceToBase: [0.091, error(0.01)] }),
  claim("decide", "Of the first 2,000 decisions that share is #, where Vowpal Wabbit brings #", {
    earlyShareOfOracle: [0.832, error(0.02)],
    earlyShareOfVw: [0.61, peer(0.03)],
  }),
  claim("decide", "That is # of what Vowpal Wabbit brings", { ratioToVw: [1.023, error(0.017)] }),
  claim("keep", "value of plans, as a share of what the best plan brings | # |", {
    valueToBest: [0.9646, seeds(0.02)],
  }),
  claim("keep", "kept share of # sends, against a promise of 0.70 | # |", {
    sends: [9984, exact(20)],
    keptShare: [0.7906, error(0.008)],
  }),
  claim("keep", "share of 1,000 runs in which a drift to 0.55 halts a plan within 300 sends | # |", {
    haltPower: [0.961, error(0.006)],
  }),
  claim("keep", "share of 1,000 runs that halt for nothing in 10,000 sends | # |", {
    falseHalts: [0.053, error(0.007)],
  }),
  claim("uplift", "normalised Qini #, where a response model reaches #.", {
    qini: [0.0619, error(0.003)],
    qiniResponse: [0.0165, error(0.003)],
  }),
]

export const figures: readonly ClaimedFigure[] = claims.flatMap((claim) => claim.figures)
