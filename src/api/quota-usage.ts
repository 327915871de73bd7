import type { EpochMs } from '../kernel/calendar.ts'
import { parseRfc3339 } from '../kernel/calendar.ts'
import { type Amounts, addAmounts, amountOf } from './amounts.ts'
import { withInitContainers } from './pod-amounts.ts'
import { podQosClass } from './pod-qos.ts'
import type { Container, Pod } from './types/core.ts'
import type { ResourceQuota, ScopedResourceSelectorRequirement } from './types/limits.ts'
import type { KubeObject } from './types/meta.ts'
import { isExtendedResource, isNativeResource } from './validation/resource-validation.ts'

/**
 * What objects cost a quota: used by admission, which charges, and by the controller, which counts.
 * Source: pkg/quota/v1/evaluator/core and pkg/quota/v1/generic/evaluator.go.
 */
export interface QuotaEvaluator {
  /** Operations that are charged. */
  readonly operations: ReadonlySet<string>
  /** Of these resources those that this kind of object counts against. */
  matchingResources(names: readonly string[]): readonly string[]
  usage(object: KubeObject, now: EpochMs): Amounts
  /** Whether an object falls under a scope; only Pods know scopes. */
  matchesScope(scope: ScopedResourceSelectorRequirement, object: KubeObject): boolean
  /** What a Pod must say of itself when these resources are limited, or undefined. */
  constraint(required: readonly string[], object: KubeObject): string | undefined
}

const creation: ReadonlySet<string> = new Set(['CREATE'])
const writing: ReadonlySet<string> = new Set(['CREATE', 'UPDATE'])

/** Names by which some kinds could be counted before `count/...`. Source: registry.go, legacyObjectCountAliases. */
const aliases: Readonly<Record<string, string>> = {
  configmaps: 'configmaps',
  resourcequotas: 'resourcequotas',
  replicationcontrollers: 'replicationcontrollers',
  secrets: 'secrets',
}

const evaluators = new Map<string, QuotaEvaluator>()

/** How objects of a resource are counted; undefined for Events, which are free. */
export function quotaEvaluator(group: string, resource: string): QuotaEvaluator | undefined {
  if (group === '' && resource === 'events') return undefined
  const name = group === '' ? resource : `${resource}.${group}`
  const known = evaluators.get(name)
  if (known !== undefined) return known
  const special = group === '' ? specialEvaluators.get(resource) : undefined
  const made = special ?? countEvaluator(name, group === '' ? aliases[resource] : undefined)
  evaluators.set(name, made)
  return made
}

function countEvaluator(name: string, alias: string | undefined): QuotaEvaluator {
  const names = alias === undefined ? [`count/${name}`] : [`count/${name}`, alias]
  const usage = Object.fromEntries(names.map((counted) => [counted, '1']))
  return {
    operations: creation,
    matchingResources: (wanted) => wanted.filter((counted) => names.includes(counted)),
    usage: () => usage,
    matchesScope: () => false,
    constraint: () => undefined,
  }
}

const podResources: ReadonlySet<string> = new Set([
  'count/pods',
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
])

const constrained: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
])

const podEvaluator: QuotaEvaluator = {
  operations: creation,
  matchingResources: (names) =>
    names.filter(
      (name) =>
        podResources.has(name) ||
        name.startsWith('hugepages-') ||
        name.startsWith('requests.hugepages-') ||
        (!isNativeResource(name) && name.startsWith('requests.')),
    ),
  usage: (object, now) => podUsage(object as Pod, now), // the evaluator of Pods
  matchesScope: (scope, object) => podMatchesScope(scope, object as Pod), // as above
  constraint: (required, object) => podConstraint(required, object as Pod), // as above
}

/** Source: pods.go, PodUsageFunc. */
function podUsage(pod: Pod, now: EpochMs): Amounts {
  const count = { 'count/pods': '1' }
  if (!countsStill(pod, now)) return count
  let requests: Amounts = {}
  let limits: Amounts = {}
  for (const { resources } of pod.spec.containers ?? []) {
    requests = addAmounts(requests, resources?.requests)
    limits = addAmounts(limits, resources?.limits)
  }
  const init = pod.spec.initContainers ?? []
  requests = withInitContainers(requests, init, 'requests')
  limits = withInitContainers(limits, init, 'limits')
  requests = addAmounts(requests, pod.spec.overhead)
  limits = addAmounts(limits, pod.spec.overhead)
  return addAmounts(count, computeUsage(requests, limits))
}

/** Source: pods.go, QuotaV1Pod. */
function countsStill({ metadata, status }: Pod, now: EpochMs): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true
  const deletedAt = parseRfc3339(deletionTimestamp) ?? now
  return now <= deletedAt + deletionGracePeriodSeconds * 1000
}

