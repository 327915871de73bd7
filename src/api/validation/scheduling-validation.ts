import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { goSyntax } from '../structs/syntax.ts'
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
} from '../types/core.ts'
import { dns1123Label, dns1123Subdomain, labelValue } from './formats.ts'
import { validateLabelName, validateLabelSelector } from './label-validation.ts'
import { validateLabelKeys } from './spread-validation.ts'
import type { Validator } from './validator.ts'

/** What a Pod asks of the scheduler. Source: pkg/apis/core/validation/validation.go. */

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Source: validateTaintEffect. */
export function validateTaintEffect(v: Validator, field: string, effect: string): void {
  if (!effects.includes(effect)) v.notSupported(field, effect, effects)
}

/** Source: ValidateTolerations. */
export function validateTolerations(v: Validator, field: string, tolerations: readonly Toleration[]): void {
  for (const [index, toleration] of tolerations.entries()) {
    const path = `${field}[${index}]`
    const { key = '', value = '', effect = '' } = toleration
    const operator: string = toleration.operator ?? ''
    if (key !== '') validateLabelName(v, `${path}.key`, key)
    if (key === '' && operator !== 'Exists') {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      v.invalid(`${path}.operator`, operator, text)
    }
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') {
      v.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    if (operator === 'Equal' || operator === '') {
      const problems = labelValue(value, v.minor)
      if (problems.length > 0) v.invalid(`${path}.operator`, value, problems.join(';'))
    } else if (operator === 'Exists') {
      if (value !== '') {
        const shown = goSyntax('core.Toleration', toleration)
        const detail = "value must be empty when `operator` is 'Exists'"
        if (has(v.minor, apiServer.showsTolerationValue)) v.invalid(`${path}.operator`, value, detail)
        else v.invalidGo(`${path}.operator`, shown, detail)
      }
    } else v.notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])
    if (effect !== '') validateTaintEffect(v, `${path}.effect`, effect)
  }
}

/** Source: validateAffinity. */
export function validateAffinity(v: Validator, field: string, affinity: Affinity | undefined): void {
  if (affinity === undefined) return
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity
  if (nodeAffinity !== undefined) {
    const required = nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
    const path = `${field}.nodeAffinity`
    if (required !== undefined) {
      validateNodeSelector(v, `${path}.requiredDuringSchedulingIgnoredDuringExecution`, required)
    }
    const preferred = nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
    for (const [index, { weight, preference }] of preferred.entries()) {
      const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
      validateWeight(v, at, weight)
      validateNodeSelectorTerm(v, `${at}.preference`, preference ?? {})
    }
  }
  if (podAffinity !== undefined) validatePodAffinity(v, `${field}.podAffinity`, podAffinity)
  if (podAntiAffinity !== undefined) validatePodAffinity(v, `${field}.podAntiAffinity`, podAntiAffinity)
}

function validateWeight(v: Validator, field: string, weight: number | undefined): void {
  if (weight === undefined || weight <= 0 || weight > 100) {
    v.invalid(`${field}.weight`, weight ?? 0, 'must be in the range 1-100')
  }
}

/** Source: ValidateNodeSelector. */
export function validateNodeSelector(
  v: Validator,
  field: string,
  selector: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] },
): void {
  const terms = selector.nodeSelectorTerms ?? []
  if (terms.length === 0) v.required(`${field}.nodeSelectorTerms`, 'must have at least one node selector term')
  const isStrict = has(v.minor, apiServer.requiredAffinitiesCheckValues)
  for (const [index, term] of terms.entries()) {
    validateNodeSelectorTerm(v, `${field}.nodeSelectorTerms[${index}]`, term, isStrict)
  }
}

/** Source: ValidateNodeSelectorTerm. */
function validateNodeSelectorTerm(v: Validator, field: string, term: NodeSelectorTerm, checksValues = false): void {
  for (const [index, requirement] of (term.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${index}]`
    validateNodeRequirement(v, path, requirement)
    if (!checksValues) continue
    for (const [at, value] of (requirement.values ?? []).entries()) {
      v.each(`${path}.values[${at}]`, value, labelValue(value, v.minor))
    }
  }
  for (const [index, requirement] of (term.matchFields ?? []).entries()) {
    validateNodeFieldRequirement(v, `${field}.matchFields[${index}]`, requirement)
  }
}

function validateNodeRequirement(v: Validator, field: string, requirement: NodeSelectorRequirement): void {
  const { key = '', values = [] } = requirement
  const operator: string = requirement.operator ?? ''
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) v.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      v.forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      v.required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
    }
  } else v.invalid(`${field}.operator`, operator, 'not a valid selector operator')
  validateLabelName(v, `${field}.key`, key)
}

function validateNodeFieldRequirement(v: Validator, field: string, requirement: NodeSelectorRequirement): void {
  const { key = '', values = [] } = requirement
  const operator: string = requirement.operator ?? ''
  if (operator !== 'In' && operator !== 'NotIn') {
    v.invalid(`${field}.operator`, operator, 'not a valid selector operator')
  } else if (values.length !== 1) {
    v.required(`${field}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
  }
  if (key !== 'metadata.name') v.invalid(`${field}.key`, key, 'not a valid field selector key')
  else {
    for (const [index, value] of values.entries()) {
      v.each(`${field}.values[${index}]`, value, dns1123Subdomain(value, v.minor))
    }
  }
}

function validatePodAffinity(v: Validator, field: string, affinity: PodAffinity): void {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []
  for (const [index, term] of required.entries()) {
    validatePodAffinityTerm(v, `${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`, term)
  }
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
  for (const [index, { weight, podAffinityTerm }] of preferred.entries()) {
    const path = `${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`
    validateWeight(v, path, weight)
    validatePodAffinityTerm(v, `${path}.podAffinityTerm`, podAffinityTerm ?? { topologyKey: '' })
  }
}

function validatePodAffinityTerm(v: Validator, field: string, term: PodAffinityTerm): void {
  const { labelSelector, namespaces = [], topologyKey = '' } = term
  // `matchExpressions` in this path is the original's. From v1.22 on it is labelSelector.
  validateLabelSelector(
    v,
    `${field}.${has(v.minor, apiServer.affinityNamesItsSelector) ? 'labelSelector' : 'matchExpressions'}`,
    labelSelector,
  )
  if (term.namespaceSelector !== undefined)
    validateLabelSelector(v, `${field}.namespaceSelector`, term.namespaceSelector)
  for (const name of namespaces) v.each(`${field}.namespace`, name, dns1123Label(name, v.minor))
  validateLabelKeys(v, field, term)
  if (topologyKey === '') v.required(`${field}.topologyKey`, 'can not be empty')
  validateLabelName(v, `${field}.topologyKey`, topologyKey)
}
