/** The kinds of lists that a place on a page may ask for. */
export const recipeNames = [
  "forYou",
  "discover",
  "buyAgain",
  "alternatives",
  "complements",
  "popular",
  "recentlyViewed",
] as const
export type RecipeName = (typeof recipeNames)[number]
