/** Fields that a column of a file may hold. */
export const mappedFields = [
  "customer",
  "at",
  "item",
  "event",
  "quantity",
  "price",
  "order",
  "status",
  "cancelledAt",
  "messageId",
  "title",
  "category",
  "channel",
  "device",
  "email",
] as const
export type MappedField = (typeof mappedFields)[number]
