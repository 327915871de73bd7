import * as z from 'zod'

/** The shape of a scenario file. One schema gives the types, the errors and the JSON Schema for editors. */

const duration = z.string().meta({ description: 'A duration of virtual time: 500ms, 90s, 1m30s, 2h' })
const name = z.string().min(1)
const texts = z.union([z.string(), z.array(z.string()).min(1)])

/** What a command must have printed and returned. */
export const outputSchema = z
  .strictObject({
    stdout: z
      .string()
      .optional()
      .meta({ description: 'All of standard output; a # stands for any one character, a line ... for any lines' }),
    stderr: z.string().optional().meta({ description: 'All of standard error, read as stdout is' }),
    contains: texts.optional().meta({ description: 'Texts that standard output or standard error must contain' }),
    lacks: texts.optional().meta({ description: 'Texts that neither may contain' }),
    exitCode: z.int().min(0).max(255).optional().meta({ description: 'Exit code; 0 unless given' }),
  })
  .meta({ description: 'What the command must print and return' })

const timing = {
  within: duration.optional().meta({ description: 'Let time pass until it holds, at most this long' }),
  always: duration.optional().meta({ description: 'It must hold at every event for this long' }),
  never: duration.optional().meta({ description: 'It must hold at no event for this long' }),
}

const comparison = z.union([z.int(), z.string().regex(/^(>=|<=|>|<|==)?\s*\d+$/)])

/** Something that must be true of the cluster. Exactly one of the keys of `expectationSubjects` says what is looked at. */
export const expectationSchema = z
  .strictObject({
    pod: name.optional().meta({ description: 'A Pod, by name' }),
    phase: z
      .enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'])
      .optional()
      .meta({ description: 'With pod: its phase' }),
    ready: z.boolean().optional().meta({ description: 'With pod: whether it is ready' }),
    reason: z
      .string()
      .optional()
      .meta({ description: 'Reason of a waiting or terminated container, or of the status' }),
    restarts: comparison.optional().meta({ description: 'With pod: how often its containers were restarted together' }),
    node: z.string().optional().meta({ description: 'With pod: the node it is on; else: only this node' }),

    object: z
      .string()
      .regex(/^[a-z.]+\/[^/]+$/i)
      .optional()
      .meta({ description: 'Any object, as kind/name' }),
    matches: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Part of the object; lists of named things match by name' }),

    file: z.string().startsWith('/').optional().meta({ description: 'A path inside a container' }),
    content: z.string().optional().meta({ description: 'With file: all of its text' }),
    mode: z
      .string()
      .regex(/^0?[0-7]{3,4}$/)
      .optional()
      .meta({ description: 'With file: permission bits in octal, links followed' }),
    link: z.string().optional().meta({ description: 'Target of a symbolic link' }),

    env: name.optional().meta({ description: 'An environment variable of a container' }),
    value: z.string().optional().meta({ description: 'With env: its value' }),

    logs: name.optional().meta({ description: 'What a container wrote, by pod or pod/container' }),
    contains: texts.optional().meta({ description: 'With logs, etcd: texts that must be there' }),
    lacks: texts.optional().meta({ description: 'With logs, etcd: texts that must not be there' }),

    event: name.optional().meta({ description: 'An event, by reason' }),
    on: z.string().optional().meta({ description: 'What the event is about, as kind/name' }),
    message: z.string().optional().meta({ description: 'Text that the message contains' }),
    count: comparison.optional().meta({ description: 'With event, requests, watches, pulls: how many' }),

    requests: name
      .optional()
      .meta({ description: 'Requests by nodes for a Secret, by its name or * for all; for others resource/name' }),
    by: name.optional().meta({ description: 'With requests: those of this user instead of those of nodes' }),
    verb: z.enum(['get', 'list', 'watch']).optional().meta({ description: 'With requests: only these' }),
    watches: name
      .optional()
      .meta({ description: 'Watches of nodes on a Secret that are open now, by its name or * for all' }),

    pulls: name.optional().meta({ description: 'How often nodes (node:) began to pull an image, by its full name' }),

    delay: name
      .optional()
      .meta({ description: 'How long updates of a Secret took until a container saw them, by name of the Secret' }),
    atMost: duration
      .optional()
      .meta({ description: 'With delay: upper bound; without, that of the page: sync period and propagation delay' }),
    atLeast: duration.optional().meta({ description: 'With delay: lower bound' }),

    node_holds: name.optional().meta({
      description: 'Whether a node (node:, or any) holds a Secret now, in its cache or as files, by name of the Secret',
    }),
    node_files: name.optional().meta({
      description: 'Whether files of a node (node:) hold a text; storage: says where',
    }),
    storage: z.enum(['disk', 'tmpfs']).optional().meta({ description: 'With node_files: only files that lie there' }),

    etcd: name.optional().meta({ description: 'What lies in etcd for a Secret, by its name: contains, lacks' }),

    in: z.string().optional().meta({ description: 'Container to look into: pod or pod/container' }),
    namespace: name.optional().meta({ description: 'Namespace of what is looked at; default unless given' }),
    exists: z.boolean().optional().meta({ description: 'false: it must not be there' }),
    because: z.string().optional().meta({ description: 'Why this must hold: shown when it does not' }),
    ...timing,
  })
  .meta({ description: 'Something that must be true' })

