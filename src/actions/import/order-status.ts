/** Effects of an order's status on its lines. `unpaid` and `failed` are no orders, at least not yet. */
export type StatusMeaning = "order" | "cancelled" | "failed" | "unpaid" | "refunded"

const words: Readonly<Record<Exclude<StatusMeaning, "order">, string>> = {
  cancelled:
    "cancelled canceled cancel voided void storniert storno abgebrochen annule annulee cancelado cancelada annullato geannuleerd " +
    "anulowane deleted trash trashed abandoned",
  failed:
    "failed failure paymentfailed paymentdeclined declined denied rejected error expired fraud fraudulent suspectedfraud chargefailed " +
    "fehlgeschlagen abgelehnt echoue fallido fallito",
  unpaid:
    "pending pendingpayment awaitingpayment unpaid onhold holded draft checkoutdraft autodraft incomplete paymentreview " +
    "paypalpending quote ausstehend enattente pendiente",
  refunded:
    "refunded refund fullyrefunded returned chargeback reversed erstattet zuruckerstattet rembourse reembolsado rimborsato",
}
const meaningByWord = new Map(
  Object.entries(words).flatMap(([meaning, list]) =>
    list.split(" ").map((word) => [word, meaning as StatusMeaning] as const),
  ),
)

/** Capitals, accents, blanks and WooCommerce's `wc-` make no difference. */
export const plainStatus = (status: string): string =>
  status
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/^wc-/, "")
    .replace(/[^\p{L}\p{N}]/gu, "")

/** The meaning of a status; one that is not known is an order's. */
export const meaningOfStatus = (status: string): StatusMeaning => meaningByWord.get(plainStatus(status)) ?? "order"
