import * as z from 'zod'
import type { Latency } from '../client/latency.ts'
import { networks } from '../cluster/networks.ts'
import { parseRfc3339 } from '../kernel/calendar.ts'
import { kubectlMinors } from '../kubectl/client-version.ts'
import { featureGates } from '../versions/feature-gates.ts'
import { kubernetesVersions } from '../versions/version.ts'
import { handshakeMs, programNames } from './image-programs.ts'
import { choice } from './input/choice.ts'
import { closest } from './input/closest.ts'
import { complain } from './input/complaints.ts'
import { anyDuration, type Duration, millisecondsOf, objectName, quantity, someText, text } from './input/formats.ts'
import { withRules } from './input/rules.ts'
import { quoted, words } from './input/words.ts'
import { kubeletSchema } from './kubelet-options.ts'
import { isNodeResource } from './node-resource.ts'
import type { OwnProgram } from './own/programs.ts'

const onOrOff = z.boolean().optional()

/**
 * What a cluster can be told. One table gives the types of the library (options.ts), the checks of `createSim`, the checks
 * of `cluster` in scenarios, the JSON Schema and the docs. Scenarios take durations as texts only, the library
 * milliseconds too: that is what `duration` is for.
 */
export function clusterShape<P extends z.ZodType>(duration: z.ZodType<Duration>, program: P) {
  const kubelet = kubeletSchema(duration)
  const network = networkSchema(duration)
  return {
    version: versionSchema.optional().meta({
      description: `Version of Kubernetes, ${kubernetesVersions[0]} to ${kubernetesVersions.at(-1)}; v1.18 unless given`,
    }),
    featureGates: z
      .strictObject(
        Object.fromEntries(Object.keys(featureGates).map((gate) => [gate, onOrOff])) as Record<
          keyof typeof featureGates,
          z.ZodOptional<z.ZodBoolean>
        >,
      )
      .optional()
      .meta({ description: 'Over the defaults of the version' }),
    nodes: z
      .union([z.int().min(0).max(5000), z.array(nodeSchema(duration)).min(1)])
      .superRefine((nodes, context) => {
        if (Array.isArray(nodes)) tellTwice(nodes, 'node', context)
      })
      .register(words, { expected: 'a whole number from 0 to 5000, or a list of nodes' })
      .optional()
      .meta({ description: 'How many (node-1, node-2, ...), or each one; one unless given' }),
    kubelet: kubelet.optional().meta({ description: 'KubeletConfiguration of every node' }),
    network: network.optional().meta({ description: 'How long requests and watch events take; instant unless given' }),
    commandTime: latencySchema(duration).optional().meta({
      description:
        'What a kubectl line takes before its first request, while its cluster goes on; 30 to 60 ms unless given',
    }),
    images: z
      .array(imageSchema(duration, program))
      .superRefine((images, context) => tellTwice(images, 'image', context))
      .optional()
      .meta({ description: 'Images of which something is to be said' }),
    unknownImages: z.enum(['succeed', 'strict', 'refuse']).optional().meta({
      description:
        'Programs of images of which nothing is known: `succeed` (unless given), they do their duty: servers run on, init containers, Jobs, probes and hooks end well; `strict`, only what the image is said to have; `refuse`: there are no such images, nor registries of which no image is known',
    }),
    provisioners: z
      .array(provisionerSchema(duration))
      .superRefine((provisioners, context) => tellTwice(provisioners, 'provisioner', context))
      .optional()
      .meta({
        description:
          'Who makes the volumes of StorageClasses; nobody unless given: what asks a class for a volume waits',
      }),
    admission: z
      .strictObject({ podPreset: z.boolean().optional(), nodeRestriction: z.boolean().optional() })
      .optional()
      .meta({ description: 'Plugins that are on or off: podPreset (off unless given), nodeRestriction (on)' }),
    encryptionAtRest: z
      .boolean()
      .optional()
      .meta({ description: 'Secrets are encrypted before they are written to etcd (aescbc); off unless given' }),
    journal: journalSchema.optional().meta({
      description:
        'How much is told to the journal: `full` (unless given), `summary` (without single requests and refreshes that change nothing), `off`; or `{level, keep}`: only the newest `keep` records stay in memory',
    }),
    epoch: z
      .string()
      .refine((given) => parseRfc3339(given) !== undefined)
      .register(words, { expected: 'a time such as "2020-05-01T00:00:00Z"' })
      .optional()
      .meta({ description: 'Start of virtual time as RFC 3339; 2020-05-01T00:00:00Z unless given' }),
  }
}

