/** Words for charges in order lines beside goods, in the languages of shops. */
const nouns = [
  "postage",
  "carriage",
  "shipping",
  "shipment",
  "delivery",
  "freight",
  "handling",
  "packing",
  "packaging",
  "p ?& ?p",
  "versand",
  "versandkosten(pauschale)?",
  "porto",
  "lieferung",
  "liefer(ungs)?kosten",
  "fracht(kosten)?",
  "verpackung(skosten)?",
  "livraison",
  "expedition",
  "frais de port",
  "envio",
  "envois?",
  "portes",
  "entrega",
  "gastos de envio",
  "portes de envio",
  "frete",
  "spedizione",
  "trasporto",
  "consegna",
  "verzending",
  "verzendkosten",
  "bezorging",
  "bezorgkosten",
  "frakt",
  "fragt",
  "leverans",
  "levering",
  "wysylka",
  "dostawa",
  "przesylka",
  "doprava",
  "postovne",
  "kargo",
]
const kinds =
  "dotcom|next day|same day|express|standard|free|flat rate|international|domestic|economy|priority|tracked|insured|" +
  "kostenlose[rs]?|gratis|frais d[e']|frais de la|spese di|costi di|costo di|costes? de|coste del?|gastos de|koszt|naklady na|" +
  "shipping and|shipping &|postage and|postage &|postage, "
const endings =
  "charges?|costs?|fees?|service|surcharge|pauschale|kosten|rate|insurance|offerte|gratuite?|gratuita|gratis"
const rest = [
  "manual",
  "(manual )?(adjustment|correction)s?",
  "adjust",
  "adjust bad debt",
  "(volume |order |cart |loyalty |staff )?(discount|rabatt|nachlass|skonto|remise|reduction|sconto|descuento|desconto|korting|rabat)s?",
  "(discount |promo(tion)? )?(coupon|gutschein(code)?)s?",
  "bank charges?",
  "(restocking|service|payment|transaction|processing|amazon|cod|paypal|booking|handling|gift wrap(ping)?) (fee|charge)s?",
  "nachnahme(gebuhr)?",
  "bearbeitungsgebuhr",
  ".* (fee|commission)",
  "samples?",
  "tax(es)?",
  "vat",
  "(sales|import) tax",
  "mwst\\.?",
  "mehrwertsteuer",
  "tva",
  "iva",
  "btw",
  "tips?",
  "gratuity",
  "trinkgeld",
  "rounding( difference)?",
  "rundung(sdifferenz)?",
  "surcharge",
  "deposit",
  "store credit",
]
const detail =
  "( ?[:(\\[–—].*| ?- ?(express|standard|free|economy|international|tracked|dhl|ups|fedex|dpd|gls|hermes|royal mail)\\b.*)?"
const titlePattern = new RegExp(
  `^((${kinds}) ?)*(${nouns.join("|")})( (&|and|und|et|e|y) (${nouns.join("|")}))?( (${endings}))*${detail}$|^(${rest.join("|")})${detail}$`,
)

/** Codes that shops keep for charges; of those too short to be sure, the title must agree. */
const sureCodes =
  /^(post|dot|postage|shipping|shippingcost|delivery|carriage|freight|bank ?charges|amazon ?fee|discount|manual|adjust\d*|cruk|versand|porto)$/
const shortCodes = /^(m|d|s|b|c\d?|p|pp|dc|sc|tip|vat|tax)$/
const shortTitle =
  /\b(manual|discount|rabatt|samples?|carriage|postage|shipping|delivery|versand|adjust\w*|charges?|fees?|bad debt|tax|vat|commission)\b/

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[ł]/gi, "l")
    .toLowerCase()
    .replace(/[\s_]+/g, " ")
    .trim()

/** True if an order's line is a charge, a discount or a correction instead of goods, by its code and, where it has one, its title. */
export function isCharge({ code, title }: { code: string; title?: string | undefined }): boolean {
  const plainCode = plain(code)
  const plainTitle = title === undefined ? plainCode : plain(title)
  if (titlePattern.test(plainTitle)) return true
  const isTitled = plainTitle !== "" && plainTitle !== plainCode
  if (!isTitled) return sureCodes.test(plainCode)
  return (sureCodes.test(plainCode) || shortCodes.test(plainCode)) && shortTitle.test(plainTitle)
}
