import type { Root, vocabulary } from "./vocabulary.ts"

interface Fact {
  meaning: string
  /** A rule that reads it. */
  example: string
}

type Facts = { readonly [R in Root]: { readonly [N in keyof (typeof vocabulary)[R]]: Fact } }

const fact = (meaning: string, example: string): Fact => ({ meaning, example })

/** Meaning and example of every fact that rules read; one without a row does not compile. */
export const facts: Facts = {
  customer: {
    known: fact("True if anything was ever recorded of the customer.", "customer.known"),
    stage: fact("Journey stage: discover, evaluate, buy, access, use or support.", 'customer.stage == "use"'),
    orders: fact("Number of orders that stand.", "customer.orders >= 2.0"),
    openCase: fact("True while a complaint or a late delivery is open.", "!customer.openCase"),
    daysSinceOrder: fact("Days since the last order; missing without one.", "customer.daysSinceOrder > 30.0"),
    daysSinceEvent: fact(
      "Days since the last event of any kind; missing without one.",
      "customer.daysSinceEvent < 7.0",
    ),
    usualIntervalDays: fact("Usual days between the customer's orders.", "customer.usualIntervalDays < 60.0"),
    silence: fact("Days since the last order, divided by `usualIntervalDays`.", "customer.silence > 2.0"),
    traits: fact(
      "Fields that the shop sent of the customer.",
      "has(customer.traits.age) && customer.traits.age >= 18.0",
    ),
    consents: fact("Whether a consent for the purpose stands on this channel.", "has(customer.consents.marketing)"),
  },
  offer: {
    id: fact("Id of the offer.", 'offer.id == "spring"'),
    kind: fact("Kind of the offer, such as promotion.", 'offer.kind != "promotion"'),
    title: fact("Title of the offer.", 'offer.title.contains("free")'),
    value: fact("Contribution margin if accepted, in the offer's currency.", "offer.value > 2.0"),
    cost: fact("Cost of making the offer once, in the offer's currency.", "offer.cost < 1.0"),
    theme: fact("Theme of the offer; missing without one.", 'has(offer.theme) && offer.theme == "skin"'),
  },
  item: {
    id: fact("Id of the item that the offer is bound to; missing without an item.", 'item.id != "sku-1"'),
    title: fact("Title of the item.", 'item.title.contains("cream")'),
    price: fact("Price of the item, in its currency.", "item.price < 50.0"),
    currency: fact("Currency of price and margin.", 'item.currency == "EUR"'),
    margin: fact("Contribution margin of one unit.", "item.margin > 3.0"),
    stock: fact("Units in stock; missing where they are not counted.", "!has(item.stock) || item.stock > 5.0"),
    brand: fact("Brand of the item.", 'item.brand == "Rosmare"'),
    category: fact("Categories of the item.", '"skin" in item.category'),
    url: fact("Address of the item's page.", "has(item.url)"),
    image: fact("Address of the item's picture.", "has(item.image)"),
    validFrom: fact("Start of sale, as text.", "has(item.validFrom)"),
    validTo: fact("End of sale, as text.", "!has(item.validTo)"),
    attributes: fact(
      "Attributes that the shop sent of the item.",
      "has(item.attributes.vegan) && item.attributes.vegan",
    ),
    bought: fact("Purchases of the item by the customer, less what came back.", "item.bought < 1.0"),
    daysSinceBought: fact(
      "Days since its last purchase that was kept; missing without one.",
      "!has(item.daysSinceBought)",
    ),
    returned: fact("True if the customer sent it back and has none left.", "!item.returned"),
    onItsWay: fact("True if it was ordered and its delivery is not known.", "!item.onItsWay"),
    inCart: fact("True if it was put into the cart since the last order.", "item.inCart"),
    neededAgain: fact("Chance that a need of it has returned since the last purchase.", "item.neededAgain > 0.5"),
    daysSinceTouched: fact("Days since the customer last viewed, carted or bought it.", "item.daysSinceTouched < 14.0"),
  },
  context: {
    placement: fact("Placement that asks.", 'context.placement == "home-hero"'),
    channel: fact("Channel of the answer.", 'context.channel == "email"'),
    locale: fact("Locale of the answer, such as en.", 'context.locale.startsWith("en")'),
    hour: fact("Time of day in the customer's time zone in hours, from 0.0 to below 24.0.", "context.hour >= 8.5"),
    weekday: fact("Weekday there, from 0.0 for Sunday to 6.0 for Saturday.", "context.weekday > 0.0"),
    attributes: fact("What the caller sends of the moment.", "has(context.attributes.basket)"),
  },
  trigger: {
    id: fact("Id of the trigger that asks; missing elsewhere.", 'trigger.id == "cart"'),
    event: fact("Name of the event that fired it.", 'trigger.event == "Product Added"'),
    at: fact("Time of that event, as text.", "has(trigger.at)"),
    hoursSince: fact("Hours since that event.", "trigger.hoursSince < 24.0"),
    cart: fact("The cart with its lines and value.", "trigger.cart.value > 50.0"),
    order: fact("The order that it is about.", "has(trigger.order.number)"),
    parcel: fact("The parcel that it is about.", "has(trigger.parcel.orderId)"),
    case: fact("The complaint or delay that it is about.", "has(trigger.case.id)"),
  },
}
