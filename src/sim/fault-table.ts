import * as z from 'zod'
import { everyHost } from '../node/runtime/registry.ts'
import { at, type FaultMeaning, given, lasting, one, resourceName, row, verbSchema } from './fault-row.ts'
import { choice } from './input/choice.ts'
import {
  anyDuration,
  clockDuration,
  type Duration,
  millisecondsOf,
  nodeName,
  objectName,
  someText,
} from './input/formats.ts'
import { type Reference, referencesIn } from './input/references.ts'
import { references, words } from './input/words.ts'
import { patternRows } from './pattern-fault-rows.ts'
import { spaceRows } from './space-fault-rows.ts'
import { SimUsageError } from './usage-error.ts'

export type { FaultMeaning }

/** How long a machine is away when it reboots, unless the fault says otherwise. */
const rebootMs = 15_000

/** Signals that end a process unless it says otherwise. Source: signal(7), numbers of x86 and ARM. */
const signals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
} as const
const signalNames = Object.keys(signals) as (keyof typeof signals)[] // its keys are just these

/**
 * The accidents: one row each, from which follow the types, the checks of library and scenarios, the JSON Schema, the docs
 * and what the cluster is told. What is over at once takes no `for`.
 */
function faultRows(duration: z.ZodType<Duration>, clock: z.ZodType<Duration>) {
  return [
    ...wayRows(duration),
    ...refusalRows(duration),
    ...serverRows(duration),
    ...powerRows(duration),
    ...machineRows(duration, clock),
    ...spaceRows(duration),
    ...patternRows(duration),
  ] as const
}

/** On the way to the API server. */
function wayRows(duration: z.ZodType<Duration>) {
  const time = lasting(duration)
  const server = 'For everybody, or for one node'
  return [
    row(
      'apiServer',
      { apiServer: z.literal('unreachable').meta({ description: server }), ...one, ...time },
      ({ node }) => ({ kind: 'apiServerUnreachable', ...at(node) }),
    ),
    row(
      'apiServer',
      {
        apiServer: z.literal('restart').meta({
          description:
            'It ends, and another process comes, which has no events of the past and knows no Pods of nodes at first',
        }),
        for: duration.meta({ description: 'How long nobody answers' }),
      },
      () => ({ kind: 'apiServerRestarted' }),
    ),
    row(
      'apiServer',
      {
        apiServer: z.literal('slow').meta({ description: server }),
        latency: duration.meta({ description: 'Time that every answer takes on top' }),
        verb: verbSchema.optional().meta({ description: 'Only answers to these requests' }),
        ...one,
        ...time,
      },
      ({ latency, verb, node }) => ({
        kind: 'apiServerSlow',
        latency: { kind: 'fixed', ms: millisecondsOf(latency) },
        ...(verb === undefined ? {} : { verb }),
        ...at(node),
      }),
    ),
    row(
      'apiServer',
      { apiServer: z.literal('available').meta({ description: 'Ends unreachable, restart, slow and http' }), ...one },
      ({ node }) => ({
        kind: 'end',
        of: ['apiServerUnreachable', 'apiServerRestarted', 'apiServerSlow', 'requestsRefused'],
        ...at(node),
      }),
    ),
    row(
      'partition',
      { partition: nodeName.meta({ description: 'A node that is cut off from the API server' }), ...time },
      ({ partition }) => ({ kind: 'partition', node: partition }),
    ),
    row(
      'watches',
      { watches: z.literal('drop').meta({ description: 'Breaks the watches that are open' }), ...one },
      ({ node }) => ({ kind: 'dropWatches', ...at(node) }),
    ),
    row(
      'watches',
      { watches: z.literal('stall').meta({ description: 'They stay open, but deliver nothing' }), ...one, ...time },
      ({ node }) => ({ kind: 'stallWatches', ...at(node) }),
    ),
    row(
      'loseAnswers',
      {
        loseAnswers: z
          .int()
          .min(1)
          .meta({ description: 'So many writes that are carried out, but whose answers are lost' }),
        ...one,
      },
      ({ loseAnswers, node }) => ({ kind: 'loseAnswers', count: loseAnswers, ...at(node) }),
    ),
    row(
      'kubelet',
      { kubelet: z.literal('stop').meta({ description: 'The process; containers and mounts stay' }), ...one, ...time },
      ({ node }) => ({ kind: 'kubeletStopped', ...at(node) }),
    ),
  ] as const
}

