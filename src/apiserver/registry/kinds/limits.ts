import { type Amounts, amountOf } from '../../../api/amounts.ts'
import { randomUuid } from '../../../api/generate-name.ts'
import { canonicalQuantity, compareQuantities, quantityMilliValue } from '../../../api/quantity.ts'
import { goStrings } from '../../../api/structs/syntax.ts'
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../../../api/types/limits.ts'
import { qualifiedName } from '../../../api/validation/formats.ts'
import {
  isNativeResource,
  isStandardQuotaResource,
  validateContainerResourceName,
  validateResourceName,
  validateResourceQuantity,
} from '../../../api/validation/resource-validation.ts'
import { sortedKeys, type Validator } from '../../../api/validation/validator.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Strategy } from '../strategy.ts'
import { resourceQuotaColumns, resourceQuotaColumnsAgeLast } from './columns.ts'
import { errorsOf } from './settings.ts'
import { ageCell } from './workload-rows.ts'

/** Limit ranges and quotas. Source: pkg/apis/core/validation/validation.go, pkg/apis/core/v1/defaults.go. */

const limitTypes = ['Pod', 'Container', 'PersistentVolumeClaim']
const groups = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

/** Containers' defaults follow from their bounds. Source: SetDefaults_LimitRangeItem. */
function defaultItem(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item
  const defaults = { ...item.max, ...item.default }
  const requests = { ...item.min, ...defaults, ...item.defaultRequest }
  const kept = (name: 'default' | 'defaultRequest', amounts: Amounts) =>
    Object.keys(amounts).length === 0 ? {} : { [name]: amounts }
  return { ...item, ...kept('default', defaults), ...kept('defaultRequest', requests) }
}

/** Source: ValidateLimitRange. */
function validateLimitRange(v: Validator, { spec }: LimitRange): void {
  const types = new Set<string>()
  for (const [index, item] of (spec?.limits ?? []).entries()) {
    const path = `spec.limits[${index}]`
    const { type = '' } = item
    const problems = qualifiedName(type, v.minor)
    v.each(`${path}.type`, type, problems)
    if (problems.length === 0 && !type.includes('/') && !limitTypes.includes(type)) {
      v.invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified')
    }
    if (types.has(type)) v.duplicate(`${path}.type`, type)
    types.add(type)
    validateItem(v, path, item, type)
  }
}

function validateItem(v: Validator, path: string, item: LimitRangeItem, type: string): void {
  const names = new Set<string>()
  for (const group of groups) {
    const amounts = item[group]
    if (type === 'Pod' && (group === 'default' || group === 'defaultRequest')) {
      if (Object.keys(amounts ?? {}).length > 0) {
        v.forbidden(`${path}.${group}`, "may not be specified when `type` is 'Pod'")
      }
      continue
    }
    if (group === 'maxLimitRequestRatio' && type === 'PersistentVolumeClaim') {
      if (amountOf(item.min, 'storage') === undefined && amountOf(item.max, 'storage') === undefined) {
        const text = 'either minimum or maximum storage value is required, but neither was provided'
        v.required(`${path}.limits`, text)
      }
    }
    for (const name of sortedKeys(amounts)) {
      const field = `${path}.${group}[${name}]`
      if (type === 'Pod' || type === 'Container') validateContainerResourceName(v, field, name)
      else validateResourceName(v, field, name)
      names.add(name)
    }
  }
  for (const name of [...names].sort()) validateBounds(v, path, item, name)
}

