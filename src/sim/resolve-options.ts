import { parseQuantity } from '../api/quantity.ts'
import type { Pod } from '../api/types/core.ts'
import type { LinkLatencies } from '../client/link.ts'
import { defaultEpochMs, type EpochMs, parseRfc3339 } from '../kernel/calendar.ts'
import type { JournalLevel } from '../kernel/journal.ts'
import type { KubeletConfiguration } from '../node/kubelet/configuration.ts'
import { type FeatureGates, featureGates, resolveFeatureGates } from '../versions/feature-gates.ts'
import { kubernetesVersions, minorOf } from '../versions/version.ts'
import { resolveNetwork } from './network.ts'
import type { Duration, ImageOptions, NodeOptions, SimOptions } from './options.ts'
import { durationMs, onlyKnown, wrong } from './wrong-input.ts'

/** A node as the cluster makes it. */
export interface NodeSettings {
  readonly name: string
  readonly cpu: string
  readonly memory: string
  readonly pods: number
  readonly labels: Readonly<Record<string, string>>
  readonly taints: NonNullable<NodeOptions['taints']>
  readonly ttl: number | undefined
  readonly staticPods: readonly Pod[]
  readonly kubelet: Partial<KubeletConfiguration>
  readonly latencies?: LinkLatencies
}

/** Options with every default filled in and every text understood. */
export interface SimSettings {
  readonly seed: string
  readonly minor: number
  readonly gates: FeatureGates
  readonly nodes: readonly NodeSettings[]
  readonly latencies: LinkLatencies
  readonly images: readonly ImageOptions[]
  readonly files: Readonly<Record<string, string | Uint8Array>>
  readonly journal: JournalLevel
  readonly kubectl: string
  readonly admission: { readonly podPreset?: boolean; readonly nodeRestriction?: boolean }
  readonly encryptionAtRest: boolean
  readonly invariants: boolean
  readonly maxEvents: number
  readonly epochMs: EpochMs
}

const optionNames = [
  'seed',
  'version',
  'featureGates',
  'nodes',
  'kubelet',
  'network',
  'images',
  'files',
  'journal',
  'kubectl',
  'admission',
  'encryptionAtRest',
  'invariants',
  'maxEvents',
  'epoch',
] as const

/** The kubectl that people used with a server of that time. */
const kubectlFor: Readonly<Record<number, string>> = { 18: '1.18.20', 26: '1.32.4', 36: '1.32.4' }

/** Understands what the caller gave; throws a SimUsageError that says what is wrong with it. */
export function resolveOptions(options: SimOptions): SimSettings {
  onlyKnown(options, optionNames, 'createSim')
  const version = options.version ?? 'v1.18'
  if (!kubernetesVersions.includes(version)) wrong('version', version, kubernetesVersions.join(', '))
  const minor = minorOf(version)
  const kubelet = kubeletSettings(options.kubelet ?? {}, 'kubelet')
  const journal = options.journal ?? 'full'
  if (!['full', 'summary', 'off'].includes(journal)) wrong('journal', journal, 'full, summary, off')
  const epochMs = options.epoch === undefined ? defaultEpochMs : parseRfc3339(options.epoch)
  if (epochMs === undefined) wrong('epoch', options.epoch, 'a time as 2020-05-01T00:00:00Z')
  return {
    seed: String(options.seed ?? 'podsim'),
    minor,
    gates: resolveFeatureGates(minor, knownGates(options.featureGates ?? {})),
    nodes: nodeSettings(options.nodes ?? 1, kubelet),
    latencies: resolveNetwork(options.network ?? 'instant', 'network'),
    images: options.images ?? [],
    files: options.files ?? {},
    journal,
    kubectl: options.kubectl ?? kubectlFor[minor] ?? '1.18.20',
    admission: options.admission ?? {},
    encryptionAtRest: options.encryptionAtRest ?? false,
    invariants: options.invariants ?? false,
    maxEvents: options.maxEvents ?? Number.POSITIVE_INFINITY,
    epochMs,
  }
}

