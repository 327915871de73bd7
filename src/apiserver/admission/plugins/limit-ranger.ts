import { type Amounts, addAmounts, amountOf, maxAmounts } from '../../../api/amounts.ts'
import { withInitContainers } from '../../../api/pod-amounts.ts'
import { canonicalQuantity, compareQuantities, quantityMilliValue, quantityValue } from '../../../api/quantity.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import type { LimitRange, LimitRangeItem } from '../../../api/types/limits.ts'
import type { KubeObject, ResourceRef, Status } from '../../../api/types/meta.ts'
import { sortedKeys } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { AdmissionLookup, AdmissionPlugin, AdmissionRequest } from '../plugin.ts'
import { admitted, forbid, isFor } from './requests.ts'

const limitRanges: ResourceRef = { group: '', version: 'v1', resource: 'limitranges' }
/** Source: plugin/pkg/admission/limitranger/admission.go, limitRangerAnnotation. */
const setAnnotation = 'kubernetes.io/limit-ranger'

/**
 * Gives containers the defaults of the namespace's limit ranges and refuses what lies outside of them.
 * Source: plugin/pkg/admission/limitranger/admission.go.
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  concerns: [
    { resource: 'pods', operations: ['CREATE'] },
    { resource: 'persistentvolumeclaims', operations: ['CREATE', 'UPDATE'] },
  ],
  admit(request, lookup) {
    const { object } = request
    if (request.operation !== 'CREATE' || object === undefined || !isFor(request, '', 'pods')) return admitted(object)
    let pod = object as Pod // the resource says so
    for (const range of lookup.list<LimitRange>(limitRanges, request.namespace)) pod = withDefaults(pod, range)
    return admitted(pod)
  },
  validate(request, lookup, context) {
    const { operation, object } = request
    if (object === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined
    if (request.oldObject?.metadata.deletionTimestamp !== undefined) return undefined
    const isPod = isFor(request, '', 'pods')
    if (isPod ? operation === 'UPDATE' : !isFor(request, '', 'persistentvolumeclaims')) return undefined
    return checkRanges(request, lookup, isPod, object, context.minor)
  },
}

function checkRanges(
  request: AdmissionRequest,
  lookup: AdmissionLookup,
  isPod: boolean,
  object: KubeObject,
  minor: number,
): Status | undefined {
  for (const { spec } of lookup.list<LimitRange>(limitRanges, request.namespace)) {
    const limits = spec?.limits ?? []
    const problems = limits.flatMap((limit) =>
      isPod ? podProblems(limit, object as Pod, minor) : claimProblems(limit, object),
    )
    const distinct = [...new Set(problems)]
    if (distinct.length === 0) continue
    return forbid(request, distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`)
  }
  return undefined
}

/** Source: PodMutateLimitFunc. */
function withDefaults(pod: Pod, { spec }: LimitRange): Pod {
  let requests: Amounts = {}
  let limits: Amounts = {}
  for (const limit of spec?.limits ?? []) {
    if (limit.type !== 'Container') continue
    requests = { ...requests, ...limit.defaultRequest }
    limits = { ...limits, ...limit.default }
  }
  const told: string[] = []
  const merge = (what: string) => (container: Container) => mergeResources(container, requests, limits, what, told)
  const containers = (pod.spec.containers ?? []).map(merge('container'))
  const initContainers = pod.spec.initContainers?.map(merge('init container'))
  if (told.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [setAnnotation]: `LimitRanger plugin set: ${told.join('; ')}` }
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) },
  }
}

function mergeResources(
  container: Container,
  requests: Amounts,
  limits: Amounts,
  what: string,
  told: string[],
): Container {
  const { resources = {} } = container
  const missing = (defaults: Amounts, own: Amounts | undefined) =>
    sortedKeys(defaults).filter((name) => amountOf(own, name) === undefined)
  const newRequests = missing(requests, resources.requests)
  const newLimits = missing(limits, resources.limits)
  if (newRequests.length > 0) told.push(`${newRequests.join(', ')} request for ${what} ${container.name}`)
  if (newLimits.length > 0) told.push(`${newLimits.join(', ')} limit for ${what} ${container.name}`)
  if (newRequests.length + newLimits.length === 0) return container
  const fill = (own: Amounts | undefined, defaults: Amounts) => ({ ...defaults, ...own })
  return {
    ...container,
    resources: {
      ...(resources.limits === undefined && newLimits.length === 0 ? {} : { limits: fill(resources.limits, limits) }),
      ...(resources.requests === undefined && newRequests.length === 0
        ? {}
        : { requests: fill(resources.requests, requests) }),
    },
  }
}

/** Source: PodValidateLimitFunc. */
function podProblems(limit: LimitRangeItem, pod: Pod, minor: number): readonly string[] {
  if (limit.type === 'Container') {
    return [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
      problemsOf(limit, resources?.requests ?? {}, resources?.limits ?? {}),
    )
  }
  if (limit.type !== 'Pod') return []
  const init = pod.spec.initContainers ?? []
  const total = (member: 'requests' | 'limits') => {
    const regular = (pod.spec.containers ?? []).map(({ resources }) => resources?.[member] ?? {})
    if (has(minor, apiServer.limitsCountSidecars))
      return withInitContainers(regular.reduce<Amounts>(addAmounts, {}), init, member)
    return init.reduce((most, { resources }) => maxAmounts(most, resources?.[member]), sumOf(regular))
  }
  return problemsOf(limit, total('requests'), total('limits'))
}

