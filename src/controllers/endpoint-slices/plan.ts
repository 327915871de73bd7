import { equalJson } from '../../api/json.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/types/services.ts'
import { compareText } from '../objects.ts'

/** What becomes of the slices of one Service. Source: staging/src/k8s.io/endpointslice/reconciler.go. */

/** Endpoints that have the same ports. */
export interface Desired {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

/** What a plan is made from. */
export interface PlanOptions {
  /** Slices that the Service owns, as they stand. */
  readonly existing: readonly EndpointSlice[]
  readonly desired: readonly Desired[]
  /** All labels that a slice is to have. */
  readonly labels: Readonly<Record<string, string>>
  /** Most endpoints of a slice. */
  readonly max: number
  /** A slice that is new, without name, endpoints and ports. */
  readonly empty: EndpointSlice
}

/** Slices to create have no name yet. */
export interface Plan {
  readonly create: readonly EndpointSlice[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

/** Source: reconcileByAddressType, finalize. */
export function planSlices(options: PlanOptions): Plan {
  const { existing, desired, empty, labels } = options
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    const key = portsKey(slice.ports ?? [])
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
  }
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const remove: EndpointSlice[] = []
  for (const group of desired) {
    const key = portsKey(group.ports)
    const plan = planGroup(byPorts.get(key) ?? [], group, options)
    byPorts.delete(key)
    create.push(...plan.create)
    update.push(...plan.update)
    remove.push(...plan.remove)
  }
  remove.push(...[...byPorts.values()].flat())
  // A Service without endpoints has one slice that says so.
  if (existing.length === remove.length && create.length === 0) {
    const [only] = remove
    const isThere = remove.length === 1 && only !== undefined && isPlaceholder(only, labels)
    if (isThere) remove.pop()
    else create.push({ ...empty, ports: [], endpoints: [] })
  }
  return recycled({ create, update, remove })
}

/** What would be made takes the place of what would be deleted. */
function recycled({ create, update, remove }: Plan): Plan {
  const count = Math.min(create.length, remove.length)
  const last = create.slice(create.length - count).reverse()
  const reused = last.map((slice, at) => inPlaceOf(remove[at], slice))
  return { create: create.slice(0, create.length - count), update: [...update, ...reused], remove: remove.slice(count) }
}

function inPlaceOf(old: EndpointSlice | undefined, slice: EndpointSlice): EndpointSlice {
  return { ...slice, metadata: { ...slice.metadata, name: old?.metadata.name ?? '' } }
}

function isPlaceholder({ ports, endpoints, metadata }: EndpointSlice, labels: Readonly<Record<string, string>>) {
  return (ports ?? []).length === 0 && (endpoints ?? []).length === 0 && equalJson(metadata.labels ?? {}, labels)
}

/** Source: reconcileByPortMapping. */
function planGroup(existing: readonly EndpointSlice[], { ports, endpoints }: Desired, options: PlanOptions): Plan {
  const { labels, max, empty } = options
  const left = new Map([...endpoints].sort(byAddress).map((endpoint) => [identityOf(endpoint), endpoint]))
  const remove: EndpointSlice[] = []
  const changed: { slice: EndpointSlice; endpoints: Endpoint[] }[] = []
  const unchanged: EndpointSlice[] = []
  for (const slice of existing) {
    const before = slice.endpoints ?? []
    const kept: Endpoint[] = []
    let isSame = true
    for (const endpoint of before) {
      const identity = identityOf(endpoint)
      const wanted = left.get(identity)
      if (wanted === undefined) isSame = false
      else {
        kept.push(wanted)
        left.delete(identity)
        isSame &&= equalJson(endpoint, wanted)
      }
    }
    if (!isSame && kept.length === 0) remove.push(slice)
    else if (!isSame || !equalJson(slice.metadata.labels ?? {}, labels)) changed.push({ slice, endpoints: kept })
    else unchanged.push(slice)
  }
  const fill = (into: Endpoint[]): void => {
    for (const [identity, endpoint] of left) {
      if (into.length >= max) return
      into.push(endpoint)
      left.delete(identity)
    }
  }
  for (const { endpoints: some } of [...changed].sort((a, b) => b.endpoints.length - a.endpoints.length)) fill(some)
  const create: EndpointSlice[] = []
  while (left.size > 0) {
    const room = left.size < max ? closestToFull(unchanged, left.size, max) : undefined
    const filled = [...(room?.endpoints ?? [])]
    fill(filled)
    if (room === undefined) create.push({ ...empty, ports, endpoints: filled })
    else {
      changed.push({ slice: room, endpoints: filled })
      unchanged.splice(unchanged.indexOf(room), 1)
    }
  }
  const update = changed.map(({ slice, endpoints: some }) => ({
    ...slice,
    metadata: { ...slice.metadata, labels },
    endpoints: some,
  }))
  return { create, update, remove }
}

/** Source: getSliceToFill. */
function closestToFull(slices: readonly EndpointSlice[], more: number, max: number): EndpointSlice | undefined {
  let closest: EndpointSlice | undefined
  let free = max
  for (const slice of slices) {
    const left = max - more - (slice.endpoints ?? []).length
    if (left < 0 || left >= free) continue
    closest = slice
    free = left
  }
  return closest
}

/** What makes an endpoint the same one. Source: endpointset.go, hashEndpoint. */
function identityOf({ addresses, hostname = '', targetRef }: Endpoint): string {
  // None of them has a blank in it. Most endpoints have one address, and there are many to look at.
  const [first = ''] = addresses
  const all = addresses.length === 1 ? first : [...addresses].sort().join()
  return `${all} ${hostname} ${targetRef?.namespace ?? ''} ${targetRef?.name ?? ''}`
}

/** Source: NewPortMapKey. */
export function portsKey(ports: readonly EndpointPort[]): string {
  return JSON.stringify(
    ports.map(({ name, port, protocol, appProtocol }) => [name, port, protocol, appProtocol]).sort(),
  )
}

/** In place of Go's random order of a map. */
function byAddress(a: Endpoint, b: Endpoint): number {
  return compareText(a.addresses[0] ?? '', b.addresses[0] ?? '') || compareText(identityOf(a), identityOf(b))
}
