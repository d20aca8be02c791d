const goal = {
  id: "ordered",
  event: "Order Completed",
  of: "customers" as const,
  windowDays: 14,
  direction: "increase" as const,
}

export const experimentDraftExample = {
  hypothesis: "A warmer tone on the home page brings more orders",
  placement: "home-hero",
  arms: [
    { id: "control", share: 0.5 },
    { id: "warm", share: 0.5, policyOf: "home-hero-warm" },
  ],
  goal,
  guardrails: [{ ...goal, id: "unsubscribed", event: "Unsubscribed", direction: "decrease" as const }],
  stopping: { reading: "alwaysValid" as const, level: 0.05, plannedCustomers: 20_000 },
}

export const experimentExample = {
  id: "warm-hero",
  status: "running" as const,
  startedAt: "2026-03-02T09:00:00.000Z",
  stoppedAt: null,
  design: experimentDraftExample,
}

const ofArm = { events: 412, mean: 0.0823, adjustedMean: 0.0821 }

export const experimentResultsExample = {
  ...experimentExample,
  readAt: "2026-04-01T08:00:00.000Z",
  customers: [
    { arm: "control", exposed: 5021 },
    { arm: "warm", exposed: 4987 },
  ],
  crossed: 3,
  sampleRatio: { pValue: 0.73, alwaysValidPValue: 1, isBroken: false },
  metrics: [
    {
      id: "ordered",
      role: "goal" as const,
      kind: "proportion" as const,
      direction: "increase" as const,
      waiting: 2410,
      arms: [
        { arm: "control", customers: 3804, ...ofArm },
        { arm: "warm", customers: 3791, events: 498, mean: 0.1038, adjustedMean: 0.1041 },
      ],
      comparisons: [
        {
          arm: "warm",
          effect: 0.022,
          low: 0.0018,
          high: 0.0422,
          pValue: 0.029,
          fixedHorizon: { low: 0.0095, high: 0.0345, pValue: 0.0006 },
          relativeEffect: 0.267,
          probabilityHigher: 0.9997,
          varianceCut: 0.11,
          detectableEffect: 0.0163,
        },
      ],
      missing: null,
    },
  ],
  verdict: {
    code: "goalReached" as const,
    mayStop: true,
    arm: "warm",
    text: "warm moves ordered as wanted: the always-valid interval leaves no effect out. You may stop.",
  },
}
