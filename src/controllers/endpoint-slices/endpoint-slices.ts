import { selectorFromSet } from '../../api/label-selector.ts'
import type { Node, Pod } from '../../api/types/core.ts'
import type { EndpointSlice } from '../../api/types/services.ts'
import { resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import { errorText } from '../../client/refusals.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { headlessLabel, isHeadlessService, type Service } from '../endpoint-subsets.ts'
import { eventReference, newControllerRef } from '../objects.ts'
import { hearOfServices } from '../service-pods.ts'
import { TriggerTimes, triggerTimeAnnotation } from '../trigger-times.ts'
import { endpointOf, isMember, portsOf } from './endpoints-of-pods.ts'
import { type Desired, type Plan, planSlices, portsKey } from './plan.ts'
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

const serviceKind = { apiVersion: 'v1', kind: 'Service' } as const

/** Source: pkg/controller/endpointslice/endpointslice_controller.go, controllerName, defaultSyncBackOff, endpointSliceChangeMinSyncDelay. */
const managedBy = 'endpointslice-controller.k8s.io'
const backOffMs = second
/** Source: controller-manager options, MaxEndpointsPerSlice. */
const maxEndpoints = 100

/** Which Pods stand behind which Service, a hundred a slice. Source: pkg/controller/endpointslice. */
export function createEndpointSliceController(context: ControllerContext): Controller {
  const { minor } = context
  const client = context.clientFor('endpointslice-controller')
  const recorder = context.recorder('endpointslice-controller', 'endpoint-slice-controller')
  const services = context.informer<Service>(resources.services)
  const pods = context.informer<Pod>(resources.pods)
  const nodes = context.informer<Node>(resources.nodes)
  const slices = context.informer<EndpointSlice>(slicesResource(minor))
  services.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  pods.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  slices.addIndexer(sliceIndex, sliceKeys)
  const triggers = new TriggerTimes()
  const tracker = new SliceTracker()

  /** What the Pods of a Service come to, by their ports; and the first of them whose node nobody knows. */
  const desiredOf = (service: Service, selected: readonly Pod[]) => {
    const groups = new Map<string, { ports: Desired['ports']; endpoints: Desired['endpoints'][number][] }>()
    let stray: Pod | undefined
    for (const pod of selected) {
      if (!isMember(service, pod, minor)) continue
      const ports = portsOf(service, pod, minor)
      const key = portsKey(ports)
      const group = groups.get(key) ?? { ports, endpoints: [] }
      groups.set(key, group)
      const node = nodes.get(undefined, pod.spec.nodeName ?? '')
      if (node === undefined && service.spec.publishNotReadyAddresses !== true) stray ??= pod
      else group.endpoints.push(endpointOf(service, pod, node, minor))
    }
    return { desired: [...groups.values()], stray }
  }

  const planOf = (service: Service, desired: readonly Desired[], existing: readonly EndpointSlice[]): Plan => {
    const { uid } = service.metadata
    const isOwn = ({ metadata }: EndpointSlice) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true
    const labels = labelsOf(service, minor)
    const plan = planSlices({
      existing: existing.filter(isOwn),
      desired,
      labels,
      max: maxEndpoints,
      empty: newSlice(service, labels, minor),
    })
    const isGoing = service.metadata.deletionTimestamp !== undefined
    return {
      create: isGoing ? [] : plan.create,
      update: plan.update,
      remove: [...plan.remove, ...existing.filter((slice) => !isOwn(slice))],
    }
  }

  const { queue, controller } = createQueue({
    context,
    informers: [services, pods, nodes, slices],
    baseDelayMs: backOffMs,
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const service = services.get(namespace, name)
      if (service === undefined) {
        triggers.forget(key)
        tracker.forget(key)
        return 'done'
      }
      const { selector, type } = service.spec
      if (type === 'ExternalName' || selector === undefined) return 'done'
      const matches = selectorFromSet(selector)
      const selected = pods.byIndex('namespace', namespace).filter(({ metadata }) => matches.matches(metadata.labels))
      const existing = slices.byIndex(sliceIndex, key).filter(isManaged).filter(isStaying)
      if (tracker.isStale(key, existing)) return 'retry'
      const changedAt = triggers.of(service, selected)
      const { desired, stray } = desiredOf(service, selected)
      const plan = stamped(planOf(service, desired, existing), changedAt)
      const failed = yield* writeSlices(client, minor, tracker, key, `Service ${key}`, plan)
      if (failed === undefined && stray === undefined) return 'done'
      const why =
        failed === undefined
          ? `skipping Pod ${stray?.metadata.name} for Service ${key}: Node ${stray?.spec.nodeName} Not Found`
          : `${failed.what}: ${errorText(failed.error)}`
      const message = `Error updating Endpoint Slices for Service ${key}: ${why}`
      recorder.event(eventReference(service, serviceKind), 'Warning', 'FailedToUpdateEndpointSlices', message)
      return 'retry'
    },
  })

  const lookAgain = (slice: EndpointSlice): void => {
    const key = serviceKeyOf(slice)
    if (key !== undefined) queue.addAfter(key, backOffMs)
  }
  hearOfServices(services, pods, (service) => queue.add(keyOf(service)))
  slices.addHandler({
    add(slice) {
      if (isManaged(slice) && tracker.isNews(serviceKeyOf(slice) ?? '', slice)) lookAgain(slice)
    },
    update(old, slice) {
      const isMoved = serviceKeyOf(old) !== serviceKeyOf(slice)
      if (isMoved) lookAgain(old)
      const isOther = isManaged(old) !== isManaged(slice)
      if (isMoved || isOther || (isManaged(slice) && tracker.isNews(serviceKeyOf(slice) ?? '', slice))) lookAgain(slice)
    },
    delete(slice) {
      if (isManaged(slice) && tracker.isUnexpectedlyGone(serviceKeyOf(slice) ?? '', slice)) lookAgain(slice)
    },
  })
  return controller
}

