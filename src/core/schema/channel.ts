/** Purposes that a customer may consent to. Each offer kind needs one; on-site recommendations need none. */
export const consentPurposes = ["marketing", "service", "unasked-parcel", "analytics"] as const
export type ConsentPurpose = (typeof consentPurposes)[number]

export const channels = ["web", "app", "email", "sms", "push", "store", "call-centre", "post"] as const
export type Channel = (typeof channels)[number]
