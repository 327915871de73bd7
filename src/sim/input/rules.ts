import type * as z from 'zod'
import { type KeyRules, keyRules } from './choice.ts'
import { complain } from './complaints.ts'
import { listed } from './words.ts'

/** The same schema, whose maps keep the rules too. */
export function withRules<T extends z.ZodObject>(schema: T, rules: KeyRules): T {
  const has = (given: object, key: string) => (given as Readonly<Record<string, unknown>>)[key] !== undefined
  const checked = schema.superRefine((given, context) => {
    for (const keys of rules.atMostOneOf ?? []) {
      const [first, second] = keys.filter((key) => has(given, key))
      if (second === undefined) continue
      const message = `${first} and ${second} do not go together; expected one of them`
      complain(context, [second], { message, isAtKey: true, code: rules.code ?? 'BAD_VALUE' })
    }
    const { atLeastOneOf } = rules
    if (atLeastOneOf !== undefined && !atLeastOneOf.some((key) => has(given, key)))
      complain(context, [], { message: `nothing is said of it; expected ${listed(atLeastOneOf)}`, code: 'MISSING_KEY' })
  })
  keyRules.add(checked, rules)
  return checked
}
