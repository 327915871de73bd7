import { equalJson } from '../../api/json.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/types/services.ts'
import { parseIp } from '../../api/validation/formats.ts'
import { resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import type { EndpointAddress, EndpointSubset, Service } from '../endpoint-subsets.ts'
import { compareText, eventReference, newControllerRef } from '../objects.ts'
import { triggerTimeAnnotation } from '../trigger-times.ts'
import { inOrderOfHash } from './endpoints-of-pods.ts'
import { type Plan, portsKey } from './plan.ts'
import {
  managedByLabel,
  serviceKeyOf,
  serviceNameLabel,
  sliceIndex,
  sliceKeys,
  sliceKind,
  sliceNamePrefix,
  slicesResource,
  writeSlices,
} from './slice-writer.ts'
import { SliceTracker } from './tracker.ts'

interface Endpoints extends KubeObject {
  readonly subsets?: readonly EndpointSubset[]
}

const endpointsKind = { apiVersion: 'v1', kind: 'Endpoints' } as const

/** Source: pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go, controllerName, defaultSyncBackOff, maxSyncBackOff. */
const managedBy = 'endpointslicemirroring-controller.k8s.io'
const backOffMs = second
const backOffMaxMs = 100 * second
/** Source: controller-manager options, MirroringMaxEndpointsPerSubset. */
const maxEndpoints = 1000

/** Source: discovery/v1 well_known_labels.go, LabelSkipMirror. */
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
/** Annotations that are not mirrored; the second marks a lock of elections, whose Endpoints are not mirrored at all. */
const unmirrored: readonly string[] = [triggerTimeAnnotation, 'kubectl.kubernetes.io/last-applied-configuration']
const electionAnnotation = 'control-plane.alpha.kubernetes.io/leader'

/** Copies Endpoints that somebody wrote for a Service without selector. Source: pkg/controller/endpointslicemirroring. */
export function createEndpointSliceMirroring(context: ControllerContext): Controller {
  const { minor } = context
  const client = context.clientFor('endpointslicemirroring-controller')
  const recorder = context.recorder('endpointslicemirroring-controller', 'endpoint-slice-mirroring-controller')
  const services = context.informer<Service>(resources.services)
  const endpoints = context.informer<Endpoints>(resources.endpoints)
  const slices = context.informer<EndpointSlice>(slicesResource(minor))
  slices.addIndexer(sliceIndex, sliceKeys)
  const tracker = new SliceTracker()

  const clean = function* (key: string, mirrored: readonly EndpointSlice[]): Steps<Outcome> {
    tracker.forget(key)
    for (const { metadata } of mirrored) {
      const { namespace = '', name } = metadata
      const gone = yield* attempt(client.delete(slicesResource(minor), { namespace, name }))
      if (!gone.ok && !isNotFound(gone.error)) return 'retry'
    }
    return 'done'
  }

  const { queue, controller } = createQueue({
    context,
    informers: [services, endpoints, slices],
    baseDelayMs: backOffMs,
    maxDelayMs: backOffMaxMs,
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const own = endpoints.get(namespace, name)
      const service = services.get(namespace, name)
      const mirrored = slices.byIndex(sliceIndex, key).filter(isManaged)
      const isWanted = own !== undefined && isMirrored(own) && service !== undefined
      if (!isWanted || service.spec.selector !== undefined) return yield* clean(key, mirrored)
      if (tracker.isStale(key, mirrored)) return 'retry'
      const { plan, invalid, skipped } = planMirror(own, mirrored, minor)
      const reference = eventReference(own, endpointsKind)
      if (invalid > 0) recorder.event(reference, 'Warning', 'InvalidIPAddress', invalidText(invalid))
      if (skipped > invalid) recorder.event(reference, 'Warning', 'TooManyAddressesToMirror', tooManyText(skipped))
      const failed = yield* writeSlices(client, minor, tracker, key, `Endpoints ${key}`, plan)
      return failed === undefined ? 'done' : 'retry'
    },
  })

  const look = (object: KubeObject): void => queue.add(keyOf(object))
  const lookIfSelectorless = (service: Service): void => {
    if (service.spec.selector === undefined) look(service)
  }
  const lookIfMirrored = (object: Endpoints): void => {
    if (isMirrored(object)) look(object)
  }
  const lookAgain = (slice: EndpointSlice): void => {
    const key = serviceKeyOf(slice)
    if (key !== undefined) queue.addAfter(key, backOffMs)
  }
  services.addHandler({
    add: lookIfSelectorless,
    update(old, service) {
      if ((old.spec.selector === undefined) !== (service.spec.selector === undefined)) look(service)
    },
    delete: lookIfSelectorless,
  })
  endpoints.addHandler({
    add: lookIfMirrored,
    update(old, object) {
      if (isMirrored(old) || isMirrored(object)) look(object)
    },
    delete: lookIfMirrored,
  })
  slices.addHandler({
    add(slice) {
      if (isManaged(slice) && tracker.isNews(serviceKeyOf(slice) ?? '', slice)) lookAgain(slice)
    },
    update(old, slice) {
      const isOther = isManaged(old) !== isManaged(slice) || serviceKeyOf(old) !== serviceKeyOf(slice)
      if (isOther || (isManaged(slice) && tracker.isNews(serviceKeyOf(slice) ?? '', slice))) lookAgain(slice)
    },
    delete(slice) {
      if (isManaged(slice) && tracker.isUnexpectedlyGone(serviceKeyOf(slice) ?? '', slice)) lookAgain(slice)
    },
  })
  return controller
}

