import * as z from 'zod'
import { keyRules } from '../sim/input/choice.ts'
import { scenarioSchema } from './schema.ts'
import { withVariables } from './variables/json-variables.ts'

/**
 * The JSON Schema of scenario files, for editors: as strict as the loader is, but for what needs more than one place at
 * once (names that refer to something, times).
 */
export function scenarioJsonSchema(): object {
  return { $id: 'urn:podsim:scenario', ...withVariables({ ...scenarioShape() }) }
}

/** The same without variables, as the reference is made from. */
export function scenarioShape(): object {
  return z.toJSONSchema(scenarioSchema, {
    override({ zodSchema, jsonSchema }) {
      const rules = keyRules.get(zodSchema)
      if (rules === undefined) return
      const pairs = (rules.atMostOneOf ?? []).flatMap((keys) =>
        keys.flatMap((key, i) => keys.slice(i + 1).map((other) => ({ not: present(key, other) }))),
      )
      const needed = rules.atLeastOneOf ?? []
      const all = [...pairs, ...(needed.length === 0 ? [] : [{ anyOf: needed.map((key) => present(key)) }])]
      if (all.length > 0) jsonSchema.allOf = all
    },
  })
}

/** What has all of the keys. They are named as properties too: strict validators take a required one that is none for a slip. */
function present(...keys: string[]): { properties: Record<string, Record<string, never>>; required: string[] } {
  return { properties: Object.fromEntries(keys.map((key) => [key, {}])), required: keys }
}
