import { isObject } from '../../../api/json.ts'
import { quantityMilliValue } from '../../../api/quantity.ts'
import type { Container, ContainerPort, PodSpec } from '../../../api/types/core.ts'
import type { ObjectMeta } from '../../../api/types/meta.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

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
    ...nodeLabels(spec, at),
    ...spreadConstraints(spec, at),
    ...annotations(metadata, at),
    ...volumes(spec, at, minor),
    ...tokenPaths(spec, at),
    ...repeated(spec.hostAliases, `${at}spec.hostAliases`, 'ip', (alias) => alias.ip ?? ''),
    ...repeated(spec.imagePullSecrets, `${at}spec.imagePullSecrets`, 'name', (secret) => secret.name ?? ''),
    ...emptyPullSecrets(spec, at),
    ...fractions(spec.overhead, `${at}spec.overhead`),
    ...allContainers(spec, at).flatMap(containerWarnings),
    ...ports(allContainers(spec, at)),
    ...gracePeriod(spec, at),
    ...affinityTerms(spec, at),
  ]
}

/** Source: pkg/api/node/util.go, GetNodeLabelDeprecatedMessage. */
const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}

function nodeLabels(spec: PodSpec, at: string): readonly string[] {
  return Object.keys(spec.nodeSelector ?? {})
    .sort()
    .flatMap((key) => {
      const text = deprecatedNodeLabels[key]
      return text === undefined ? [] : [`${at}spec.nodeSelector[${key}]: ${text}`]
    })
}

function spreadConstraints(spec: PodSpec, at: string): readonly string[] {
  return (spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
    const field = `${at}spec.topologySpreadConstraints[${index}]`
    const text = deprecatedNodeLabels[topologyKey]
    return [
      ...(text === undefined ? [] : [`${field}.topologyKey: ${topologyKey} is ${text}`]),
      ...(labelSelector === undefined
        ? [`${field}.labelSelector: a null labelSelector results in matching no pod`]
        : []),
    ]
  })
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

/** Projected items that lie over a token. The path counts items, not sources: so it is in the original. */
function tokenPaths(spec: PodSpec, at: string): readonly string[] {
  const projected = (spec.volumes ?? []).map(({ projected: source }) => source?.sources ?? [])
  const tokens = new Set(projected.flat().flatMap((source) => source.serviceAccountToken?.path ?? []))
  if (tokens.size === 0) return []
  return projected.flatMap((sources, index) =>
    sources.flatMap((source) =>
      (
        [
          ['configMap', source.configMap?.items],
          ['secrets', source.secret?.items],
          ['downwardAPI', source.downwardAPI?.items],
        ] as const
      ).flatMap(([kind, items]) =>
        (items ?? []).flatMap(({ path }, item) =>
          tokens.has(path)
            ? [
                `${at}spec.volumes[${index}].projected.sources.${kind}[${item}]: has duplicated path with ServiceAccountToken ${goQuote(path)}`,
              ]
            : [],
        ),
      ),
    ),
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
  if (!isObject(amounts)) return []
  return ['memory', 'ephemeral-storage'].flatMap((name) => {
    const value = amounts[name]
    if (typeof value !== 'string' || quantityMilliValue(value) % 1000 === 0) return []
    return [`${field}[${name}]: fractional byte value ${goQuote(value)} is invalid, must be an integer`]
  })
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

function containerWarnings({ container, field }: Placed): readonly string[] {
  const { limits, requests } = container.resources ?? {}
  return [
    ...fractionOf(limits, 'memory', `${field}.resources.limits`),
    ...fractionOf(requests, 'memory', `${field}.resources.requests`),
    ...fractionOf(limits, 'ephemeral-storage', `${field}.resources.limits`),
    ...fractionOf(requests, 'ephemeral-storage', `${field}.resources.requests`),
    ...hiddenVariables(container, field),
  ]
}

function fractionOf(amounts: unknown, name: string, field: string): readonly string[] {
  return isObject(amounts) ? fractions({ [name]: amounts[name] }, field) : []
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

function ports(containers: readonly Placed[]): readonly string[] {
  const seen = new Map<string, { readonly field: string; readonly port: ContainerPort }[]>()
  return containers.flatMap(({ container, field }) =>
    (container.ports ?? []).flatMap((port, index) => {
      const own = `${field}.ports[${index}]`
      const key = `${port.containerPort}/${port.protocol ?? 'TCP'}`
      const others = seen.get(key) ?? []
      const texts = others.flatMap((other) => portConflict(port, other.port, own, other.field))
      seen.set(key, [...others, { field: own, port }])
      return texts
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