/** Answers of the API server that say no. */
function refusalRows(duration: z.ZodType<Duration>) {
  const time = lasting(duration)
  return [
    row(
      'http',
      {
        http: z
          .literal([401, 409, 429, 500, 503, 504])
          .register(words, { expected: '401, 409, 429, 500, 503 or 504' })
          .meta({
            description:
              'Code with which the API server answers requests, though nothing is wrong with them; 409 only updates and patches; 401 as if a token had expired',
          }),
        verb: verbSchema.optional().meta({ description: 'Only these requests; watches are never among them' }),
        resource: resourceName.optional().meta({ description: 'Only those for this resource' }),
        name: objectName.optional().meta({ description: 'Only those for the object of this name' }),
        user: someText.optional().meta({ description: 'Only those of this user' }),
        ...one,
        count: z.int().min(1).optional().meta({ description: 'So many; all unless given' }),
        ...time,
      },
      ({ http, for: _lasts, ...rule }) => ({ kind: 'requestsRefused', code: http, ...given(rule) }),
    ),
  ] as const
}

/** What is behind the API server, and who is let in. */
function serverRows(duration: z.ZodType<Duration>) {
  const time = lasting(duration)
  return [
    row(
      'etcd',
      {
        etcd: z.literal('slow').meta({
          description: 'Writes take longer, and reads that may not come from the cache of the API server',
        }),
        latency: duration.meta({ description: 'Time that they take on top' }),
        ...time,
      },
      ({ latency }) => ({ kind: 'etcdSlow', latency: { kind: 'fixed', ms: millisecondsOf(latency) } }),
    ),
    row(
      'credentials',
      {
        credentials: z.literal('expired').meta({
          description:
            'Certificates of kubelets: the API server answers 401 to what they ask; open watches go on until they end',
        }),
        ...one,
        ...time,
      },
      ({ node }) => ({ kind: 'credentialsExpired', ...at(node) }),
    ),
  ] as const
}

/** What ends although nobody in the cluster asked for it: machines and containers. */
function powerRows(duration: z.ZodType<Duration>) {
  const time = lasting(duration)
  return [
    row(
      'power',
      {
        power: z.literal('off').meta({ description: 'A machine: what runs on it ends, what lies in tmpfs is gone' }),
        node: nodeName.meta({ description: 'Which' }),
        ...time,
      },
      ({ node }) => ({ kind: 'poweredOff', node }),
    ),
    row('power', { power: z.literal('on').meta({ description: 'Ends off' }), ...one }, ({ node }) => ({
      kind: 'end',
      of: ['poweredOff'],
      ...at(node),
    })),
    row(
      'remove',
      {
        remove: nodeName.meta({
          description: 'A node that is taken away for good: its machine goes off, its Node is deleted',
        }),
      },
      ({ remove }) => ({ kind: 'nodeRemoved', node: remove }),
    ),
    row(
      'kill',
      {
        kill: z
          .string()
          .regex(/^[A-Za-z0-9][-A-Za-z0-9.]*(\/[-a-z0-9.]+){0,2}$/)
          .register(words, { expected: 'pod, pod/container, or (in scenarios) an owner such as deploy/web' })
          .meta({
            description: 'A container whose process ends: pod, pod/container, or (in scenarios) those of deploy/web',
          }),
        namespace: objectName.optional().meta({ description: 'Namespace of the Pod; default unless given' }),
        exitCode: z
          .int()
          .min(0)
          .max(255)
          .optional()
          .meta({ description: 'With which it ends; 137 (SIGKILL) unless given' }),
        signal: z
          .enum(signalNames)
          .optional()
          .meta({ description: 'By which it ends: its exit code is 128 and the number of the signal' }),
        oom: z.literal(true).optional().meta({ description: 'By the kernel, for lack of memory: OOMKilled' }),
      },
      ({ kill, namespace = 'default', signal = 'SIGKILL', exitCode = 128 + signals[signal], oom = false }) => {
        const [pod = '', container] = kill.split('/')
        return { kind: 'kill', pod, container, namespace, exitCode, isOutOfMemory: oom }
      },
      { atMostOneOf: [['exitCode', 'signal', 'oom']] },
    ),
  ] as const
}