/** Sums of what every container has. Source: sum. */
function sumOf(lists: readonly Amounts[]): Amounts {
  const result: Record<string, string> = {}
  for (const name of new Set(lists.flatMap((amounts) => Object.keys(amounts)))) {
    const amounts = lists.map((list) => amountOf(list, name))
    if (amounts.includes(undefined)) continue
    const isCpu = name === 'cpu'
    const total = amounts.reduce(
      (sum, amount = '0') => sum + (isCpu ? quantityMilliValue(amount) : quantityValue(amount)),
      0,
    )
    result[name] = canonicalQuantity(isCpu ? `${total}m` : String(total))
  }
  return result
}

function claimProblems(limit: LimitRangeItem, object: KubeObject): readonly string[] {
  if (limit.type !== 'PersistentVolumeClaim') return []
  // The resource of the request says so.
  const { spec } = object as { readonly spec?: { readonly resources?: { readonly requests?: Amounts } } }
  const requests = spec?.resources?.requests ?? {}
  const of = (kind: 'minimum' | 'maximum', name: string, enforced: string) => {
    const request = amountOf(requests, name)
    const start = `${kind} ${name} usage per ${limit.type} is ${canonicalQuantity(enforced)}`
    if (request === undefined) return [`${start}.  No request is specified`]
    const order = compareQuantities(request, enforced)
    const isWrong = kind === 'minimum' ? order < 0 : order > 0
    return isWrong ? [`${start}, but request is ${canonicalQuantity(request)}`] : []
  }
  return [
    ...sortedKeys(limit.min).flatMap((name) => of('minimum', name, limit.min?.[name] ?? '0')),
    ...sortedKeys(limit.max).flatMap((name) => of('maximum', name, limit.max?.[name] ?? '0')),
  ]
}

function problemsOf(limit: LimitRangeItem, requests: Amounts, limits: Amounts): readonly string[] {
  const type = limit.type ?? ''
  const problems: (string | undefined)[] = []
  for (const name of sortedKeys(limit.min)) {
    problems.push(minProblem(type, name, limit.min?.[name] ?? '0', amountOf(requests, name), amountOf(limits, name)))
  }
  for (const name of sortedKeys(limit.max)) {
    problems.push(maxProblem(type, name, limit.max?.[name] ?? '0', amountOf(requests, name), amountOf(limits, name)))
  }
  for (const name of sortedKeys(limit.maxLimitRequestRatio)) {
    const enforced = limit.maxLimitRequestRatio?.[name] ?? '0'
    problems.push(ratioProblem(type, name, enforced, amountOf(requests, name), amountOf(limits, name)))
  }
  return problems.filter((problem) => problem !== undefined)
}

/** Source: minConstraint. */
function minProblem(
  type: string,
  name: string,
  enforced: string,
  request: string | undefined,
  limit: string | undefined,
): string | undefined {
  const start = `minimum ${name} usage per ${type} is ${canonicalQuantity(enforced)}`
  if (request === undefined) return `${start}.  No request is specified`
  if (compareQuantities(request, enforced) < 0) return `${start}, but request is ${canonicalQuantity(request)}`
  if (limit === undefined || compareQuantities(limit, enforced) >= 0) return undefined
  return `${start}, but limit is ${canonicalQuantity(limit)}`
}

/** Source: maxConstraint. */
function maxProblem(
  type: string,
  name: string,
  enforced: string,
  request: string | undefined,
  limit: string | undefined,
): string | undefined {
  const start = `maximum ${name} usage per ${type} is ${canonicalQuantity(enforced)}`
  if (limit === undefined) return `${start}.  No limit is specified`
  if (compareQuantities(limit, enforced) > 0) return `${start}, but limit is ${canonicalQuantity(limit)}`
  if (request === undefined || compareQuantities(request, enforced) <= 0) return undefined
  return `${start}, but request is ${canonicalQuantity(request)}`
}

/** Source: limitRequestRatioConstraint. */
function ratioProblem(
  type: string,
  name: string,
  enforced: string,
  request: string | undefined,
  limit: string | undefined,
): string | undefined {
  const start = `${name} max limit to request ratio per ${type} is ${canonicalQuantity(enforced)}`
  if (request === undefined || compareQuantities(request, '0') === 0) {
    return `${start}, but no request is specified or request is 0`
  }
  if (limit === undefined || compareQuantities(limit, '0') === 0) {
    return `${start}, but no limit is specified or limit is 0`
  }
  const ratio = quantityMilliValue(limit) / quantityMilliValue(request)
  if (ratio * 1000 <= quantityMilliValue(enforced)) return undefined
  return `${start}, but provided ratio is ${ratio.toFixed(6)}`
}
