interface Renamed {
  since: string
  /** By the object that holds them: the field it stands in, or for a whole body its noun. */
  fields: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Variables of rules and templates, by root. */
  variables: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Names in requests that a version renamed, former to present. A request with a former one is refused, and the error has the present one. */
export const renamedInRequests: readonly Renamed[] = [
  {
    since: "0.2.0",
    fields: {
      plan: {
        rung: "autonomyLevel",
        who: "audience",
        withheldShare: "holdoutShare",
        floor: "minKeepProbability",
        reservedDays: "reservationDays",
      },
      costs: { takeUp: "takeUpRate" },
      policy: { acceptedWithinHours: "attributionWindowHours" },
      contact: { dismissedForHours: "dismissalCooldownHours" },
      pauses: { afterIgnored: "ignoredCount", forHours: "pauseHours" },
      serviceRepeat: { afterHours: "minIntervalHours" },
      service: { maxMatterAgeDays: "maxCaseAgeDays" },
      scheduledPlans: { freshHours: "maxAgeHours" },
      triggers: { onceInHours: "cooldownHours", freshHours: "maxAgeHours" },
      when: {
        afterHours: "delayHours",
        basketLeftHours: "cartAbandonedAfterHours",
        complaintOpenHours: "caseOpenForHours",
        needAtLeast: "minRepurchaseProbability",
      },
      context: { given: "attributes" },
      offer: { matter: "caseType" },
    },
    variables: { customer: { openMatter: "openCase" }, context: { given: "attributes" } },
  },
]

/** Objects that are a whole request or file, or judged one by one. */
const wholeObjects: Readonly<Record<string, string>> = { plan: "a plan", policy: "a policy", offer: "an offer" }

/** Returns the sentence with the present name of a renamed field, or `undefined`; `path` leads to the object that holds the field. */
export function renamedField(path: readonly PropertyKey[], name: string): string | undefined {
  const holder = path.filter((step) => typeof step === "string").at(-1)
  for (const { since, fields } of renamedInRequests) {
    for (const object of holder === undefined ? Object.keys(wholeObjects) : [holder]) {
      const now = presentName(fields, object, name)
      const owner = holder === undefined ? ` of ${wholeObjects[object]}` : ""
      if (now !== undefined) return `\`${name}\`${owner} was renamed \`${now}\` in ${since}`
    }
  }
  return undefined
}

/** Returns the sentence with the present name of a renamed variable of rules and templates, or `undefined`. */
export function renamedVariable(root: string, name: string): string | undefined {
  for (const { since, variables } of renamedInRequests) {
    const now = presentName(variables, root, name)
    if (now !== undefined) return `\`${root}.${name}\` was renamed \`${root}.${now}\` in ${since}`
  }
  return undefined
}

function presentName(names: Renamed["fields"], object: string, name: string): string | undefined {
  const own = Object.hasOwn(names, object) ? names[object]! : {}
  return Object.hasOwn(own, name) ? own[name] : undefined
}
