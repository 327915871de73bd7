import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { LabelSelector } from '../types/meta.ts'
import { labelValue, qualifiedName } from './formats.ts'
import { validateLabels } from './validate-meta.ts'
import { sortedKeys, type Validator } from './validator.ts'

/** Source: k8s.io/apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateLabelName. */
export function validateLabelName(v: Validator, field: string, name: string): void {
  v.each(field, name, qualifiedName(name, v.minor))
}

/** A selector of a decoded object: one that is not there comes as null where Go does not leave it out. */
export type MaybeSelector = LabelSelector | null | undefined

/** Source: the same file, ValidateLabelSelector. */
export function validateLabelSelector(v: Validator, field: string, selector: MaybeSelector): void {
  if (selector === undefined || selector === null) return
  v.add(validateLabels(selector.matchLabels, `${field}.matchLabels`, v.minor))
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${index}]`
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        v.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        v.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      }
    } else v.invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator')
    validateLabelName(v, `${path}.key`, key ?? '')
    if (!has(v.minor, apiServer.selectorValuesAreChecked)) continue
    for (const [at, value] of values.entries()) v.each(`${path}.values[${at}]`, value, labelValue(value, v.minor))
  }
}

/**
 * Whether a label selector can be turned into one that matches: keys, operators and, which validation does not look at
 * before v1.26, values must be right. Source: metav1 helpers.go, LabelSelectorAsSelector; pkg/labels/selector.go, NewRequirement.
 */
export function isUsableSelector(selector: MaybeSelector, minor: number): boolean {
  if (selector === undefined || selector === null) return true
  if (validateLabels(selector.matchLabels, '', minor).length > 0) return false
  return (selector.matchExpressions ?? []).every(({ key = '', operator, values = [] }) => {
    if (qualifiedName(key, minor).length > 0) return false
    if (operator === 'Exists' || operator === 'DoesNotExist') return values.length === 0
    if (operator !== 'In' && operator !== 'NotIn') return false
    return values.length > 0 && values.every((value) => labelValue(value, minor).length === 0)
  })
}

/** Whether a selector selects everything or, absent, nothing. */
export function isEmptySelector(selector: MaybeSelector): boolean {
  if (selector === undefined || selector === null) return true
  return sortedKeys(selector.matchLabels).length + (selector.matchExpressions?.length ?? 0) === 0
}

/** Whether labels satisfy a selector; an empty one matches everything, an absent one nothing. */
export function matchesLabelSelector(
  selector: MaybeSelector,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (selector === undefined || selector === null) return false
  const isSet = (key: string) => labels !== undefined && Object.hasOwn(labels, key)
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (!isSet(key) || labels?.[key] !== value) return false
  }
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return isSet(key)
    if (operator === 'DoesNotExist') return !isSet(key)
    const listed = isSet(key) && values.includes(labels?.[key] ?? '')
    return operator === 'In' ? listed : !listed
  })
}