const versionSchema = z.enum(kubernetesVersions).register(words, {
  expected: `${quoted(kubernetesVersions[0])} to ${quoted(kubernetesVersions.at(-1) ?? '')}`,
  suggest: (found) => suggestVersion(String(found)),
})

/** `1.18` -> `"v1.18"`, `v1.21` -> the nearest that there is. */
function suggestVersion(found: string): string | undefined {
  const minor = Number(/^v?1\.(\d+)(\.\d+)?$/.exec(found.trim())?.[1] ?? Number.NaN)
  if (Number.isNaN(minor)) return undefined
  const distance = (version: string) => Math.abs(Number(version.slice(version.indexOf('.') + 1)) - minor)
  const [nearest] = [...kubernetesVersions].sort((a, b) => distance(a) - distance(b))
  return nearest === undefined ? undefined : quoted(nearest)
}

const journalLevels = z.enum(['full', 'summary', 'off'])

const journalSchema = z
  .union([journalLevels, z.strictObject({ level: journalLevels.optional(), keep: z.int().min(1).optional() })])
  .register(words, { expected: 'full, summary, off, or a map with level and keep' })

/** Source of the effects: k8s.io/api/core/v1 types.go, TaintEffect. */
const taintSchema = z.strictObject({
  key: someText,
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  timeAdded: z.string().optional(),
})

/** A manifest of a Pod, as far as a kubelet needs it to be one. */
const staticPodSchema: z.ZodType<object> = z
  .record(z.string(), z.unknown())
  .superRefine(({ kind, metadata, spec }, context) => {
    const named = typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : undefined
    const containers = typeof spec === 'object' && spec !== null && 'containers' in spec ? spec.containers : undefined
    if (kind !== 'Pod' || typeof named !== 'string' || !Array.isArray(containers))
      complain(context, [], {
        message: 'a static Pod is a manifest of kind Pod with metadata.name and spec.containers',
      })
  })

/** Settings of one node; what is absent has a default. */
export function nodeSchema(duration: z.ZodType<Duration>) {
  const node = z.strictObject({
    name: objectName.meta({ description: 'Its name' }),
    cpu: quantity.optional().meta({ description: 'Cores: 4, 500m; 4 unless given' }),
    memory: quantity.optional().meta({ description: '8Gi unless given; tmpfs counts against it' }),
    pods: z.int().min(1).optional().meta({ description: 'How many Pods it takes; 110 unless given' }),
    resources: z
      .record(z.string(), quantity)
      .superRefine((given, context) => {
        for (const name of Object.keys(given)) tellWrongResource(name, context)
      })
      .optional()
      .meta({ description: 'What else it offers, by name: nvidia.com/gpu, hugepages-2Mi, ephemeral-storage' }),
    labels: z.record(z.string(), z.string()).optional().meta({ description: 'Labels of the Node' }),
    taints: z.array(taintSchema).optional().meta({ description: 'Taints of the Node' }),
    ttl: z.int().min(0).optional().meta({
      description: 'Seconds in the annotation node.alpha.kubernetes.io/ttl, instead of what the controller sets',
    }),
    absent: z.boolean().optional().meta({
      description:
        'Powered off from the start and unknown to the cluster, until { power: on, node }; false unless given',
    }),
    staticPods: z
      .array(staticPodSchema)
      .optional()
      .meta({ description: 'Manifests in the directory of static Pods (R3)' }),
    network: nodeNetworkSchema(duration)
      .optional()
      .meta({ description: "Between this node and the API server, instead of the cluster's" }),
    kubelet: kubeletSchema(duration).optional().meta({ description: 'KubeletConfiguration of this node' }),
  })
  // What nobody knows has no Node yet that could be marked.
  return withRules(node, {
    atMostOneOf: [
      ['absent', 'taints'],
      ['absent', 'ttl'],
    ],
  })
}

function tellWrongResource(name: string, context: z.RefinementCtx): void {
  if (isNodeResource(name)) return
  const own = ['cpu', 'memory', 'pods'].includes(name) ? `; "${name}" has a setting of its own` : ''
  complain(context, [name], {
    message: `${quoted(name)} is no resource of a node; expected a name such as "nvidia.com/gpu", "hugepages-2Mi" or "ephemeral-storage"${own}`,
  })
}