export const expectationSubjects = [
  'pod',
  'object',
  'file',
  'env',
  'logs',
  'event',
  'requests',
  'watches',
  'delay',
  'node_holds',
  'node_files',
  'etcd',
  'pulls',
] as const

const target = {
  node: z.string().optional().meta({ description: 'Only this node' }),
  for: duration.optional().meta({ description: 'How long; for ever unless given' }),
}

/** An accident. Exactly one of the keys of `faultKinds` says which. */
export const faultSchema = z.strictObject({
  apiServer: z
    .enum(['unreachable', 'slow', 'available'])
    .optional()
    .meta({ description: 'For everybody, or for one node' }),
  latency: duration.optional().meta({ description: 'With slow: time that every answer takes on top' }),
  partition: z.string().optional().meta({ description: 'A node that is cut off from the API server' }),
  watches: z
    .enum(['drop', 'stall'])
    .optional()
    .meta({ description: 'Breaks the open watches, or lets them deliver nothing' }),
  loseAnswers: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Writes that are carried out, but whose answers are lost' }),
  kubelet: z
    .enum(['stop', 'start', 'restart'])
    .optional()
    .meta({ description: 'The process; containers and mounts stay' }),
  reboot: z.string().optional().meta({ description: 'A node that goes down and comes back' }),
  clock: z
    .string()
    .optional()
    .meta({ description: 'How far the wall clock of the node is ahead; behind, with a - before it' }),
  registry: z.enum(['unreachable', 'available']).optional().meta({ description: 'The image registries' }),
  controller: z.string().optional().meta({ description: 'A controller that is paused' }),
  ...target,
})

export const faultKinds = [
  'apiServer',
  'partition',
  'watches',
  'loseAnswers',
  'kubelet',
  'reboot',
  'clock',
  'registry',
  'controller',
] as const

const manifest = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))])

/** One step. Exactly one of the keys of `stepActions` says what is done. */
export const stepSchema = z.strictObject({
  at: duration.optional().meta({ description: 'When, counted from the start' }),
  after: duration.optional().meta({ description: 'When, counted from the end of the step before' }),
  say: z.string().optional().meta({ description: 'Narration' }),
  kubectl: z.string().optional().meta({ description: 'A kubectl command line, without the word kubectl' }),
  run: z
    .string()
    .optional()
    .meta({ description: 'Lines for the shell of the scenario: kubectl, echo, base64, here-documents, pipes' }),
  as: z.string().optional().meta({ description: 'User who runs the command' }),
  editor: z.string().optional().meta({ description: 'With kubectl edit: shell lines that change the file $1' }),
  apply: manifest.optional().meta({ description: 'Manifests, as kubectl apply takes them' }),
  exec: z.string().optional().meta({ description: 'A command line that runs in a container' }),
  in: z.string().optional().meta({ description: 'With exec: pod or pod/container' }),
  namespace: name.optional().meta({ description: 'With exec: namespace of the Pod' }),
  wait: z
    .union([duration, expectationSchema])
    .optional()
    .meta({ description: 'Time to let pass, or what to wait for' }),
  fault: faultSchema.optional().meta({ description: 'An accident' }),
  expect: z
    .union([expectationSchema, z.array(expectationSchema).min(1)])
    .optional()
    .meta({ description: 'What must be true after the action, one or several' }),
  output: outputSchema.optional(),
})

/** Keys of a step of which it has one; a step may be narration alone, or have expectations beside its action. */
export const stepActions = ['kubectl', 'run', 'apply', 'exec', 'wait', 'fault'] as const

const latencySchema = z.union([
  duration,
  z.strictObject({ kind: z.literal('fixed'), ms: z.int() }),
  z.strictObject({ kind: z.literal('uniform'), minMs: z.int(), maxMs: z.int() }),
  z.strictObject({ kind: z.literal('exponential'), meanMs: z.int(), maxMs: z.int().optional() }),
])

