import { dns1123Subdomain, maskTrailingDash } from '../../api/validation/formats.ts'
import type { NameRule } from '../../api/validation/validate-meta.ts'
import type { RegistryContext, Strategy } from './strategy.ts'

/** The rule for names of a resource: its strategy's, or DNS-1123 subdomain. */
export function nameRuleOf(strategy: Strategy, context: RegistryContext): NameRule {
  const { validateName } = strategy
  return validateName === undefined
    ? (name, isPrefix) => dns1123Subdomain(maskTrailingDash(name, isPrefix), context.minor)
    : (name, isPrefix) => validateName(name, isPrefix, context)
}
