/**
 * Policies as the API of then took them: `weekly-email` and `reminders` together name every key of its schema. Written with the
 * names of then; never to be renamed.
 */
export const oldPolicies = (madeAtMs: number) => {
  const soon = new Date(madeAtMs + 60_000).toISOString().slice(11, 16)
  const inAYear = new Date(madeAtMs + 365 * 86_400_000).toISOString()
  return {
    default: {
      suitability: [{ id: "adults", kinds: ["promotion"], rule: "!(customer.traits.age < 18.0)" }],
      traits: ["age"],
    },
    "home-hero": {
      offers: { kinds: ["promotion", "retention", "recommendation"] },
      budget: { amount: 500, currency: "EUR", per: "ever" },
      explorationCostShare: 0.05,
    },
    "weekly-email": {
      offers: { kinds: ["promotion", "recommendation", "retention", "recovery", "notice", "extra"], ids: keptOffers },
      channels: ["email", "web"],
      eligibility: [
        {
          id: "known",
          channels: ["email"],
          kinds: ["promotion"],
          offers: ["every-key"],
          rule: "customer.known",
          reason: "Only for whom we know",
        },
      ],
      applicability: [{ ...onMail, id: "waking-hours", rule: "context.hour >= 0.0 && context.weekday <= 6.0" }],
      suitability: [{ ...onMail, id: "not-now", rule: "customer.openMatter == false || offer.kind == 'recovery'" }],
      service: { maxMatterAgeDays: 21 },
      contact: {
        caps: [
          {
            id: "mails",
            channels: ["email"],
            kinds: ["promotion", "recommendation"],
            per: "customer",
            limit: 15,
            windowHours: 168,
          },
        ],
        pauses: [
          {
            id: "ignored",
            channels: ["email"],
            kinds: ["promotion"],
            per: "offer",
            afterIgnored: 4,
            forHours: 48,
          },
        ],
        dismissedForHours: 100,
        theme: { windowHours: 12 },
        quietHours: { from: "02:00", to: "02:30", channels: ["sms"], timeZone: "Europe/Rome" },
        serviceRepeat: { limit: 2, afterHours: 24 },
      },
      budget: { amount: 1000, currency: "EUR", per: "month" },
      traits: ["age", "city"],
      context: [{ id: "weekend", kinds: ["promotion"], rule: "context.weekday == 6.0", factor: 1.2 }],
      levers: [
        {
          id: "autumn",
          owner: "Marta",
          expiresAt: inAYear,
          kinds: ["promotion"],
          offers: ["every-key"],
          rule: "customer.orders > 0.0",
          factor: 1.5,
        },
      ],
      fatigue: {
        perContact: { web: 0, app: 0, email: 0.03, sms: 0.1, push: 0.1, store: 0, "call-centre": 0.2, post: 0.05 },
        windowHours: 72,
      },
      diversity: { perTheme: 2, perItem: 1 },
      rewardBounds: { low: -2, high: 8 },
      explorationCostShare: 0.03,
      maxExplored: 12,
      rampUp: { days: 2, startShare: 0.2 },
      expiresAfterMinutes: { onSite: 30, offSite: 1440 },
      acceptedWithinHours: 72,
      repeats: "allowed",
    },
    reminders: {
      contact: { caps: [], pauses: [], theme: null, quietHours: null },
      triggers: [
        {
          id: "late",
          when: { event: "Delivery Delayed", afterHours: 0, unless: ["Order Cancelled"] },
          channel: "email",
          locale: "en",
          onceInHours: 24,
          freshHours: 48,
        },
        { id: "basket", when: { basketLeftHours: 0.001 }, channel: "email", onceInHours: 24, freshHours: 24 },
        { id: "complaint", when: { complaintOpenHours: 0.001 }, channel: "email" },
        { id: "need", when: { needAtLeast: 0.9 }, channel: "email" },
        {
          id: "morning",
          when: { schedule: { at: "07:30", weekdays: [0], timeZone: "Europe/Rome" } },
          channel: "email",
          freshHours: 1,
        },
      ],
      scheduledPlans: [
        {
          id: "daily-suggestions",
          schedule: { at: soon, weekdays: [0, 1, 2, 3, 4, 5, 6], timeZone: "UTC" },
          freshHours: 6,
          plan: oldPlans.everyKey,
        },
      ],
    },
    parcel: { contact: { caps: [], pauses: [], theme: null, quietHours: null } },
  }
}

const onMail = { channels: ["email"], kinds: ["promotion"], offers: ["every-key"], reason: "Not in this mail" }

const keptOffers = [
  "every-key",
  "picks",
  "recommendation-for-you",
  "retention-free-delivery",
  "recovery-voucher",
  "notice-late-delivery",
  "extra-sample",
]

const everyItem = {
  category: ["skin", "hair", "fragrance", "make-up", "body"],
  brand: (
    "Alvenna Brisa Corvelle Dunmare Elowick Fenhaus Gialla Halden Iridea Juniver Koraline Lumaro Mirabel Nordbloom " +
    "Orsola Pelagia Quintesse Rosmare Solenne Tamarisk Umbria Velisse Wildmoor Zephira"
  ).split(" "),
  attributes: {},
}

/** Requests for plans as the API of then took them; `everyKey` has every key of its schema. */
export const oldPlans = {
  everyKey: {
    name: "Suggestions",
    rung: "suggest",
    placement: "parcel",
    channel: "email",
    who: "customer.orders > 0.0",
    items: everyItem,
    segments: [
      { id: "new", rule: "customer.orders < 3.0" },
      { id: "regular", rule: "true" },
    ],
    currency: "EUR",
    budgets: { money: 500, volume: 30, contactsPerCustomer: 2, inFlight: 10, inFlightPerCustomer: 1 },
    promise: 0.05,
    floor: 0.05,
    candidatesPerCustomer: 5,
    costs: {
      outbound: 1,
      contact: 0.01,
      takeUp: 0.1,
      return: 2,
      lossRate: 0.02,
      annoyance: 0.2,
      goodwill: 0.1,
      organicShipping: 0.5,
      marginShare: 0.4,
    },
    freeReturn: true,
    gifts: "allowed",
    vetoHours: 48,
    sendWithinDays: 20,
    reservedDays: 5,
    deliveryDays: 14,
    returnDays: 15,
    withheldShare: 0.2,
    pilot: false,
    dryRun: false,
  },
  parcels: {
    name: "Pilot",
    freeReturn: true,
    pilot: true,
    floor: 0.05,
    promise: 0.05,
    gifts: "allowed",
    costs: { outbound: 1, return: 1, annoyance: 0.1, goodwill: 2 },
    budgets: { money: 10_000, volume: 60, inFlight: 12 },
    withheldShare: 0.1,
  },
  halted: {
    name: "Halted",
    rung: "suggest",
    promise: 0.05,
    floor: 0.05,
    budgets: { money: 100, volume: 5 },
  },
  dryRun: {
    name: "Only asked",
    rung: "basket",
    promise: 0.05,
    floor: 0.05,
    budgets: { money: 50, volume: 5 },
    dryRun: true,
  },
} as const
