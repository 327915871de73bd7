import { isObject } from '../api/json.ts'
import type { Pod } from '../api/types/core.ts'
import type { Latency } from '../client/latency.ts'
import type { LinkLatencies } from '../client/link.ts'
import type { ProvisionerSettings } from '../cluster/external-provisioner.ts'
import type { NetworkLatencies } from '../cluster/networks.ts'
import { defaultEpochMs, type EpochMs, parseRfc3339 } from '../kernel/calendar.ts'
import type { JournalLevel } from '../kernel/journal.ts'
import { second } from '../kernel/time.ts'
import type { KubeletConfiguration } from '../node/kubelet/configuration.ts'
import { releaseOf } from '../versions/builds.ts'
import { type FeatureGates, resolveFeatureGates } from '../versions/feature-gates.ts'
import { minorOf } from '../versions/version.ts'
import { usageError } from './calls.ts'
import { complaintsOf } from './input/complaints.ts'
import { type Duration, millisecondsOf } from './input/formats.ts'
import { plainJson } from './input/plain-json.ts'
import { kubeletDurations } from './kubelet-options.ts'
import { latenciesOf, resolveLatency, resolveNetwork } from './network.ts'
import type { ImageOptions, KubeletOptions, NodeOptions, SimOptions } from './options.ts'
import { optionsSchema, seedSchema } from './options-schema.ts'

/** A node as the cluster makes it. */
export interface NodeSettings {
  readonly name: string
  readonly cpu: string
  readonly memory: string
  readonly pods: number
  readonly resources: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly taints: NonNullable<NodeOptions['taints']>
  readonly ttl: number | undefined
  readonly staticPods: readonly Pod[]
  /** Powered off from the start, and unknown to the cluster. */
  readonly isAbsent: boolean
  readonly kubelet: Partial<KubeletConfiguration>
  readonly latencies?: LinkLatencies
}

/** Options with every default filled in and every text understood. */
export interface SimSettings {
  readonly seed: string
  readonly minor: number
  readonly gates: FeatureGates
  readonly nodes: readonly NodeSettings[]
  readonly latencies: NetworkLatencies
  readonly commandTime: Latency
  readonly images: readonly ImageOptions[]
  readonly provisioners: readonly ProvisionerSettings[]
  readonly files: Readonly<Record<string, string | Uint8Array>>
  readonly journal: JournalLevel
  /** How many records stay in memory. */
  readonly journalKeep: number
  readonly kubectl: string
  readonly admission: { readonly podPreset?: boolean; readonly nodeRestriction?: boolean }
  readonly encryptionAtRest: boolean
  /** What is taken of images of which nothing is known: that their programs do their duty, do nothing, or that there are none. */
  readonly unknownImages: 'succeed' | 'strict' | 'refuse'
  readonly invariants: boolean
  readonly maxEvents: number
  readonly epochMs: EpochMs
}

/** The kubectls that were recorded with servers of these minors; with others one of the same minor is used. */
const recordedKubectl: Readonly<Record<number, string>> = { 18: '1.18.20', 26: '1.32.4', 36: '1.32.4' }

/** Understands what the caller gave; throws a SimUsageError that says what is wrong with it. */
export function resolveOptions(options: SimOptions): SimSettings {
  check(options)
  const minor = minorOf(options.version ?? 'v1.18')
  return {
    seed: String(options.seed ?? 'podsim'),
    minor,
    gates: resolveFeatureGates(minor, given(options.featureGates ?? {})),
    nodes: nodeSettings(options.nodes ?? 1, options.kubelet ?? {}),
    latencies: resolveNetwork(options.network ?? 'instant', minor),
    commandTime: options.commandTime === undefined ? usualCommandTime : resolveLatency(options.commandTime),
    images: options.images ?? [],
    provisioners: (options.provisioners ?? []).map(provisionerOf),
    files: given(options.files ?? {}),
    ...journalSettings(options.journal),
    kubectl: options.kubectl ?? recordedKubectl[minor] ?? releaseOf(minor),
    admission: given(options.admission ?? {}),
    encryptionAtRest: options.encryptionAtRest ?? false,
    unknownImages: options.unknownImages ?? 'succeed',
    invariants: options.invariants ?? false,
    maxEvents: options.maxEvents ?? Number.POSITIVE_INFINITY,
    epochMs: (options.epoch === undefined ? undefined : parseRfc3339(options.epoch)) ?? defaultEpochMs,
  }
}