function isManaged({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[managedByLabel] === managedBy
}

function isStaying({ metadata }: EndpointSlice): boolean {
  return metadata.deletionTimestamp === undefined
}

/** Source: utils.go, setEndpointSliceLabels. */
function labelsOf(service: Service, minor: number): Readonly<Record<string, string>> {
  const own = { [serviceNameLabel]: service.metadata.name, [managedByLabel]: managedBy }
  if (!has(minor, controllers.slicesHaveServiceLabels)) return own
  const { [headlessLabel]: _headless, ...labels } = service.metadata.labels ?? {}
  return { ...labels, ...(isHeadlessService(service) ? { [headlessLabel]: '' } : {}), ...own }
}

/** Source: newEndpointSlice. */
function newSlice(service: Service, labels: Readonly<Record<string, string>>, minor: number): EndpointSlice {
  const { name, namespace = '' } = service.metadata
  const metadata = {
    // The server makes the name.
    name: '',
    generateName: sliceNamePrefix(name),
    namespace,
    labels,
    ownerReferences: [newControllerRef(service, serviceKind)],
  }
  return {
    ...sliceKind(minor),
    metadata,
    addressType: service.spec.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4',
    endpoints: [],
    ports: [],
  }
}

/** With the time of what has changed; none where nothing new has. Source: addTriggerTimeAnnotation. */
function stamped({ create, update, remove }: Plan, changedAt: string | undefined): Plan {
  const stamp = (slice: EndpointSlice): EndpointSlice => {
    const { annotations, ...metadata } = slice.metadata
    const { [triggerTimeAnnotation]: _old, ...others } = annotations ?? {}
    const next = changedAt === undefined ? others : { ...others, [triggerTimeAnnotation]: changedAt }
    return { ...slice, metadata: Object.keys(next).length === 0 ? metadata : { ...metadata, annotations: next } }
  }
  return { create: create.map(stamp), update: update.map(stamp), remove }
}
