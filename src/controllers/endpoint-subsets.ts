import type { Pod } from '../api/types/core.ts'
import type { KubeObject, ObjectReference } from '../api/types/meta.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { compareText, isPodReady } from './objects.ts'

/** Source: core/v1 well_known_labels.go, IsHeadlessService. */
export const headlessLabel = 'service.kubernetes.io/headless'

export interface ServicePort {
  readonly name?: string
  readonly appProtocol?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>
    readonly ports?: readonly ServicePort[]
    readonly clusterIP?: string
    readonly type?: string
    readonly ipFamilies?: readonly string[]
    readonly publishNotReadyAddresses?: boolean
  }
}

export interface EndpointAddress {
  readonly ip: string
  readonly hostname?: string
  readonly nodeName?: string
  readonly targetRef?: ObjectReference
}

export interface EndpointPort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
}

export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[]
  readonly notReadyAddresses?: readonly EndpointAddress[]
  readonly ports?: readonly EndpointPort[]
}

/** Source: pkg/apis/core/v1/helper/helpers.go, IsServiceIPSet. */
export function isHeadlessService({ spec: { clusterIP = '' } }: Service): boolean {
  return clusterIP === '' || clusterIP === 'None'
}

interface Entry {
  readonly address: EndpointAddress
  readonly isReady: boolean
}

/**
 * Addresses of the Pods of a Service, grouped by the ports that they serve.
 * Source: pkg/controller/endpoint/endpoints_controller.go, syncService; pkg/api/v1/endpoints/util.go, RepackSubsets.
 */
export function subsetsOf(service: Service, pods: readonly Pod[], minor: number): readonly EndpointSubset[] {
  const { ports = [], clusterIP, publishNotReadyAddresses = false } = service.spec
  const byPort = new Map<string, { readonly port: EndpointPort | undefined; readonly entries: Entry[] }>()
  const note = (port: EndpointPort | undefined, entry: Entry): void => {
    const key = JSON.stringify(port ?? null)
    const known = byPort.get(key)
    if (known === undefined) byPort.set(key, { port, entries: [entry] })
    else known.entries.push(entry)
  }
  for (const pod of pods) {
    if (!pod.status?.podIP || (!publishNotReadyAddresses && pod.metadata.deletionTimestamp !== undefined)) continue
    const isReady = publishNotReadyAddresses || isPodReady(pod)
    if (!isReady && !mayBecomeReady(pod)) continue
    const entry = { address: addressOf(service, pod, minor), isReady }
    if (ports.length === 0 && clusterIP === 'None') note(undefined, entry)
    for (const port of ports) {
      const number = targetPort(pod, port)
      if (number !== undefined) note(endpointPort(port, number), entry)
    }
  }
  return pack([...byPort.values()])
}

/** Ports with the very same addresses share a subset. */
function pack(
  ports: readonly { readonly port: EndpointPort | undefined; readonly entries: readonly Entry[] }[],
): readonly EndpointSubset[] {
  const groups = new Map<string, { readonly ports: EndpointPort[]; readonly entries: readonly Entry[] }>()
  for (const { port, entries } of ports) {
    const sorted = [...entries].sort((a, b) => compareText(a.address.ip, b.address.ip))
    const key = sorted.map(({ address, isReady }) => `${address.ip} ${address.targetRef?.uid} ${isReady}`).join()
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { ports: port === undefined ? [] : [port], entries: sorted })
    else if (port !== undefined) known.ports.push(port)
  }
  return [...groups.values()].map(({ ports: own, entries }) => {
    const ready = entries.filter(({ isReady }) => isReady).map(({ address }) => address)
    const notReady = entries.filter(({ isReady }) => !isReady).map(({ address }) => address)
    return {
      ...(ready.length === 0 ? {} : { addresses: ready }),
      ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
      ...(own.length === 0
        ? {}
        : { ports: own.sort((a, b) => compareText(a.name ?? '', b.name ?? '') || a.port - b.port) }),
    }
  })
}

function addressOf(service: Service, { metadata, spec, status }: Pod, minor: number): EndpointAddress {
  const { name, namespace = '', uid } = metadata
  const resourceVersion = has(minor, controllers.endpointsTellNoVersion) ? undefined : metadata.resourceVersion
  const hasHostname = spec.hostname !== undefined && spec.subdomain === service.metadata.name
  return {
    ip: status?.podIP ?? '',
    ...(hasHostname ? { hostname: spec.hostname ?? '' } : {}),
    ...(spec.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
    targetRef: {
      kind: 'Pod',
      namespace,
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  }
}

function endpointPort({ name, protocol }: ServicePort, port: number): EndpointPort {
  return { ...(name === undefined ? {} : { name }), port, ...(protocol === undefined ? {} : { protocol }) }
}

/** The port of a Pod behind a port of a Service; undefined when it has none of that name. Source: pkg/api/v1/pod/util.go, FindPort. */
export function targetPort({ spec }: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort
  if (targetPort === undefined || targetPort === '') return port
  for (const { ports = [] } of spec.containers)
    for (const one of ports)
      if (one.name === targetPort && (one.protocol ?? 'TCP') === protocol) return one.containerPort
  return undefined
}

/** Source: shouldPodBeInEndpoints. */
export function mayBecomeReady({ spec, status }: Pod): boolean {
  if (spec.restartPolicy === 'Never') return status?.phase !== 'Failed' && status?.phase !== 'Succeeded'
  return spec.restartPolicy !== 'OnFailure' || status?.phase !== 'Succeeded'
}
