const list = (words: string) => words.split(" ")

export const brands = list(
  "Alvenna Brisa Corvelle Dunmare Elowick Fenhaus Gialla Halden Iridea Juniver Koraline Lumaro Mirabel Nordbloom " +
    "Orsola Pelagia Quintesse Rosmare Solenne Tamarisk Umbria Velisse Wildmoor Zephira",
)

/** Two words for each visible dimension of taste: one for each end. */
export const characters: readonly (readonly [low: string, high: string])[] = [
  ["Herbal", "Floral"],
  ["Light", "Rich"],
  ["Matte", "Radiant"],
  ["Clinical", "Botanical"],
  ["Quiet", "Bold"],
  ["Fresh", "Warm"],
  ["Classic", "Playful"],
  ["Citrus", "Woody"],
  ["Silky", "Crisp"],
  ["Mineral", "Creamy"],
]

export const ingredients = list(
  "Almond Aloe Amber Argan Bergamot Birch Calendula Camellia Cedar Chamomile Cotton Fig Ginger Honey Iris Jasmine " +
    "Lavender Linden Lotus Mallow Neroli Oat Olive Peony Plum Quince Rose Rosemary Saffron Sage Sea-Salt Tonka " +
    "Vanilla Verbena Violet Willow",
)

export const firstNames = list(
  "Ada Amina Anouk Beatrice Bruno Carla Chiara Clara Dario Elena Elif Emil Emma Fatima Felix Giulia Hana Ines Ivo " +
    "Jana Jonas Klara Lea Leo Lina Luca Maja Marta Mateo Mila Nadia Nico Noa Olga Oskar Paula Pia Rita Rosa Sara " +
    "Selma Sofia Teo Vera Viktor Yara Zoe",
)

export const lastNames = list(
  "Albrecht Almeida Bianchi Brunner Conti Costa Dubois Ferrari Fischer Fontana Garnier Greco Haas Huber Jansen Keller " +
    "Kovacs Lang Leroy Lindqvist Lombardi Marino Meier Moreau Moretti Novak Olsen Peeters Ricci Rossi Santos Schmid " +
    "Silva Steiner Svensson Vidal Vogel Weber Winter Zanetti",
)