/** On machines and in the control plane. */
function machineRows(duration: z.ZodType<Duration>, clock: z.ZodType<Duration>) {
  const time = lasting(duration)
  return [
    row('kubelet', { kubelet: z.literal('start').meta({ description: 'Ends stop' }), ...one }, ({ node }) => ({
      kind: 'end',
      of: ['kubeletStopped'],
      ...at(node),
    })),
    row(
      'kubelet',
      { kubelet: z.literal('restart').meta({ description: 'The process; containers and mounts stay' }), ...one },
      ({ node }) => ({ kind: 'kubeletRestarted', ...at(node) }),
    ),
    row(
      'reboot',
      {
        reboot: nodeName.meta({ description: 'A node that goes down and comes back' }),
        for: duration.optional().meta({ description: 'How long it is down; 15s unless given' }),
      },
      (fault) => ({
        kind: 'rebooted',
        node: fault.reboot,
        downMs: fault.for === undefined ? rebootMs : millisecondsOf(fault.for),
      }),
    ),
    row(
      'clock',
      {
        clock: clock.meta({ description: 'How far the wall clock of the node is ahead; behind, with a - before it' }),
        node: nodeName.meta({ description: 'Whose clock' }),
        ...time,
      },
      (fault) => ({ kind: 'clockAhead', node: fault.node, aheadMs: aheadMs(fault.clock) }),
    ),
    row(
      'registry',
      {
        registry: z.literal('unreachable').meta({ description: 'The image registries, or one' }),
        host: someText.optional().meta({ description: 'Only this one: quay.io' }),
        ...time,
      },
      ({ host = everyHost }) => ({ kind: 'registryUnreachable', hosts: [host] }),
    ),
    row('registry', { registry: z.literal('available').meta({ description: 'Ends unreachable' }) }, () => ({
      kind: 'end',
      of: ['registryUnreachable'],
    })),
    row(
      'controller',
      {
        controller: z
          .string()
          .register(references, { to: 'controller' })
          .register(words, { expected: 'the name of a controller' })
          .meta({ description: 'A controller that is paused' }),
        ...time,
      },
      ({ controller }) => ({ kind: 'controllerPaused', controller }),
    ),
  ] as const
}

type Rows = ReturnType<typeof faultRows>
/** An accident. Durations as texts or ms; `node` limits it to one node, `for` in time. */
export type FaultInput = z.output<Rows[number]['schema']>

/** `5m`, or `-5m` for a clock that is behind. */
function aheadMs(clock: Duration): number {
  if (typeof clock === 'number') return clock
  return clock.startsWith('-') ? -millisecondsOf(clock.slice(1)) : millisecondsOf(clock)
}

/** One accident, as the library or a scenario may write it. */
export function faultSchema(duration: z.ZodType<Duration>, clock: z.ZodType<Duration>): z.ZodType<FaultInput> {
  return choice<FaultInput>(faultRows(duration, clock), {
    noun: 'fault',
    none: { code: 'UNKNOWN_FAULT', message: 'the fault names no accident' },
    many: { code: 'AMBIGUOUS_FAULT', message: 'a fault is one accident' },
  })
}

const libraryFaults = faultRows(anyDuration, clockDuration)

/** What a fault of the public API means to the cluster. It has passed the schema. */
export function faultMeaning(fault: FaultInput): FaultMeaning {
  for (const { schema, means } of libraryFaults) {
    // The row whose schema takes it is the one whose type it has.
    if (schema.safeParse(fault).success) return (means as (given: FaultInput) => FaultMeaning)(fault)
  }
  throw new SimUsageError('the fault names no accident')
}

/** Nodes and controllers that a fault names. */
export function namesIn(fault: FaultInput): readonly Reference[] {
  return referencesIn(faultSchema(anyDuration, clockDuration), fault)
}
