import { quantity, quantityMilliValue, quantityValue } from '../../api/quantity.ts'
import type { Container, Pod } from '../../api/types/core.ts'
import { compareBytes } from '../../fs/path.ts'
import { goQuote } from '../../go/quote.ts'

export type FieldValue = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string }

type Strings = Readonly<Record<string, string>>

/** A field of a Pod's metadata as text. Source: pkg/fieldpath/fieldpath.go, ExtractFieldPathAsString. */
export function metadataField(pod: Pod, fieldPath: string): FieldValue {
  const { name, namespace = '', uid = '', labels, annotations } = pod.metadata
  const subscript = /^(.+?)\['(.*)'\]$/s.exec(fieldPath)
  if (subscript !== null) {
    const [, path = '', key = ''] = subscript
    if (path === 'metadata.annotations') return found(own(annotations, key))
    if (path === 'metadata.labels') return found(own(labels, key))
    return { ok: false, error: `fieldPath ${goQuote(fieldPath)} does not support subscript` }
  }
  switch (fieldPath) {
    case 'metadata.annotations':
      return found(formatMap(annotations))
    case 'metadata.labels':
      return found(formatMap(labels))
    case 'metadata.name':
      return found(name)
    case 'metadata.namespace':
      return found(namespace)
    case 'metadata.uid':
      return found(uid)
    default:
      return { ok: false, error: `unsupported fieldPath: ${fieldPath}` }
  }
}

/** What only the kubelet knows of a Pod when it builds an environment. */
export interface PodAddresses {
  readonly podIps: readonly string[]
  readonly hostIp: string
}

/** A field for an environment variable. Source: kubelet_pods.go, podFieldSelectorRuntimeValue. */
export function environmentField(pod: Pod, fieldPath: string, { podIps, hostIp }: PodAddresses): FieldValue {
  switch (fieldPath) {
    case 'spec.nodeName':
      return found(pod.spec.nodeName ?? '')
    case 'spec.serviceAccountName':
      return found(pod.spec.serviceAccountName ?? '')
    case 'status.hostIP':
    case 'status.hostIPs':
      return found(hostIp)
    case 'status.podIP':
      return found(podIps[0] ?? '')
    case 'status.podIPs':
      return found(podIps.join(','))
    default:
      return metadataField(pod, fieldPath)
  }
}

export interface ResourceField {
  readonly containerName?: string
  readonly resource: string
  readonly divisor?: string
}

/**
 * An amount of a container's resources, in units of the divisor, rounded up; a missing limit is what the node has.
 * Source: pkg/api/v1/resource/helpers.go, ExtractContainerResourceValue and MergeContainerResourceLimits.
 */
export function resourceField(
  pod: Pod,
  field: ResourceField,
  self: Container | undefined,
  allocatable: Strings,
): FieldValue {
  const name = field.containerName ?? ''
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
  const container = name === '' ? self : all.find((each) => each.name === name)
  if (container === undefined) return { ok: false, error: `container ${name} not found` }
  const match = /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/.exec(field.resource)
  if (match === null) return { ok: false, error: `unsupported container resource : ${field.resource}` }
  const [, kind, resource = ''] = match
  const said = kind === 'limits' ? container.resources?.limits : container.resources?.requests
  let amount = own(said, resource)
  if (kind === 'limits' && isZero(amount)) amount = own(allocatable, resource)
  const divisor = isZero(field.divisor ?? '') ? '1' : (field.divisor ?? '1')
  const value = resource === 'cpu' ? quantityMilliValue : quantityValue
  return found(String(Math.ceil(value(amount === '' ? '0' : amount) / value(divisor))))
}

function isZero(text: string): boolean {
  return text === '' || quantity(text).nanos === 0n
}

function own(map: Strings | undefined, key: string): string {
  return map !== undefined && Object.hasOwn(map, key) ? (map[key] ?? '') : ''
}

/** `key="value"` by lines, in order of keys. Source: fieldpath.go, FormatMap. */
function formatMap(map: Strings = {}): string {
  return Object.keys(map)
    .sort(compareBytes)
    .map((key) => `${key}=${goQuote(map[key] ?? '')}`)
    .join('\n')
}

function found(value: string): FieldValue {
  return { ok: true, value }
}
