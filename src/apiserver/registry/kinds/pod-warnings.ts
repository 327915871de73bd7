import { isObject } from '../../../api/json.ts'
import { quantityMilliValue } from '../../../api/quantity.ts'
import type { Container, ContainerPort, PodSpec } from '../../../api/types/core.ts'
import type { ObjectMeta } from '../../../api/types/meta.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { affinityLabels, nodeLabels, spreadConstraints } from './node-label-warnings.ts'
import { overlappingPaths } from './path-warnings.ts'

/**
 * What the server tells who makes a Pod, or a template of Pods, that it takes but that will not do what it says.
 * `path`: of the template (`spec.template`), empty for a Pod. Told from v1.22 on, when strategies learned to warn; the date of a
 * volume's deprecation is the minor version that its text names. Maps are walked in bytewise order, where Go's is random.
 * Source: pkg/api/pod/warnings.go, warningsForPodSpecAndMeta.
 */
export function podWarnings(
  spec: PodSpec,
  metadata: Partial<ObjectMeta>,
  path: string,
  minor: number,
): readonly string[] {
  if (!has(minor, apiServer.warnsOfPods)) return []
  const at = path === '' ? '' : `${path}.`
  return [
    ...nodeLabels(spec, at, minor),
    ...affinityLabels(spec, at, minor),
    ...spreadConstraints(spec, at, minor),
    ...annotations(metadata, at),
    ...volumes(spec, at, minor),
    ...claimSizes(spec, at, minor),
    ...(has(minor, apiServer.warnsOfPaths) ? overlappingPaths(spec.volumes ?? []) : []),
    ...repeated(spec.hostAliases, `${at}spec.hostAliases`, 'ip', (alias) => alias.ip ?? ''),
    ...repeated(spec.imagePullSecrets, `${at}spec.imagePullSecrets`, 'name', (secret) => secret.name ?? ''),
    ...emptyPullSecrets(spec, at),
    ...fractions(spec.overhead, `${at}spec.overhead`),
    ...podSeccomp(spec, metadata, at, minor),
    ...allContainers(spec, at).flatMap((placed) => containerWarnings(placed, metadata, at, minor)),
    ...ports(allContainers(spec, at), minor),
    ...(has(minor, apiServer.warnsOfPortNames) ? portNames(allContainers(spec, at)) : []),
    ...gracePeriod(spec, at),
    ...affinityTerms(spec, at),
  ]
}

const deprecatedAnnotations: readonly (readonly [key: string, text: string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]

function annotations(metadata: Partial<ObjectMeta>, at: string): readonly string[] {
  return deprecatedAnnotations
    .filter(([key]) => Object.hasOwn(metadata.annotations ?? {}, key))
    .map(([key, text]) => `${at}metadata.annotations[${key}]: ${text}`)
}

/** Source: pkg/api/pod/warnings.go. `until` leaves out the minor in which the text became another. */
const deprecatedVolumes: readonly (readonly [source: string, text: string, since: number, until?: number])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+', 22],
  ['gitRepo', 'deprecated in v1.11', 22, 33],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+', 33],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+', 22],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+', 25],
  ['storageOS', 'deprecated in v1.22, non-functional in v1.25+', 25],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+', 25],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+', 26],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+', 31],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+', 31],
]

function volumes(spec: PodSpec, at: string, minor: number): readonly string[] {
  return (spec.volumes ?? []).flatMap((volume, index) =>
    deprecatedVolumes
      .filter(([source, , since, until = Number.POSITIVE_INFINITY]) => {
        return minor >= since && minor < until && Object.hasOwn(volume, source)
      })
      .map(([source, text]) => `${at}spec.volumes[${index}].${source}: ${text}`),
  )
}

function repeated<T>(
  items: readonly T[] | undefined,
  field: string,
  member: string,
  textOf: (item: T) => string,
): readonly string[] {
  const seen = new Set<string>()
  return (items ?? []).flatMap((item, index) => {
    const value = textOf(item)
    if (seen.has(value)) return [`${field}[${index}].${member}: duplicate ${member} ${goQuote(value)}`]
    seen.add(value)
    return []
  })
}

