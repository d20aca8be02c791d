import { renamedVariable } from "../problem/former-names.ts"
import { consentPurposes } from "../schema/channel.ts"

/**
 * Variables of rules and templates, with the types that rules are checked by. Traits and context attributes are open; all others are
 * listed here. A variable may be missing for a customer or an item of whom it is unknown.
 */
export const vocabulary = {
  customer: {
    known: "bool",
    stage: "string",
    orders: "double",
    openCase: "bool",
    daysSinceOrder: "double",
    daysSinceEvent: "double",
    usualIntervalDays: "double",
    silence: "double",
    traits: "map",
    consents: "map<string, bool>",
  },
  offer: { id: "string", kind: "string", title: "string", value: "double", cost: "double", theme: "string" },
  item: {
    id: "string",
    title: "string",
    price: "double",
    currency: "string",
    margin: "double",
    stock: "double",
    brand: "string",
    category: "list<string>",
    url: "string",
    image: "string",
    validFrom: "string",
    validTo: "string",
    attributes: "map",
    bought: "double",
    daysSinceBought: "double",
    returned: "bool",
    onItsWay: "bool",
    inCart: "bool",
    neededAgain: "double",
    daysSinceTouched: "double",
  },
  context: {
    placement: "string",
    channel: "string",
    locale: "string",
    hour: "double",
    weekday: "double",
    attributes: "map",
  },
  trigger: {
    id: "string",
    event: "string",
    at: "string",
    hoursSince: "double",
    cart: "map",
    order: "map",
    parcel: "map",
    case: "map",
  },
} as const

export type Root = keyof typeof vocabulary
export const roots = Object.keys(vocabulary) as Root[]

const isRoot = (name: string): name is Root => Object.hasOwn(vocabulary, name)
const namesOf = (root: Root) => Object.keys(vocabulary[root])

/** Maps whose keys the shop chooses, by root. */
const openMaps: Partial<Readonly<Record<Root, { map: string; what: string }>>> = {
  customer: { map: "traits", what: "a trait" },
  context: { map: "attributes", what: "an attribute that the caller sends" },
  item: { map: "attributes", what: "an attribute" },
}

/** Returns the sentence that a root has no such name, with the name of today or all that it has. */
export function unknownName(root: string, name: string): string {
  if (!isRoot(root))
    return `there is no \`${root}\`; there are ${roots.join(", ")}; a trait is \`customer.traits.${root}\``
  const renamed = renamedVariable(root, name)
  if (renamed !== undefined) return `\`${root}\` has no \`${name}\`: ${renamed}`
  const open = openMaps[root]
  const own = open === undefined ? "" : `; ${open.what} is \`${root}.${open.map}.${name}\``
  return `\`${root}\` has no \`${name}\`; it has ${namesOf(root).join(", ")}${own}`
}

/** Returns why a path of names can never exist, or `undefined` when it may. */
export function pathFault([root, name, below]: readonly string[]): string | undefined {
  if (root === undefined || !isRoot(root)) return unknownName(root ?? "", name ?? "")
  if (name === undefined) return undefined
  if (!Object.hasOwn(vocabulary[root], name)) return unknownName(root, name)
  if (root === "customer" && name === "consents" && below !== undefined && !isPurpose(below))
    return `\`customer.consents\` has no \`${below}\`; it has ${consentPurposes.join(", ")}`
  return undefined
}

const isPurpose = (name: string) => consentPurposes.some((purpose) => purpose === name)

/** Returns how to guard a name that may be missing. */
export function missingName(path: string): string {
  return `\`${path}\` is not known of this customer, item or moment; guard it with \`has(${path}) && …\``
}
