import { dns1123Subdomain, maskTrailingDash } from '../../api/validation/formats.ts'
import type { NameRule } from '../../api/validation/validate-meta.ts'
import type { RegistryContext, Strategy } from './strategy.ts'

const rulesOf = new WeakMap<RegistryContext, WeakMap<Strategy, NameRule>>()

/** The rule for names of a resource: its strategy's, or DNS-1123 subdomain. */
export function nameRuleOf(strategy: Strategy, context: RegistryContext): NameRule {
  // Servers of several versions may live in one process: each has a context of its own.
  let rules = rulesOf.get(context)
  if (rules === undefined) {
    rules = new WeakMap()
    rulesOf.set(context, rules)
  }
  const known = rules.get(strategy)
  if (known !== undefined) return known
  const { validateName } = strategy
  const rule: NameRule =
    validateName === undefined
      ? (name, isPrefix) => dns1123Subdomain(maskTrailingDash(name, isPrefix), context.minor)
      : (name, isPrefix) => validateName(name, isPrefix, context)
  rules.set(strategy, rule)
  return rule
}