function validateBounds(v: Validator, path: string, item: LimitRangeItem, name: string): void {
  const [max, min, given, request, ratio] = groups.map((group) => amountOf(item[group], name))
  const text = (amount: string) => canonicalQuantity(amount)
  const above = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0
  const wrong = (group: string, value: string | undefined, detail: string) =>
    v.invalidQuantity(`${path}.${group}[${name}]`, value ?? '0', detail)
  const says = (low: string, a = '0', high = '', b = '0') =>
    `${low} value ${text(a)} is greater than ${high} value ${text(b)}`
  if (above(min, max)) wrong('min', min, says('min', min, 'max', max))
  if (above(min, request)) wrong('defaultRequest', request, says('min', min, 'default request', request))
  if (above(request, max)) wrong('defaultRequest', request, says('default request', request, 'max', max))
  if (above(request, given)) wrong('defaultRequest', request, says('default request', request, 'default limit', given))
  if (above(min, given)) wrong('default', min, says('min', min, 'default', given))
  if (above(given, max)) wrong('default', max, says('default', given, 'max', max))
  if (ratio !== undefined && compareQuantities(ratio, '1') < 0) {
    wrong('maxLimitRequestRatio', ratio, `ratio ${text(ratio)} is less than 1`)
  }
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const limit = quantityMilliValue(max) / quantityMilliValue(min)
    if (quantityMilliValue(ratio) / 1000 > limit) {
      wrong('maxLimitRequestRatio', ratio, `ratio ${text(ratio)} is greater than max/min = ${limit.toFixed(6)}`)
    }
  }
  const isFixed = !isNativeResource(name) || name.startsWith('hugepages-')
  if (isFixed && given !== undefined && request !== undefined && compareQuantities(given, request) !== 0) {
    const detail = `default value ${text(given)} must equal to defaultRequest value ${text(request)} in ${name}`
    wrong('defaultRequest', request, detail)
  }
}

export const limitRangeStrategy: Strategy<LimitRange> = {
  resource: { group: '', version: 'v1', resource: 'limitranges' },
  kind: 'LimitRange',
  namespaced: true,
  allowsCreateOnUpdate: true,
  defaults: (range) => ({
    ...range,
    // Go tells a list that is not there as null.
    spec: { ...range.spec, limits: (range.spec?.limits?.map(defaultItem) ?? null) as readonly LimitRangeItem[] },
  }),
  // Source: pkg/registry/core/limitrange/strategy.go, PrepareForCreate.
  prepareForCreate: (range, { random }) =>
    (range.metadata.name as string | undefined) // it may have been forgotten
      ? range
      : { ...range, metadata: { ...range.metadata, name: randomUuid(random) } },
  validate: (range, context) => errorsOf(context, (v) => validateLimitRange(v, range)),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validateLimitRange(v, next)),
}

const podScopes = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass']
const computeResources = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']

function validateAmounts(v: Validator, field: string, amounts: Amounts | undefined): void {
  for (const name of sortedKeys(amounts)) {
    const path = `${field}[${name}]`
    validateResourceName(v, path, name)
    if (!name.includes('/') && !isStandardQuotaResource(name)) {
      v.invalid(path, name, 'must be a standard resource for quota')
    }
    validateResourceQuantity(v, path, name, amounts?.[name] ?? '0')
  }
}

/** Source: pkg/apis/core/helper/helpers.go, IsStandardResourceQuotaScope. */
function isScope(v: Validator, scope: string): boolean {
  return podScopes.includes(scope) || (scope === affinityScope && has(v.minor, apiServer.quotasKnowAffinities))
}

/** Source: the same file, IsResourceQuotaScopeValidForResource. */
function scopeFits(scope: string, resource: string): boolean {
  if (!podScopes.includes(scope) && scope !== affinityScope) return true
  return resource === 'pods' || (scope !== 'BestEffort' && computeResources.includes(resource))
}

const affinityScope = 'CrossNamespacePodAffinity'
const conflictingScopes = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]

/** Source: ValidateResourceQuotaSpec. */
function validateQuotaSpec(v: Validator, { spec = {} }: ResourceQuota): void {
  validateAmounts(v, 'spec.hard', spec.hard)
  const scopes = spec.scopes ?? []
  const standard = sortedKeys(spec.hard).filter(isStandardQuotaResource)
  const shown = goStrings('[]core.ResourceQuotaScope', scopes)
  for (const scope of scopes) {
    if (!isScope(v, scope)) v.invalidGo('spec.scopes', shown, 'unsupported scope')
    for (const resource of standard) {
      if (!scopeFits(scope, resource)) v.invalidGo('spec.scopes', shown, 'unsupported scope applied to resource')
    }
  }
  for (const pair of conflictingScopes) {
    if (pair.every((scope) => scopes.includes(scope))) v.invalidGo('spec.scopes', shown, 'conflicting scopes')
  }
  validateScopeSelector(v, spec)
}

const existsText =
  "must be 'Exist' only operator when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort and ResourceQuotaScopeNotBestEffort"
const laterExistsText =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