/** Programs by name: all that a file can say. */
export const namedProgram = z.enum(programNames)

/** A program by name, or one of the user's own. */
const anyProgram = z
  .union([namedProgram, z.custom<OwnProgram>((given) => typeof given === 'function')])
  .register(words, {
    expected: `${programNames.map(quoted).join(', ')}, or a generator function`,
    suggest: (found) => {
      const meant = typeof found === 'string' ? closest(found, programNames) : undefined
      return meant === undefined ? undefined : quoted(meant)
    },
  })

/** An image that Pods can name. */
function imageSchema<P extends z.ZodType>(duration: z.ZodType<Duration>, program: P) {
  const pull = duration
    .refine((given) => millisecondsOf(given) >= handshakeMs)
    .register(words, {
      ...words.get(duration),
      expected: `a duration of at least ${handshakeMs}ms`,
      code: 'BAD_DURATION',
    })
  return z.strictObject({
    name: someText.meta({ description: 'Without tag: all tags that have no row of their own' }),
    program: program.optional().meta({
      description: 'What its containers do when the Pod gives no command; they run until stopped unless given',
    }),
    size: quantity.optional().meta({ description: 'Decides how long a pull takes; 20Mi unless given' }),
    pull: pull.optional().meta({ description: 'How long a pull takes, instead of what the size makes of it' }),
    private: z
      .union([z.strictObject({ username: z.string(), password: z.string() }), z.literal(true)])
      .register(words, { expected: 'true, or credentials as {username, password}' })
      .optional()
      .meta({ description: 'Only who presents these credentials may pull it; true: any credentials do' }),
    present: z.boolean().optional().meta({ description: 'Every node has it already' }),
    absent: z.boolean().optional().meta({
      description:
        'No registry has it: this tag, all tags, or all images of a host; a host that is not there has no address',
    }),
    user: z
      .union([z.int().min(0), z.string().min(1)])
      .register(words, { expected: 'a whole number of at least 0, or a name' })
      .optional()
      .meta({ description: 'Who its processes run as, as USER has it: a uid or a name; 0 unless given' }),
    entrypoint: z.array(z.string()).optional().meta({ description: 'Its ENTRYPOINT, which `command` replaces' }),
    cmd: z.array(z.string()).optional().meta({ description: 'Its CMD, which `args` replaces' }),
    files: z
      .record(z.string().regex(/^\//), z.string())
      .optional()
      .meta({ description: 'Files that lie in it, path to content' }),
  })
}

/** Somebody who makes volumes. */
function provisionerSchema(duration: z.ZodType<Duration>) {
  return z.strictObject({
    name: someText.meta({
      description: 'As classes name it under `provisioner`: ebs.csi.aws.com, rancher.io/local-path',
    }),
    takes: duration.optional().meta({
      description: 'How long a volume takes to be made, or deleted; drawn from 1s to 3s unless given',
    }),
    local: z.boolean().optional().meta({
      description: 'Each of its volumes lies on one node, as a directory; unless given all nodes reach them',
    }),
    fails: someText.optional().meta({ description: 'It makes no volume, but says this' }),
  })
}

function tellTwice(members: readonly { readonly name: string }[], noun: string, context: z.RefinementCtx): void {
  const first = new Map<string, number>()
  for (const [i, { name }] of members.entries()) {
    const before = first.get(name)
    if (before === undefined) first.set(name, i)
    else
      complain(context, [i, 'name'], {
        message: `the ${noun} ${quoted(name)} is there twice, first as number ${before + 1}`,
      })
  }
}

const wholeMs = z.int().min(0)

/** From the least to the most. */
function checkRange({ minMs, maxMs }: { readonly minMs: number; readonly maxMs: number }, context: z.RefinementCtx) {
  if (minMs > maxMs) complain(context, ['maxMs'], { message: `maxMs is ${maxMs}; expected at least minMs, ${minMs}` })
}

/** A distribution of how long something takes. */
const distributionSchema = choice<Latency>(
  [
    { head: 'kind', schema: z.strictObject({ kind: z.literal('fixed'), ms: wholeMs }) },
    {
      head: 'kind',
      schema: z.strictObject({ kind: z.literal('uniform'), minMs: wholeMs, maxMs: wholeMs }).superRefine(checkRange),
    },
    {
      head: 'kind',
      schema: z.strictObject({ kind: z.literal('exponential'), meanMs: wholeMs, maxMs: wholeMs.optional() }),
    },
    {
      head: 'kind',
      schema: z
        .strictObject({ kind: z.literal('seldom'), share: z.number().min(0).max(1), minMs: wholeMs, maxMs: wholeMs })
        .superRefine(checkRange),
    },
  ],
  {
    noun: 'latency',
    none: { code: 'MISSING_KEY', message: 'the latency has no kind' },
    many: { code: 'BAD_VALUE', message: 'a latency has one kind' },
  },
)

const verbNames = ['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection', 'watch'] as const

/** How long something takes, always or as it falls. */
function latencySchema(duration: z.ZodType<Duration>) {
  return z.union([duration, distributionSchema]).register(words, {
    ...words.get(duration),
    expected:
      'a duration, or {kind: fixed, ms}, {kind: uniform, minMs, maxMs}, {kind: exponential, meanMs, maxMs} or {kind: seldom, share, minMs, maxMs}',
  })
}

/** How long requests and watch events take on a way; what is absent takes no time. */
function wayShape(duration: z.ZodType<Duration>) {
  const latency = latencySchema(duration)
  return {
    request: latency.optional().meta({ description: 'From request to answer' }),
    verbs: z
      .strictObject(
        Object.fromEntries(verbNames.map((verb) => [verb, latency.optional()])) as Record<
          (typeof verbNames)[number],
          z.ZodOptional<typeof latency>
        >,
      )
      .optional()
      .meta({ description: 'For single verbs instead' }),
    watchEvent: latency.optional().meta({ description: 'From a change to the watcher' }),
  }
}

const networkNames = Object.keys(networks) as (keyof typeof networks)[]

/** Says what was expected where neither a name nor the keys fit. */
function networkWords(keys: string) {
  return {
    expected: `${networkNames.join(', ')}, or latencies by ${keys}`,
    suggest: (found: unknown) => {
      const meant = typeof found === 'string' ? closest(found, networkNames) : undefined
      return meant === undefined ? undefined : quoted(meant)
    },
  }
}

/** A named network, or the way between one node and the API server. */
function nodeNetworkSchema(duration: z.ZodType<Duration>) {
  return z
    .union([z.enum(networkNames), z.strictObject(wayShape(duration))])
    .register(words, networkWords('request, verbs and watchEvent'))
}

/** A named network, or the ways of a cluster and how late its Node authorizer is. */
export function networkSchema(duration: z.ZodType<Duration>) {
  const authorizer = latencySchema(duration).optional().meta({
    description: 'From the binding of a Pod until the Node authorizer knows it',
  })
  return z
    .union([z.enum(networkNames), z.strictObject({ ...wayShape(duration), authorizer })])
    .register(words, networkWords('request, verbs, watchEvent and authorizer'))
}

/** The version of kubectl that command lines run in. */
export const kubectlSchema = z
  .string()
  .refine((given) => kubectlMinors.includes(Number(/^v?1\.(\d+)\.\d+$/.exec(given)?.[1] ?? -1)))
  .register(words, {
    expected: `a version of kubectl such as "1.18.20", from 1.${kubectlMinors[0]} to 1.${kubectlMinors.at(-1)}`,
    suggest: (found) => (/^v?1\.\d+$/.test(String(found)) ? quoted(`${String(found)}.0`) : undefined),
  })

/** What everything random may be drawn from. */
export const seedSchema = z.union([text, z.number()]).register(words, { expected: 'a text or a number' })

/** Everything that `createSim` takes. */
export const optionsSchema = z.strictObject({
  seed: seedSchema.optional().meta({ description: 'Everything random is drawn from it; `podsim` unless given' }),
  ...clusterShape(anyDuration, anyProgram),
  files: z
    .record(
      text,
      z
        .union([z.string(), z.custom<Uint8Array>((given) => given instanceof Uint8Array)])
        .register(words, { expected: 'a text or bytes' }),
    )
    .optional()
    .meta({ description: "Files of kubectl's working directory" }),
  kubectl: kubectlSchema
    .optional()
    .meta({ description: 'Version of kubectl; the one that fits `version` unless given' }),
  invariants: z.boolean().optional().meta({
    description:
      "Check podsim's own invariants after every event; costs as much again as what happens. Off unless given",
  }),
  maxEvents: z
    .union([z.int().min(1), z.literal(Number.POSITIVE_INFINITY)])
    .register(words, { expected: 'a whole number above 0' })
    .optional()
    .meta({ description: 'Events after which a run is given up' }),
})
