import { basketsProtocol } from "./baskets.ts"
import { lightgcnProtocol } from "./lightgcn.ts"
import type { Protocol } from "./protocol.ts"
import { readBaskets } from "./read-baskets.ts"
import { readLightgcn } from "./read-lightgcn.ts"
import { readSequences } from "./read-sequences.ts"
import { readSessions } from "./read-sessions.ts"
import { sequencesProtocol } from "./sequences.ts"
import { sessionsProtocol } from "./sessions.ts"

/** Reading, splitting and measuring of a format. */
export interface Format {
  protocolOf: (folder: string, seed: number) => Protocol
  /** Number of ranks that count. */
  depth: number
  /** Reported figures, by name. */
  figures: Readonly<Record<string, "recall" | "ndcg" | "wholeNdcg" | "hr" | "p" | "mrr">>
  /** Name of the protocol in the table. */
  note: string
}

export const formats = {
  lightgcn: {
    protocolOf: (folder, seed) => lightgcnProtocol(readLightgcn(folder), seed),
    depth: 20,
    figures: { recall20: "recall", ndcg20: "ndcg" },
    note: "chosen on valid, trained on train + valid",
  },
  sequences: {
    protocolOf: (folder, seed) => sequencesProtocol(readSequences(folder), seed),
    depth: 10,
    figures: { hr10: "hr", ndcg10: "ndcg" },
    note: "leave one out, strict: the last two items are not trained on, all but the last are in the history",
  },
  sessions: {
    protocolOf: (folder, seed) => sessionsProtocol(readSessions(folder), seed),
    depth: 20,
    figures: { p20: "p", mrr20: "mrr" },
    note: "every prefix, percent",
  },
  baskets: {
    protocolOf: (folder, seed) => basketsProtocol(readBaskets(folder), seed),
    depth: 10,
    figures: { recall10: "recall", ndcg10: "wholeNdcg", phr10: "hr" },
    note: "the last basket, NDCG against all of it; recent popularity includes others' later baskets, as the files have no dates",
  },
} as const satisfies Record<string, Format>

export type FormatName = keyof typeof formats

interface KnownFigures {
  format: FormatName
  /** The best published figures, and those of an independent script on these files. */
  published: Readonly<Record<string, number>>
  reference: Readonly<Record<string, number>>
}

/** The data sets with published figures. */
export const datasets = {
  gowalla: {
    format: "lightgcn",
    published: { recall20: 0.192, ndcg20: 0.1617 },
    reference: { recall20: 0.191, ndcg20: 0.159 },
  },
  "amazon-beauty": {
    format: "sequences",
    published: { hr10: 0.0928, ndcg10: 0.0531 },
    reference: { hr10: 0.1024, ndcg10: 0.0626 },
  },
  diginetica: { format: "sessions", published: { p20: 54.22, mrr20: 19.04 }, reference: { p20: 51.9, mrr20: 18.3 } },
  tafeng: {
    format: "baskets",
    published: {},
    reference: { recall10: 0.1624, ndcg10: 0.1375, phr10: 0.4748 },
  },
} as const satisfies Record<string, KnownFigures>
