import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { TopologySpreadConstraint } from '../types/core.ts'
import type { LabelSelector } from '../types/meta.ts'
import { validateLabelName, validateLabelSelector } from './label-validation.ts'
import { isUnset, sortedKeys, type Validator } from './validator.ts'

/** How Pods spread, and keys of labels that become part of selectors. Source: pkg/apis/core/validation/validation.go. */

/** Source: validateTopologySpreadConstraints. */
export function validateSpreadConstraints(
  v: Validator,
  field: string,
  constraints: readonly TopologySpreadConstraint[],
): void {
  for (const [index, constraint] of constraints.entries()) {
    const path = `${field}[${index}]`
    const { maxSkew = 0, topologyKey = '' } = constraint
    const action: string = constraint.whenUnsatisfiable ?? ''
    if (maxSkew <= 0) v.invalid(`${path}.maxSkew`, maxSkew, 'must be greater than zero')
    if (isUnset(topologyKey)) v.required(`${path}.topologyKey`, 'can not be empty')
    if (action !== 'DoNotSchedule' && action !== 'ScheduleAnyway') {
      v.notSupported(`${path}.whenUnsatisfiable`, action, ['DoNotSchedule', 'ScheduleAnyway'])
    }
    const repeated = constraints
      .slice(index + 1)
      .some((other) => (other.topologyKey ?? '') === topologyKey && (other.whenUnsatisfiable ?? '') === action)
    if (repeated) v.duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`)
    validateDomains(v, path, constraint, action)
    if (has(v.minor, apiServer.spreadingMergesKeys)) validateLabelKeys(v, path, constraint)
    else validateSpreadKeys(v, `${path}.matchLabelKeys`, constraint)
    if (has(v.minor, apiServer.spreadingChecksSelectors))
      validateLabelSelector(v, `${path}.labelSelector`, constraint.labelSelector)
  }
}

/** Source: validateMinDomains, validateNodeInclusionPolicy. */
function validateDomains(v: Validator, path: string, constraint: TopologySpreadConstraint, action: string): void {
  const { minDomains } = constraint
  if (minDomains !== undefined) {
    if (minDomains <= 0) v.invalid(`${path}.minDomains`, minDomains, 'must be greater than zero')
    if (action !== 'DoNotSchedule') {
      const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
      v.invalid(`${path}.minDomains`, minDomains, text)
    }
  }
  for (const member of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const policy = constraint[member]
    if (policy !== undefined && policy !== 'Honor' && policy !== 'Ignore')
      v.notSupported(`${path}.${member}`, policy, ['Honor', 'Ignore'])
  }
}

interface Keyed {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

/** Source: ValidateMatchLabelKeysInTopologySpread. */
function validateSpreadKeys(v: Validator, field: string, { labelSelector, matchLabelKeys = [] }: Keyed): void {
  if (matchLabelKeys.length === 0) return
  if (labelSelector === undefined) v.forbidden(field, needsSelector)
  const selected = new Set([
    ...Object.keys(labelSelector?.matchLabels ?? {}),
    ...(labelSelector?.matchExpressions ?? []).map(({ key = '' }) => key),
  ])
  for (const [index, key] of matchLabelKeys.entries()) {
    validateLabelName(v, `${field}[${index}]`, key)
    if (selected.has(key)) v.invalid(`${field}[${index}]`, key, inBoth)
  }
}

const needsSelector = 'must not be specified when labelSelector is not set'
const inBoth = 'exists in both matchLabelKeys and labelSelector'

/** Keys of Pod affinity, and of spreading from v1.34 on, are part of the selector by now. Source: ValidateMatchLabelKeysAndMismatchLabelKeys. */
export function validateLabelKeys(v: Validator, path: string, term: Keyed): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  for (const [member, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    if (keys.length > 0 && labelSelector === undefined) v.forbidden(`${path}.${member}`, needsSelector)
    else for (const [index, key] of keys.entries()) validateLabelName(v, `${path}.${member}[${index}]`, key)
  }
  const selected = new Set(sortedKeys(labelSelector?.matchLabels))
  for (const { key = '' } of labelSelector?.matchExpressions ?? []) {
    const index = matchLabelKeys.lastIndexOf(key)
    if (index >= 0 && selected.has(key)) v.invalid(`${path}[${index}]`, key, inBoth)
    selected.add(key)
  }
  for (const [index, key] of matchLabelKeys.entries())
    if (mismatchLabelKeys.includes(key))
      v.invalid(`${path}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')
}