function invalidText(count: number): string {
  return `Skipped ${count} invalid IP addresses when mirroring to EndpointSlices`
}

function tooManyText(skipped: number): string {
  const most = `A max of ${maxEndpoints} addresses can be mirrored to EndpointSlices per Endpoints subset.`
  return `${most} ${skipped} addresses were skipped`
}

function isManaged({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[managedByLabel] === managedBy
}

/** Source: shouldMirror. */
function isMirrored({ metadata }: Endpoints): boolean {
  return metadata.labels?.[skipLabel] !== 'true' && metadata.annotations?.[electionAnnotation] === undefined
}

interface Mirror {
  readonly plan: Plan
  readonly invalid: number
  readonly skipped: number
}

/** One slice for each set of ports and family of addresses. Source: reconciler.go, reconcile, reconcileByPortMapping. */
function planMirror(own: Endpoints, mirrored: readonly EndpointSlice[], minor: number): Mirror {
  const wanted = new Map<string, { type: string; ports: readonly EndpointPort[]; endpoints: Endpoint[] }>()
  let [invalid, skipped] = [0, 0]
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of own.subsets ?? []) {
    const mirroredPorts = inOrderOfHash(
      ports.map(({ name = '', ...port }) => ({ name, ...port })),
      minor,
    )
    let added = 0
    for (const [address, ready] of [
      ...addresses.map((one) => [one, true] as const),
      ...notReadyAddresses.map((one) => [one, false] as const),
    ]) {
      const family = parseIp(address.ip)
      if (family === undefined || added >= maxEndpoints) {
        skipped++
        if (added < maxEndpoints) invalid++
        continue
      }
      added++
      const type = `IPv${family}`
      const key = `${type} ${portsKey(mirroredPorts)}`
      const group = wanted.get(key) ?? { type, ports: mirroredPorts, endpoints: [] }
      wanted.set(key, group)
      group.endpoints.push(endpointOf(address, ready, minor))
    }
  }
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const left = new Set(mirrored)
  for (const group of wanted.values()) {
    const sorted = group.endpoints.sort((a, b) => compareText(a.addresses[0] ?? '', b.addresses[0] ?? ''))
    const [known] = [...left].filter((slice) => isOf(slice, group))
    const next = mirrorSlice(own, group.type, group.ports, sorted, minor)
    if (known === undefined) create.push(next)
    else {
      left.delete(known)
      if (!isSame(known, next)) update.push({ ...next, metadata: { ...next.metadata, name: known.metadata.name } })
    }
  }
  return { plan: recycle({ create, update, remove: [...left] }), invalid, skipped }
}

function isOf({ addressType, ports }: EndpointSlice, group: { type: string; ports: readonly EndpointPort[] }): boolean {
  return addressType === group.type && portsKey(ports ?? []) === portsKey(group.ports)
}

function isSame(known: EndpointSlice, next: EndpointSlice): boolean {
  return (
    equalJson(known.endpoints ?? [], next.endpoints) &&
    equalJson(known.metadata.labels, next.metadata.labels) &&
    equalJson(known.metadata.annotations ?? {}, next.metadata.annotations ?? {})
  )
}

/** What would be made takes the place of what would be deleted, of the same family. Source: recycleSlices. */
function recycle({ create, update, remove }: Plan): Plan {
  const left = [...remove]
  const stays: EndpointSlice[] = []
  const reused: EndpointSlice[] = []
  for (const slice of create) {
    const at = left.findIndex(({ addressType }) => addressType === slice.addressType)
    const [old] = at < 0 ? [] : left.splice(at, 1)
    if (old === undefined) stays.push(slice)
    else reused.push({ ...slice, metadata: { ...slice.metadata, name: old.metadata.name } })
  }
  return { create: stays, update: [...update, ...reused], remove: left }
}

/** Source: utils.go, addressToEndpoint. */
function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean, minor: number): Endpoint {
  const place = has(minor, controllers.slicesAreV1)
    ? { nodeName: nodeName ?? '' }
    : { topology: { 'kubernetes.io/hostname': nodeName ?? '' } }
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : place),
  }
}

/** Source: newEndpointSlice. */
function mirrorSlice(
  own: Endpoints,
  addressType: string,
  ports: readonly EndpointPort[],
  endpoints: readonly Endpoint[],
  minor: number,
): EndpointSlice {
  const { name, namespace = '', labels, annotations = {} } = own.metadata
  const kept = Object.entries(annotations).filter(([key]) => !unmirrored.includes(key))
  const metadata = {
    // The server makes the name.
    name: '',
    generateName: sliceNamePrefix(name),
    namespace,
    labels: { ...labels, [serviceNameLabel]: name, [managedByLabel]: managedBy },
    ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
    ownerReferences: [newControllerRef(own, endpointsKind)],
  }
  return { ...sliceKind(minor), metadata, addressType, ports, endpoints }
}
