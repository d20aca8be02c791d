/** A kind of product that people run out of, or want again. */
export interface ProductType {
  name: string
  category: "skin" | "hair" | "make-up" | "fragrance" | "body"
  nouns: readonly string[]
  sizesMl: readonly number[]
  /** Median price in euro. */
  price: number
  /** Scale of the time until it is needed again, in days. */
  renewalDays: number
  /** Month of the strongest demand, 0 to 12 from January. */
  peakMonth: number
  /** Factor on the world's seasonality. */
  seasonal: number
  /** Names of the types that are bought along with it. */
  partners: readonly string[]
}

type Row = readonly [
  name: string,
  category: ProductType["category"],
  nouns: string,
  sizesMl: readonly number[],
  price: number,
  renewalDays: number,
  peakMonth: number,
  seasonal: number,
  partners: string,
]

const rows: readonly Row[] = [
  [
    "cleanser",
    "skin",
    "Cleansing Gel|Milk Cleanser|Foaming Wash",
    [100, 150, 200],
    14,
    55,
    6,
    0.4,
    "toner moisturiser",
  ],
  ["toner", "skin", "Toner|Facial Mist|Essence Water", [100, 200], 17, 70, 6, 0.5, "serum cleanser"],
  ["serum", "skin", "Serum|Concentrate|Ampoule", [15, 30, 50], 34, 60, 11, 0.4, "moisturiser eye-care"],
  ["moisturiser", "skin", "Day Cream|Night Cream|Fluid", [40, 50, 75], 27, 60, 0.5, 0.7, "serum sunscreen"],
  ["eye-care", "skin", "Eye Cream|Eye Gel", [15, 20], 29, 80, 11, 0.3, "serum cleanser"],
  ["sunscreen", "skin", "Sun Fluid SPF 50|Sun Milk SPF 30", [50, 100, 200], 19, 50, 6.5, 2, "body-lotion moisturiser"],
  ["mask", "skin", "Clay Mask|Sheet Mask|Sleeping Mask", [50, 75], 12, 65, 0, 0.5, "cleanser serum"],
  ["shampoo", "hair", "Shampoo|Solid Shampoo|Hair Wash", [200, 250, 300], 12, 45, 6, 0.2, "conditioner hair-treatment"],
  ["conditioner", "hair", "Conditioner|Detangler", [200, 250], 13, 55, 6, 0.2, "shampoo hair-treatment"],
  ["hair-treatment", "hair", "Hair Oil|Hair Mask|Scalp Tonic", [50, 100, 200], 22, 85, 0, 0.4, "shampoo styling"],
  ["styling", "hair", "Styling Cream|Volume Spray|Texture Paste", [75, 150], 16, 80, 5, 0.4, "shampoo conditioner"],
  ["foundation", "make-up", "Foundation|Skin Tint|Cushion", [30], 32, 85, 11, 0.3, "concealer mascara"],
  ["concealer", "make-up", "Concealer|Corrector Pen", [5, 10], 21, 110, 11, 0.3, "foundation mascara"],
  ["mascara", "make-up", "Mascara|Brow Gel", [8, 10], 20, 75, 11.5, 0.5, "lip-colour cleanser"],
  ["lip-colour", "make-up", "Lipstick|Lip Tint|Lip Gloss", [4, 6], 18, 90, 11.5, 0.8, "mascara nail-colour"],
  ["nail-colour", "make-up", "Nail Lacquer|Nail Gel", [8, 11], 9, 70, 6, 0.9, "lip-colour hand-cream"],
  ["perfume", "fragrance", "Eau de Parfum|Eau de Toilette", [30, 50, 100], 68, 160, 11.5, 1.6, "body-lotion shower"],
  [
    "home-scent",
    "fragrance",
    "Room Mist|Scented Candle|Diffuser",
    [100, 180],
    26,
    110,
    11.5,
    1.7,
    "perfume hand-cream",
  ],
  ["body-lotion", "body", "Body Lotion|Body Butter|Body Oil", [200, 250, 400], 15, 60, 0.5, 0.8, "shower hand-cream"],
  ["shower", "body", "Shower Gel|Shower Oil|Bath Foam", [200, 250], 8, 40, 6, 0.2, "body-lotion deodorant"],
  ["deodorant", "body", "Deodorant Stick|Deodorant Cream", [40, 50], 8, 45, 6.5, 0.7, "shower body-lotion"],
  ["hand-cream", "body", "Hand Cream|Hand Balm", [50, 75], 9, 65, 0.5, 1.2, "body-lotion nail-colour"],
]

export const productTypes: readonly ProductType[] = rows.map(
  ([name, category, nouns, sizesMl, price, renewalDays, peakMonth, seasonal, partners]) => ({
    name,
    category,
    nouns: nouns.split("|"),
    sizesMl,
    price,
    renewalDays,
    peakMonth,
    seasonal,
    partners: partners.split(" "),
  }),
)