/** Source: pods.go, podComputeUsageHelper. */
function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const result: Record<string, string> = { pods: '1' }
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const request = amountOf(requests, name)
    const limit = amountOf(limits, name)
    if (request !== undefined) {
      result[name] = request
      result[`requests.${name}`] = request
    }
    if (limit !== undefined) result[`limits.${name}`] = limit
  }
  for (const [name, request] of Object.entries(requests)) {
    if (name.startsWith('hugepages-')) {
      result[name] = request
      result[`requests.${name}`] = request
    }
    if (isExtendedResource(name, 18)) result[`requests.${name}`] = request
  }
  return result
}

function podConstraint(required: readonly string[], pod: Pod): string | undefined {
  const wanted = required.filter((name) => constrained.has(name))
  const missing = new Set<string>()
  const check = ({ resources }: Container) => {
    const has = computeUsage(resources?.requests ?? {}, resources?.limits ?? {})
    for (const name of wanted) if (!Object.hasOwn(has, name)) missing.add(name)
  }
  for (const container of pod.spec.containers ?? []) check(container)
  for (const container of pod.spec.initContainers ?? []) check(container)
  return missing.size === 0 ? undefined : `must specify ${[...missing].sort().join(',')}`
}

function podMatchesScope({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  const isTerminating = (pod.spec.activeDeadlineSeconds ?? -1) >= 0
  switch (scopeName) {
    case 'Terminating':
      return isTerminating
    case 'NotTerminating':
      return !isTerminating
    case 'BestEffort':
      return podQosClass(pod.spec) === 'BestEffort'
    case 'NotBestEffort':
      return podQosClass(pod.spec) !== 'BestEffort'
    case 'PriorityClass': {
      const name = pod.spec.priorityClassName ?? ''
      if (operator === 'Exists') return name !== ''
      if (operator === 'DoesNotExist') return name === ''
      const isListed = name !== '' && values.includes(name)
      return operator === 'In' ? isListed : !isListed
    }
    default:
      return false
  }
}

const serviceResources = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']

const serviceEvaluator: QuotaEvaluator = {
  operations: writing,
  matchingResources: (names) => names.filter((name) => serviceResources.includes(name)),
  usage(object) {
    // The evaluator of Services.
    const { spec } = object as KubeObject & {
      readonly spec?: { readonly type?: string; readonly ports?: readonly unknown[] }
    }
    const isBalanced = spec?.type === 'LoadBalancer'
    const ports = isBalanced || spec?.type === 'NodePort' ? (spec?.ports ?? []).length : 0
    return {
      'count/services': '1',
      services: '1',
      'services.loadbalancers': isBalanced ? '1' : '0',
      'services.nodeports': String(ports),
    }
  },
  matchesScope: () => false,
  constraint: () => undefined,
}

const classSuffix = '.storageclass.storage.k8s.io/'

const claimEvaluator: QuotaEvaluator = {
  operations: writing,
  matchingResources: (names) =>
    names.filter(
      (name) =>
        name === 'count/persistentvolumeclaims' ||
        name === 'persistentvolumeclaims' ||
        name === 'requests.storage' ||
        name.endsWith(`${classSuffix}persistentvolumeclaims`) ||
        name.endsWith(`${classSuffix}requests.storage`),
    ),
  usage(object) {
    // The evaluator of claims.
    const { metadata, spec } = object as KubeObject & {
      readonly spec?: {
        readonly storageClassName?: string
        readonly resources?: { readonly requests?: Amounts }
      }
    }
    const storageClass =
      metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''
    const storage = amountOf(spec?.resources?.requests, 'storage')
    const usage: Record<string, string> = { persistentvolumeclaims: '1', 'count/persistentvolumeclaims': '1' }
    if (storageClass !== '') usage[`${storageClass}${classSuffix}persistentvolumeclaims`] = '1'
    if (storage !== undefined) {
      usage['requests.storage'] = storage
      if (storageClass !== '') usage[`${storageClass}${classSuffix}requests.storage`] = storage
    }
    return usage
  },
  matchesScope: () => false,
  constraint: () => undefined,
}

const specialEvaluators: ReadonlyMap<string, QuotaEvaluator> = new Map([
  ['pods', podEvaluator],
  ['services', serviceEvaluator],
  ['persistentvolumeclaims', claimEvaluator],
])

/** All scopes of a quota. Source: getScopeSelectorsFromQuota. */
function quotaScopes({ spec }: ResourceQuota): readonly ScopedResourceSelectorRequirement[] {
  return [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ]
}

/** Whether an object counts against a quota that limits these resources. Source: generic/evaluator.go, Matches. */
export function quotaMatches(
  evaluator: QuotaEvaluator,
  quota: ResourceQuota,
  hard: Amounts,
  object: KubeObject,
): boolean {
  return (
    evaluator.matchingResources(Object.keys(hard)).length > 0 &&
    quotaScopes(quota).every((scope) => evaluator.matchesScope(scope, object))
  )
}
