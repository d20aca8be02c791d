import { expect, test } from "vitest"
import { type Consent, channels, hasConsent } from "../../../src/core/customer/consent.ts"
import { withdrawChannel } from "../../../src/core/customer/withdraw-channel.ts"

const consent: Consent = { granted: true, at: "2025-01-01T00:00:00Z", source: "form" }
const later = "2025-02-01T00:00:00Z"

test("a consent to all channels stands on all but the one that is withdrawn", () => {
  const left = withdrawChannel(consent, "email", later)!
  expect(left).toMatchObject({ granted: true, at: later, source: "unsubscribed" })
  for (const channel of channels) {
    expect(hasConsent({ marketing: left }, "marketing", channel), channel).toBe(channel !== "email")
  }
})

test("where none is left it is refused", () => {
  expect(withdrawChannel({ ...consent, channels: ["email"] }, "email", later)).toMatchObject({
    granted: false,
    channels: [],
  })
})

test("there is nothing to withdraw where nothing was given", () => {
  expect(withdrawChannel(undefined, "email", later)).toBeNull()
  expect(withdrawChannel({ ...consent, granted: false }, "email", later)).toBeNull()
  expect(withdrawChannel({ ...consent, channels: ["sms"] }, "email", later)).toBeNull()
})