function nodeSettings(
  nodes: number | readonly NodeOptions[],
  kubelet: Partial<KubeletConfiguration>,
): readonly NodeSettings[] {
  if (typeof nodes === 'number') {
    if (!Number.isSafeInteger(nodes) || nodes < 0 || nodes > 5000)
      wrong('nodes', nodes, 'a whole number from 0 to 5000, or a list')
    return Array.from({ length: nodes }, (_, i) => nodeOf({ name: `node-${i + 1}` }, kubelet))
  }
  const names = nodes.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) wrong('nodes', twice, 'every name once')
  return nodes.map((node) => nodeOf(node, kubelet))
}

function nodeOf(options: NodeOptions, kubelet: Partial<KubeletConfiguration>): NodeSettings {
  const { name, cpu = '4', memory = '8Gi', pods = 110, labels = {}, taints = [] } = options
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) || name.length > 253)
    wrong('nodes[].name', name, 'a DNS subdomain name')
  for (const [field, text] of [
    ['cpu', String(cpu)],
    ['memory', memory],
  ] as const) {
    if (!parseQuantity(text).ok) wrong(`nodes[].${field}`, text, 'a quantity such as 4, 500m or 8Gi')
  }
  return {
    name,
    cpu: String(cpu),
    memory,
    pods,
    labels,
    taints,
    ttl: options.ttl,
    ...(options.network === undefined ? {} : { latencies: resolveNetwork(options.network, `nodes[${name}].network`) }),
    staticPods: (options.staticPods ?? []).map((pod, i) => staticPod(pod, `nodes[${name}].staticPods[${i}]`)),
    kubelet: { ...kubelet, ...kubeletSettings(options.kubelet ?? {}, `nodes[${name}].kubelet`) },
  }
}

/** As far as the kubelet needs it to be a Pod. */
function staticPod(manifest: object, where: string): Pod {
  const { kind, metadata, spec } = manifest as Partial<Pod>
  if (kind !== 'Pod' || typeof metadata?.name !== 'string' || !Array.isArray(spec?.containers))
    wrong(where, kind, 'a Pod with metadata.name and spec.containers')
  return manifest as Pod
}

/** Fields of KubeletConfiguration, with the type that each has. Source: kubelet/config/v1beta1/types.go. */
const kubeletFields = {
  configMapAndSecretChangeDetectionStrategy: 'strategy',
  syncFrequency: 'duration',
  fileCheckFrequency: 'duration',
  httpCheckFrequency: 'duration',
  nodeStatusUpdateFrequency: 'duration',
  nodeStatusReportFrequency: 'duration',
  nodeLeaseDurationSeconds: 'number',
  kubeAPIQPS: 'number',
  kubeAPIBurst: 'number',
  eventRecordQPS: 'number',
  eventBurst: 'number',
  registryPullQPS: 'number',
  registryBurst: 'number',
  serializeImagePulls: 'boolean',
  maxParallelImagePulls: 'number',
  runtimeRequestTimeout: 'duration',
  maxPods: 'number',
} as const satisfies Partial<Record<keyof KubeletConfiguration, string>>

function kubeletSettings(given: Readonly<Record<string, unknown>>, where: string): Partial<KubeletConfiguration> {
  onlyKnown(given, Object.keys(kubeletFields), where)
  const settings = Object.entries(given).map(([field, value]): [string, unknown] => {
    const type = kubeletFields[field as keyof typeof kubeletFields]
    const name = `${where}.${field}`
    switch (type) {
      case 'duration':
        return [field, durationMs(value as Duration, name)]
      case 'strategy':
        if (!['Watch', 'Cache', 'Get'].includes(String(value))) wrong(name, value, 'Watch, Cache, Get')
        return [field, value]
      default:
        if (typeof value !== type) wrong(name, value, `a ${type}`)
        return [field, value]
    }
  })
  return Object.fromEntries(settings) as Partial<KubeletConfiguration>
}

function knownGates(given: Readonly<Record<string, unknown>>): Partial<FeatureGates> {
  onlyKnown(given, Object.keys(featureGates), 'featureGates')
  for (const [gate, on] of Object.entries(given))
    if (typeof on !== 'boolean') wrong(`featureGates.${gate}`, on, 'true or false')
  return given as Partial<FeatureGates>
}
