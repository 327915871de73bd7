import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { canonicalQuantity, compareQuantities, isWholeQuantity } from '../quantity.ts'
import type { ResourceRequirements } from '../types/core.ts'
import { qualifiedName } from './formats.ts'
import { sortedKeys, type Validator } from './validator.ts'

/** Amounts of resources. Source: pkg/apis/core/validation/validation.go and pkg/apis/core/helper/helpers.go. */

const standardQuotaResources = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
])

const integerResources = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

/** Source: helper.IsHugePageResourceName. */
export function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-')
}

function isQuotaHugePages(name: string): boolean {
  return isHugePages(name) || name.startsWith('requests.hugepages-')
}

/** Source: helper.IsStandardQuotaResourceName. */
export function isStandardQuotaResource(name: string): boolean {
  return standardQuotaResources.has(name) || isQuotaHugePages(name)
}

function isStandardResource(name: string): boolean {
  return name === 'storage' || isStandardQuotaResource(name)
}

/** Source: helper.IsStandardContainerResourceName. */
function isStandardContainerResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || isHugePages(name)
}

/** Source: helper.IsNativeResource. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/')
}

/** Source: helper.IsExtendedResourceName. */
export function isExtendedResource(name: string, minor: number): boolean {
  if (isNativeResource(name) || name.startsWith('requests.')) return false
  return qualifiedName(`requests.${name}`, minor).length === 0
}

/** Source: validateResourceName. */
export function validateResourceName(v: Validator, field: string, name: string): boolean {
  const problems = qualifiedName(name, v.minor)
  v.each(field, name, problems)
  if (problems.length > 0) return false
  if (name.includes('/') || isStandardResource(name)) return true
  v.invalid(field, name, 'must be a standard resource type or fully qualified')
  return false
}

/** Source: validateContainerResourceName. */
export function validateContainerResourceName(v: Validator, field: string, name: string): void {
  validateResourceName(v, field, name)
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name)) v.invalid(field, name, 'must be a standard resource for containers')
  } else if (!isNativeResource(name) && !isExtendedResource(name, v.minor)) {
    v.invalid(field, name, "doesn't follow extended resource name standard")
  }
}

/** Source: ValidateNonnegativeQuantity. */
function validateNonNegativeQuantity(v: Validator, field: string, amount: string): void {
  if (compareQuantities(amount, '0') < 0) {
    v.invalid(field, canonicalQuantity(amount), 'must be greater than or equal to 0')
  }
}

/** Source: ValidateResourceQuantityValue. */
export function validateResourceQuantity(v: Validator, field: string, name: string, amount: string): void {
  validateNonNegativeQuantity(v, field, amount)
  if ((integerResources.has(name) || isExtendedResource(name, v.minor)) && !isWholeQuantity(amount)) {
    v.invalidQuantity(field, amount, 'must be an integer')
  }
}

/** Source: ValidateResourceRequirements. */
export function validateResources(v: Validator, field: string, resources: ResourceRequirements): void {
  const { limits, requests } = resources
  if (limits === undefined && requests === undefined) return
  let hasCompute = false
  let hasHugePages = false
  for (const name of sortedKeys(limits)) {
    const path = `${field}.limits[${name}]`
    validateContainerResourceName(v, path, name)
    validateResourceQuantity(v, path, name, limits?.[name] ?? '0')
    if (isHugePages(name)) hasHugePages = true
    if (name === 'cpu' || name === 'memory') hasCompute = true
  }
  for (const name of sortedKeys(requests)) {
    const path = `${field}.requests[${name}]`
    const amount = requests?.[name] ?? '0'
    validateContainerResourceName(v, path, name)
    validateResourceQuantity(v, path, name, amount)
    const mayOvercommit = isNativeResource(name) && !isHugePages(name)
    const limit = limits !== undefined && Object.hasOwn(limits, name) ? limits[name] : undefined
    if (limit !== undefined) validateAgainstLimit(v, `${field}.requests`, name, amount, limit, mayOvercommit)
    else if (!mayOvercommit) v.required(`${field}.limits`, 'Limit must be set for non overcommitable resources')
    if (isHugePages(name)) hasHugePages = true
    if (name === 'cpu' || name === 'memory') hasCompute = true
  }
  if (hasHugePages && !hasCompute) v.forbidden(field, 'HugePages require cpu or memory')
}

function validateAgainstLimit(
  v: Validator,
  field: string,
  name: string,
  amount: string,
  limit: string,
  mayOvercommit: boolean,
): void {
  const order = compareQuantities(amount, limit)
  const shown = canonicalQuantity(amount)
  if (order !== 0 && !mayOvercommit) v.invalid(field, shown, `must be equal to ${name} limit`)
  else if (order > 0) {
    // From v1.26 on the text names the limit. Source: validation.go, ValidateResourceRequirements.
    const tail = has(v.minor, apiServer.tellsLimits) ? ` of ${canonicalQuantity(limit)}` : ''
    v.invalid(field, shown, `must be less than or equal to ${name} limit${tail}`)
  }
}