const networkSchema = z
  .union([
    z.enum(['instant', 'lan', 'slo']),
    z.strictObject({
      request: latencySchema.optional(),
      verbs: z.record(z.string(), latencySchema).optional(),
      watchEvent: latencySchema.optional(),
    }),
  ])
  .meta({ description: 'How long requests and watch events take' })

const nodeSchema = z.strictObject({
  name,
  cpu: z.union([z.string(), z.number()]).optional().meta({ description: 'Cores; 4 unless given' }),
  memory: z.string().optional().meta({ description: '8Gi unless given; tmpfs counts against it' }),
  pods: z.int().min(1).optional().meta({ description: 'How many Pods it takes; 110 unless given' }),
  labels: z.record(z.string(), z.string()).optional().meta({ description: 'Labels of the Node' }),
  ttl: z.int().min(0).optional().meta({
    description: 'Seconds in the annotation node.alpha.kubernetes.io/ttl, instead of what the controller sets',
  }),
  staticPods: z
    .array(z.record(z.string(), z.unknown()))
    .optional()
    .meta({ description: 'Manifests in the directory of static Pods' }),
  network: networkSchema.optional(),
  kubelet: z.record(z.string(), z.unknown()).optional().meta({ description: 'KubeletConfiguration of this node' }),
})

const imageSchema = z.strictObject({
  name,
  program: z.string().optional().meta({ description: 'What its containers do when the Pod gives no command' }),
  size: z.string().optional().meta({ description: 'Decides how long a pull takes; 20Mi unless given' }),
  pull: duration.optional().meta({ description: 'How long a pull takes, instead of what the size makes of it' }),
  private: z
    .strictObject({ username: z.string(), password: z.string() })
    .optional()
    .meta({ description: 'Only who presents these credentials may pull it' }),
  present: z.boolean().optional().meta({ description: 'Every node has it already' }),
})

export const clusterSchema = z.strictObject({
  version: z.string().optional().meta({ description: 'v1.18 (default), v1.26 or v1.36' }),
  featureGates: z.record(z.string(), z.boolean()).optional().meta({ description: 'Over the defaults of the version' }),
  nodes: z
    .union([z.int().min(1).max(5000), z.array(nodeSchema).min(1)])
    .optional()
    .meta({ description: 'How many (node-1, node-2, ...), or each one; one unless given' }),
  kubelet: z.record(z.string(), z.unknown()).optional().meta({ description: 'KubeletConfiguration of every node' }),
  images: z.array(imageSchema).optional().meta({ description: 'Images of which something is to be said' }),
  network: networkSchema.optional(),
  admission: z
    .strictObject({ podPreset: z.boolean().optional(), nodeRestriction: z.boolean().optional() })
    .optional()
    .meta({ description: 'Plugins that are on or off: podPreset (off unless given), nodeRestriction (on)' }),
  unknownImages: z.enum(['succeed', 'strict']).optional().meta({
    description: 'Programs of images of which nothing is known do their duty (succeed), or are not there (strict)',
  }),
  encryptionAtRest: z.boolean().optional().meta({ description: 'Secrets are encrypted in etcd' }),
})

const fileSchema = z.union([
  z.string(),
  z.strictObject({ from: z.string().meta({ description: 'Path of a file beside the scenario' }) }),
  z.strictObject({ base64: z.string() }),
])

export const scenarioSchema = z
  .strictObject({
    title: z.string().min(1).meta({ description: 'One line: what happens' }),
    description: z.string().optional().meta({ description: 'What it is about, in a few sentences' }),
    covers: z
      .array(z.string().regex(/^[A-Z]\d+$/))
      .optional()
      .meta({ description: 'Clauses of the Secrets page that this shows' }),
    seed: z
      .union([z.string(), z.int()])
      .optional()
      .meta({ description: 'Everything random is drawn from it; the name of the file unless given' }),
    cluster: clusterSchema
      .optional()
      .meta({ description: 'What there is before the first step; one node of v1.18 unless given' }),
    kubectl: z.string().optional().meta({ description: 'Version of kubectl: 1.18.20 (default), 1.20.2, 1.32.4' }),
    files: z.record(z.string(), fileSchema).optional().meta({ description: 'Files of the working directory' }),
    steps: z.array(stepSchema).min(1).meta({ description: 'What happens, in order' }),
  })
  .meta({
    title: 'podsim scenario',
    description: 'A cluster, what happens to it at virtual times, and what must then be true',
  })

export type ScenarioSource = z.infer<typeof scenarioSchema>
export type StepSource = z.infer<typeof stepSchema>
export type ExpectationSource = z.infer<typeof expectationSchema>
export type FaultSource = z.infer<typeof faultSchema>
export type OutputSource = z.infer<typeof outputSchema>
