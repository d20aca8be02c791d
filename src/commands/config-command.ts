import { type Environment, parseConfig, type Variable, variableGroups, variables } from "../config.ts"

/** Returns the value of a variable as it may be shown. */
function shown(given: string | undefined, variable: Variable): string {
  if (given === undefined || given === "") return variable.default ?? "-"
  return variable.isSecret ? "(set)" : given
}

/**
 * Returns every environment variable by group, with its value in an environment, what it means and what it takes. Throws a
 * `ConfigError` where one is unusable.
 */
export function configTable(env: Environment): string {
  parseConfig(env)
  const all = Object.entries<Variable>(variables)
  const nameWidth = Math.max(...all.map(([name]) => name.length)) + 2
  const line = ([name, variable]: [string, Variable]) => {
    const { description, allowed, unit, without } = variable
    const terms = [allowed, unit, without && `without it: ${without}`].filter((term) => term !== undefined)
    const value = shown(env[name]?.trim(), variable)
    return `  ${name.padEnd(nameWidth)}${value.padEnd(12)} ${description} (${terms.join("; ")})`.replaceAll("`", "")
  }
  return Object.entries(variableGroups)
    .map(([group, title]) => [title, ...all.filter(([, { group: own }]) => own === group).map(line)].join("\n"))
    .join("\n\n")
}
