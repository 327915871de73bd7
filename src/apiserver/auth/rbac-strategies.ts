import { semanticallyEqual } from '../../api/semantic-equality.ts'
import type { KubeObject, LabelSelector } from '../../api/types/meta.ts'
import {
  type ClusterRole,
  type PolicyRule,
  type RoleBinding,
  type RoleRef,
  rbacGroup,
  type Subject,
} from '../../api/types/rbac.ts'
import { type FieldError, invalid, notSupported, required } from '../../api/validation/field-errors.ts'
import { dns1123Subdomain, labelValue, qualifiedName } from '../../api/validation/formats.ts'
import { validateLabelSelector } from '../../api/validation/label-validation.ts'
import { Validator } from '../../api/validation/validator.ts'
import { goQuote } from '../../go/quote.ts'
import type { Strategy } from '../registry/strategy.ts'
import { apiServerFact } from '../version-facts.ts'
import { bindingTable } from './binding-table.ts'

/**
 * Defaults and validation of roles and bindings.
 * Source: pkg/apis/rbac/validation/validation.go, pkg/apis/rbac/v1/defaults.go.
 */

/** Names of roles and bindings need only fit into a path. Source: apimachinery pkg/api/validation/path/name.go. */
function pathSegmentNameErrors(name: string, isPrefix = false): readonly string[] {
  if (!isPrefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

function roleStrategy(resource: string, kind: string, namespaced: boolean): Strategy<ClusterRole> {
  const errorsOf = (role: ClusterRole, minor: number) => [
    ...(role.rules ?? []).flatMap((rule, index) => policyRuleErrors(rule, namespaced, `rules[${index}]`, minor)),
    ...(namespaced ? [] : aggregationErrors(role, minor)),
  ]
  return {
    resource: { group: rbacGroup, version: 'v1', resource },
    kind,
    namespaced,
    defaults: (role) => (role.rules === undefined ? { ...role, rules: null } : role),
    // An empty list does not survive being stored.
    canonicalize: (role) => (role.rules?.length === 0 ? { ...role, rules: null } : role),
    validateName: pathSegmentNameErrors,
    validate: (role, { minor }) => errorsOf(role, minor),
    validateUpdate: (next, _old, { minor }) => twice(errorsOf(next, minor)),
  }
}

function policyRuleErrors(rule: PolicyRule, namespaced: boolean, field: string, minor: number): readonly FieldError[] {
  // Members that the body left out are null by then.
  const verbs = rule.verbs ?? []
  const apiGroups = rule.apiGroups ?? []
  const resources = rule.resources ?? []
  const resourceNames = rule.resourceNames ?? []
  const nonResourceURLs = rule.nonResourceURLs ?? []
  const errors: FieldError[] = []
  if (verbs.length === 0) errors.push(required(`${field}.verbs`, 'verbs must contain at least one value'))
  if (nonResourceURLs.length > 0) {
    const refuse = (detail: string) =>
      errors.push(invalidList(`${field}.nonResourceURLs`, nonResourceURLs, detail, minor))
    if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs')
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      refuse('rules cannot apply to both regular resources and non-resource URLs')
    }
    return errors
  }
  const supply = 'resource rules must supply at least one'
  if (apiGroups.length === 0) errors.push(required(`${field}.apiGroups`, `${supply} api group`))
  if (resources.length === 0) errors.push(required(`${field}.resources`, `${supply} resource`))
  return errors
}

function aggregationErrors({ aggregationRule }: ClusterRole, minor: number): readonly FieldError[] {
  if (!aggregationRule) return []
  const path = 'aggregationRule.clusterRoleSelectors'
  const selectors = aggregationRule.clusterRoleSelectors ?? []
  const detail = 'at least one clusterRoleSelector required if aggregationRule is non-nil'
  if (selectors.length === 0) return [required(path, detail)]
  return selectors.flatMap((selector, index) => {
    const field = `${path}[${index}]`
    const v = new Validator({ minor })
    validateLabelSelector(v, field, selector)
    // Shown is what could not be made of it: nothing.
    if (!isSelectable(selector, minor)) v.invalid(field, null, 'invalid label selector.')
    return v.errors
  })
}

/** Whether a selector can be turned into one that matches. Source: apimachinery pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector. */
function isSelectable(selector: LabelSelector | null, minor: number): boolean {
  const isPair = (key: string, value: string) =>
    qualifiedName(key, minor).length === 0 && labelValue(value, minor).length === 0
  const pairs = Object.entries(selector?.matchLabels ?? {})
  if (!pairs.every(([key, value]) => isPair(key, value))) return false
  return (selector?.matchExpressions ?? []).every(({ key = '', operator, values }) => {
    const listed = values ?? []
    if (operator === 'In' || operator === 'NotIn') {
      return listed.length > 0 && listed.every((value) => isPair(key, value))
    }
    const isKnown = operator === 'Exists' || operator === 'DoesNotExist'
    return isKnown && listed.length === 0 && isPair(key, '')
  })
}

function bindingStrategy(
  resource: string,
  kind: 'RoleBinding' | 'ClusterRoleBinding',
  namespaced: boolean,
): Strategy<RoleBinding> {
  const validate = (binding: RoleBinding, minor: number) => [
    ...roleRefErrors(binding.roleRef, namespaced),
    ...(binding.subjects ?? []).flatMap((subject, index) =>
      subjectErrors(subject, namespaced, `subjects[${index}]`, minor),
    ),
  ]
  return {
    resource: { group: rbacGroup, version: 'v1', resource },
    kind,
    namespaced,
    defaults: defaultBinding,
    validateName: pathSegmentNameErrors,
    validate: (binding, { minor }) => validate(binding, minor),
    validateUpdate: (next, old, { minor }) => [
      ...twice(validate(next, minor)),
      ...roleRefChange(next.roleRef, old.roleRef),
    ],
    table: bindingTable(kind),
  }
}

function defaultBinding(binding: RoleBinding): RoleBinding {
  const { subjects, ...rest } = binding
  const roleRef = { ...binding.roleRef, apiGroup: binding.roleRef?.apiGroup || rbacGroup }
  if (!subjects?.length) return { ...rest, roleRef }
  return { ...rest, subjects: subjects.map(defaultSubject), roleRef }
}

function defaultSubject(subject: Subject): Subject {
  const isPerson = subject.kind === 'User' || subject.kind === 'Group'
  return isPerson && !subject.apiGroup ? { ...subject, apiGroup: rbacGroup } : subject
}

function roleRefErrors(roleRef: RoleRef, namespaced: boolean): readonly FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = roleRef
  const errors: FieldError[] = []
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  if (apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', apiGroup, [rbacGroup]))
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds))
  if (name === '') errors.push(required('roleRef.name'))
  for (const message of pathSegmentNameErrors(name)) errors.push(invalid('roleRef.name', name, message))
  return errors
}