/** A scope selector as `%#v` writes it. */
function goScopeSelector({
  matchExpressions,
}: NonNullable<NonNullable<ResourceQuota['spec']>['scopeSelector']>): string {
  const type = 'core.ScopedResourceSelectorRequirement'
  const listed = (matchExpressions ?? []).map(
    ({ scopeName, operator, values }) =>
      `${type}{ScopeName:${goQuote(scopeName)}, Operator:${goQuote(operator)}, Values:${goStrings('[]string', values ?? undefined)}}`,
  )
  return `core.ScopeSelector{MatchExpressions:[]${type}{${listed.join(', ')}}}`
}

/** Source: validateScopedResourceSelectorRequirement. */
function validateScopeSelector(v: Validator, spec: NonNullable<ResourceQuota['spec']>): void {
  const field = 'spec.scopeSelector.matchExpressions'
  const standard = sortedKeys(spec.hard).filter(isStandardQuotaResource)
  for (const { scopeName = '', operator = '', values: given } of spec.scopeSelector?.matchExpressions ?? []) {
    const values = given ?? []
    if (!isScope(v, scopeName)) v.invalid(`${field}.scopeName`, scopeName, 'unsupported scope')
    for (const resource of standard) {
      if (scopeFits(scopeName, resource)) continue
      v.invalidGo(field, goScopeSelector(spec.scopeSelector ?? {}), 'unsupported scope applied to resource')
    }
    const mustExist = scopeName === affinityScope || (scopeName !== 'PriorityClass' && podScopes.includes(scopeName))
    if (mustExist && operator !== 'Exists') {
      const text = has(v.minor, apiServer.quotasNameAffinities) ? laterExistsText : existsText
      v.invalid(`${field}.operator`, operator, text)
    }
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
        v.required(`${field}.values`, text)
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
        v.invalidGo(`${field}.values`, goStrings('[]string', values), text)
      }
    } else v.invalid(`${field}.operator`, operator, 'not a valid selector operator')
  }
  const names = (spec.scopeSelector?.matchExpressions ?? []).map(({ scopeName }) => scopeName)
  for (const pair of conflictingScopes) {
    if (!pair.every((scope) => names.includes(scope))) continue
    v.invalidGo(
      'spec.scopeSelector.matchExpressions',
      goStrings('[]core.ResourceQuotaScope', spec.scopes),
      'conflicting scopes',
    )
  }
}

export const resourceQuotaStrategy: Strategy<ResourceQuota> = {
  resource: { group: '', version: 'v1', resource: 'resourcequotas' },
  kind: 'ResourceQuota',
  namespaced: true,
  hasStatus: true,
  returnsDeletedObject: true,
  defaults: (quota) => ({ ...quota, spec: quota.spec ?? {}, status: quota.status ?? {} }),
  prepareForCreate: (quota) => ({ ...quota, status: {} }),
  validate: (quota, context) => errorsOf(context, (v) => validateQuotaSpec(v, quota)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateQuotaSpec(v, next)
      const sorted = ({ spec }: ResourceQuota) => [...new Set(spec?.scopes)].sort().join(',')
      if (sorted(next) === sorted(old)) return
      v.invalidGo('spec.scopes', goStrings('[]core.ResourceQuotaScope', next.spec?.scopes), 'field is immutable')
    }),
  validateStatusUpdate: (next, _old, context) =>
    errorsOf(context, (v) => {
      validateAmounts(v, 'status.hard', next.status?.hard)
      validateAmounts(v, 'status.used', next.status?.used)
    }),
  table: {
    columns: resourceQuotaColumns,
    columnsOf: (minor) =>
      has(minor, apiServer.quotasShowAgeLast) ? resourceQuotaColumnsAgeLast : resourceQuotaColumns,
    row: (quota, context) => {
      const { hard, used } = quota.status ?? {}
      const cell = (isLimit: boolean) =>
        sortedKeys(hard)
          .filter((name) => name.startsWith('limits.') === isLimit)
          .map((name) => {
            const amounts = [amountOf(used, name) ?? '0', amountOf(hard, name) ?? '0'].map(canonicalQuantity)
            return `${name}: ${amounts.join('/')}`
          })
          .join(', ')
      const [{ name }, age, cells] = [quota.metadata, ageCell(quota, context), [cell(false), cell(true)]]
      return has(context.minor, apiServer.quotasShowAgeLast) ? [name, ...cells, age] : [name, age, ...cells]
    },
  },
}