/** As long as the program needs to start and to read its configuration on a common machine (a choice). */
const usualCommandTime: Latency = { kind: 'uniform', minMs: 30, maxMs: 60 }

/** Options that were right, but for their seeds: whoever tries many seeds has each looked at, and the rest once. */
const right = new Set<string>()
const mostRemembered = 64

function check(options: SimOptions): void {
  const { seed, ...rest } = isObject(options) ? options : {}
  const text = typeof seed === 'string' ? plainJson(rest) : undefined
  if (text !== undefined && right.has(text) && seedSchema.safeParse(seed).success) return
  const [complaint] = complaintsOf(optionsSchema, options, { root: 'what it is given' })
  if (complaint !== undefined) throw usageError('createSim', complaint)
  if (text === undefined) return
  if (right.size === mostRemembered) right.clear()
  right.add(text)
}

function journalSettings(given: SimOptions['journal'] = 'full'): Pick<SimSettings, 'journal' | 'journalKeep'> {
  const { level = 'full', keep = Number.POSITIVE_INFINITY } = typeof given === 'string' ? { level: given } : given
  return { journal: level, journalKeep: keep }
}

/** Without the keys whose value is undefined: the same as not given. */
function given<T extends object>(values: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } {
  // What is left has no undefined values; a key that is absent reads as undefined, which the types of T's users allow.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>
  }
}

function nodeSettings(nodes: number | readonly NodeOptions[], kubelet: KubeletOptions): readonly NodeSettings[] {
  const each =
    typeof nodes === 'number'
      ? Array.from({ length: nodes }, (_, i): NodeOptions => ({ name: `node-${i + 1}` }))
      : nodes
  return each.map((node) => nodeOf(node, kubelet))
}

function nodeOf(options: NodeOptions, kubelet: KubeletOptions): NodeSettings {
  return {
    name: options.name,
    cpu: String(options.cpu ?? '4'),
    memory: String(options.memory ?? '8Gi'),
    pods: options.pods ?? 110,
    resources: Object.fromEntries(Object.entries(options.resources ?? {}).map(([name, of]) => [name, String(of)])),
    labels: options.labels ?? {},
    taints: (options.taints ?? []).map((taint) => given(taint)),
    ttl: options.ttl,
    ...(options.network === undefined ? {} : { latencies: latenciesOf(options.network) }),
    // A Pod as far as the kubelet needs it to be one: the schema has looked at that.
    isAbsent: options.absent ?? false,
    staticPods: (options.staticPods ?? []) as readonly Pod[],
    kubelet: kubeletSettings({ ...given(kubelet), ...given(options.kubelet ?? {}) }),
  }
}

/** Podsim's choice of how long a volume takes: what clouds take for small disks. */
const provisioningMs: Latency = { kind: 'uniform', minMs: second, maxMs: 3 * second }

function provisionerOf({
  name,
  takes,
  local,
  fails,
}: NonNullable<SimOptions['provisioners']>[number]): ProvisionerSettings {
  const fixed: Latency | undefined = takes === undefined ? undefined : { kind: 'fixed', ms: millisecondsOf(takes) }
  return { name, takes: fixed ?? provisioningMs, isLocal: local ?? false, fails }
}

/** Durations become milliseconds. */
function kubeletSettings(options: KubeletOptions): Partial<KubeletConfiguration> {
  const settings = Object.entries(options).map(([field, value]): [string, unknown] => {
    if (kubeletDurations.has(field)) return [field, millisecondsOf(value as Duration)]
    // What the schema has let through under this name.
    if (field === 'evictionSoftGracePeriod') return [field, gracePeriods(value as GracePeriods)]
    return [field, value]
  })
  // Fields and values are those of the schema, which is made of KubeletConfiguration's keys.
  return Object.fromEntries(settings) as Partial<KubeletConfiguration>
}

type GracePeriods = NonNullable<KubeletOptions['evictionSoftGracePeriod']>

function gracePeriods(given: GracePeriods): object {
  return Object.fromEntries(
    Object.entries(given).map(([signal, period]) => [signal, period === undefined ? 0 : millisecondsOf(period)]),
  )
}