function emptyPullSecrets(spec: PodSpec, at: string): readonly string[] {
  return (spec.imagePullSecrets ?? []).flatMap(({ name = '' }, index) =>
    name === '' ? [`${at}spec.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
  )
}

function fractions(amounts: unknown, field: string): readonly string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) => fractionOf(amounts, name, field))
}

interface Placed {
  readonly container: Container
  readonly field: string
}

function allContainers(spec: PodSpec, at: string): readonly Placed[] {
  const placed = (name: string, list: readonly Container[] | undefined): readonly Placed[] =>
    (list ?? []).map((container, index) => ({ container, field: `${at}spec.${name}[${index}]` }))
  return [
    ...placed('initContainers', spec.initContainers),
    ...placed('containers', spec.containers),
    ...placed('ephemeralContainers', spec.ephemeralContainers),
  ]
}

function containerWarnings(
  { container, field }: Placed,
  metadata: Partial<ObjectMeta>,
  at: string,
  minor: number,
): readonly string[] {
  const { limits, requests } = container.resources ?? {}
  return [
    ...seccompAnnotation(container.securityContext, metadata, `container.${seccompKey}${container.name}`, at, minor),
    ...fractionOf(limits, 'memory', `${field}.resources.limits`),
    ...fractionOf(requests, 'memory', `${field}.resources.requests`),
    ...fractionOf(limits, 'ephemeral-storage', `${field}.resources.limits`),
    ...fractionOf(requests, 'ephemeral-storage', `${field}.resources.requests`),
    ...hiddenVariables(container, field),
  ]
}

function fractionOf(amounts: unknown, name: string, field: string): readonly string[] {
  const value = isObject(amounts) ? amounts[name] : undefined
  if (typeof value !== 'string' || quantityMilliValue(value) % 1000 === 0) return []
  return [`${field}[${name}]: fractional byte value ${goQuote(value)} is invalid, must be an integer`]
}

/** Variables of one name: the second may refer to the first, else it hides it. */
function hiddenVariables({ env = [] }: Container, field: string): readonly string[] {
  const seen = new Set<string>()
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    const reference = `$(${name})`
    const hides = valueFrom !== undefined || value === reference || !value.includes(reference)
    if (!hides) return []
    return [
      `${field}.env[${index}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`,
    ]
  })
}

const seccompKey = 'seccomp.security.alpha.kubernetes.io/'

function podSeccomp(spec: PodSpec, metadata: Partial<ObjectMeta>, at: string, minor: number): readonly string[] {
  return seccompAnnotation(spec.securityContext, metadata, `${seccompKey}pod`, at, minor)
}

function seccompAnnotation(
  context: object | undefined,
  { annotations }: Partial<ObjectMeta>,
  key: string,
  at: string,
  minor: number,
): readonly string[] {
  const isTold = has(minor, apiServer.warnsOfSeccompAnnotations) && Object.hasOwn(annotations ?? {}, key)
  if (!isTold || Reflect.get(Object(context), 'seccompProfile') !== undefined) return []
  return [`${at}metadata.annotations[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`]
}

/** Sizes of claims that are made with the Pod. Source: pkg/api/persistentvolumeclaim/util.go, GetWarningsForPersistentVolumeClaimSpec. */
function claimSizes({ volumes: all = [] }: PodSpec, at: string, minor: number): readonly string[] {
  if (!has(minor, apiServer.warnsOfClaimSizes)) return []
  return all.flatMap(({ ephemeral }, index) => {
    const { spec } = Object(Reflect.get(Object(ephemeral), 'volumeClaimTemplate')) as { readonly spec?: Claim } // by its schema
    const field = `${at}spec.volumes[${index}].ephemeral.volumeClaimTemplate.spec.resources`
    return [
      ...fractionOf(spec?.resources?.requests, 'storage', `${field}.requests`),
      ...fractionOf(spec?.resources?.limits, 'storage', `${field}.limits`),
    ]
  })
}

interface Claim {
  readonly resources?: { readonly requests?: unknown; readonly limits?: unknown }
}

function portNames(containers: readonly Placed[]): readonly string[] {
  const seen = new Map<string, string>()
  return containers.flatMap(({ container, field }) =>
    (container.ports ?? []).flatMap(({ name = '' }, index) => {
      const own = `${field}.ports[${index}]`
      const other = seen.get(name)
      if (name === '') return []
      if (other === undefined) {
        seen.set(name, own)
        return []
      }
      return [
        `${own}: duplicate port name ${goQuote(name)} with ${other}, services and probes that select ports by name will use ${other}`,
      ]
    }),
  )
}

/** A port as Go's `%+v` writes it. */
function shownPort({ name = '', hostPort = 0, containerPort = 0, protocol = '', hostIP = '' }: ContainerPort): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`
}

function ports(containers: readonly Placed[], minor: number): readonly string[] {
  const seen = new Map<string, { readonly field: string; readonly port: ContainerPort }[]>()
  return containers.flatMap(({ container, field }) =>
    (container.ports ?? []).flatMap((port, index) => {
      const own = `${field}.ports[${index}]`
      const key = `${port.containerPort}/${port.protocol ?? 'TCP'}`
      const others = seen.get(key) ?? []
      const texts = others.flatMap((other) => portConflict(port, other.port, own, other.field))
      seen.set(key, [...others, { field: own, port }])
      const isUseless = has(minor, apiServer.warnsOfHostIps) && (port.hostIP ?? '') !== '' && !port.hostPort
      return isUseless ? [`${own}: hostIP set without hostPort: ${shownPort(port)}`, ...texts] : texts
    }),
  )
}

function portConflict(port: ContainerPort, other: ContainerPort, own: string, field: string): readonly string[] {
  const [ip, otherIp] = [port.hostIP ?? '', other.hostIP ?? '']
  const [host, otherHost] = [port.hostPort ?? 0, other.hostPort ?? 0]
  if (ip === otherIp && host === otherHost) return [`${own}: duplicate port definition with ${field}`]
  if (host === 0 || otherHost === 0) return [`${own}: overlapping port definition with ${field}`]
  const isAmbiguous = host === otherHost && (ip === '') !== (otherIp === '')
  return isAmbiguous ? [`${own}: dangerously ambiguous port definition with ${field}`] : []
}

function gracePeriod(spec: PodSpec, at: string): readonly string[] {
  return (spec.terminationGracePeriodSeconds ?? 0) < 0
    ? [`${at}spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
    : []
}

function affinityTerms({ affinity }: PodSpec, at: string): readonly string[] {
  const text = 'a null labelSelector results in matching no pod'
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const field = `${at}spec.affinity.${kind}`
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
    } = affinity?.[kind] ?? {}
    return [
      ...required.flatMap(({ labelSelector }, index) =>
        labelSelector === undefined
          ? [`${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector: ${text}`]
          : [],
      ),
      ...preferred.flatMap(({ podAffinityTerm }, index) =>
        podAffinityTerm?.labelSelector === undefined
          ? [
              `${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector: ${text}`,
            ]
          : [],
      ),
    ]
  })
}