function subjectErrors(subject: Subject, namespaced: boolean, field: string, minor: number): readonly FieldError[] {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject
  const errors: FieldError[] = []
  if (name === '') errors.push(required(`${field}.name`))
  if (kind === 'ServiceAccount') {
    if (name !== '') {
      for (const problem of dns1123Subdomain(name, minor)) errors.push(invalid(`${field}.name`, name, problem))
    }
    if (apiGroup !== '') errors.push(notSupported(`${field}.apiGroup`, apiGroup, ['']))
    if (!namespaced && namespace === '') errors.push(required(`${field}.namespace`))
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== rbacGroup) errors.push(notSupported(`${field}.apiGroup`, apiGroup, [rbacGroup]))
  } else {
    errors.push(notSupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
  }
  return errors
}

/** An updated object is looked at as such and as an update, and what is wrong told as often. Source: ValidateUpdate of the strategies. */
function twice(errors: readonly FieldError[]): readonly FieldError[] {
  return errors.length === 0 ? errors : [...errors, ...errors]
}

/** A binding keeps its role for life. The value is printed as Go prints the struct. */
function roleRefChange(next: RoleRef, old: RoleRef): readonly FieldError[] {
  if (semanticallyEqual(next, old)) return []
  const { apiGroup, kind, name } = next
  const value = `rbac.RoleRef{APIGroup:${goQuote(apiGroup)}, Kind:${goQuote(kind)}, Name:${goQuote(name)}}`
  return [invalidBody('roleRef', value, 'cannot change roleRef')]
}

function invalidList(field: string, values: readonly string[], detail: string, minor: number): FieldError {
  const isJson = apiServerFact('showsValuesAsJson', minor)
  return invalidBody(field, isJson ? JSON.stringify(values) : `[]string{${values.map(goQuote).join(', ')}}`, detail)
}

function invalidBody(field: string, value: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, body: `Invalid value: ${value}: ${detail}` }
}

/** The strategies of `roles`, `clusterroles`, `rolebindings`, `clusterrolebindings`. */
export const rbacStrategies: readonly Strategy[] = [
  asStrategy(roleStrategy('roles', 'Role', true)),
  asStrategy(roleStrategy('clusterroles', 'ClusterRole', false)),
  asStrategy(bindingStrategy('rolebindings', 'RoleBinding', true)),
  asStrategy(bindingStrategy('clusterrolebindings', 'ClusterRoleBinding', false)),
]

/** The pipeline hands a strategy objects of its own kind only, so its parameter types may be narrower. */
function asStrategy<T extends KubeObject>(strategy: Strategy<T>): Strategy {
  return strategy as unknown as Strategy
}
