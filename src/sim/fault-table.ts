import * as z from 'zod'
import type { ClusterFault } from '../cluster/faults.ts'
import { choice } from './input/choice.ts'
import { anyDuration, clockDuration, type Duration, millisecondsOf, nodeName } from './input/formats.ts'
import { type Reference, referencesIn } from './input/references.ts'
import { references, words } from './input/words.ts'
import { SimUsageError } from './usage-error.ts'

/** What a fault comes to: an accident that begins, or the end of earlier ones. */
export type FaultMeaning =
  | ClusterFault
  | {
      readonly kind: 'end'
      readonly of: readonly ClusterFault['kind'][]
      /** Only those of this node; absent: all. */
      readonly node?: string
    }

/** How long a machine is away when it reboots, unless the fault says otherwise. */
const rebootMs = 15_000

interface FaultRow<S extends z.core.$ZodShape = z.core.$ZodShape> {
  /** Key that the accident is known by. */
  readonly head: string
  readonly schema: z.ZodObject<S, z.core.$strict>
  readonly means: (fault: z.output<z.ZodObject<S, z.core.$strict>>) => FaultMeaning
}

function row<S extends z.core.$ZodShape>(
  head: keyof S & string,
  shape: S,
  means: (fault: z.output<z.ZodObject<S, z.core.$strict>>) => FaultMeaning,
): FaultRow<S> {
  return { head, schema: z.strictObject(shape), means }
}

const one = { node: nodeName.optional().meta({ description: 'Only this node; all unless given' }) }

function lasting(duration: z.ZodType<Duration>) {
  return { for: duration.optional().meta({ description: 'How long; for ever unless given' }) }
}

/**
 * The accidents: one row each, from which follow the types, the checks of library and scenarios, the JSON Schema, the docs
 * and what the cluster is told. What is over at once takes no `for`.
 */
function faultRows(duration: z.ZodType<Duration>, clock: z.ZodType<Duration>) {
  return [...wayRows(duration), ...machineRows(duration, clock)] as const
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
        apiServer: z.literal('slow').meta({ description: server }),
        latency: duration.meta({ description: 'Time that every answer takes on top' }),
        ...one,
        ...time,
      },
      ({ latency, node }) => ({
        kind: 'apiServerSlow',
        latency: { kind: 'fixed', ms: millisecondsOf(latency) },
        ...at(node),
      }),
    ),
    row(
      'apiServer',
      { apiServer: z.literal('available').meta({ description: 'Ends unreachable and slow' }), ...one },
      ({ node }) => ({ kind: 'end', of: ['apiServerUnreachable', 'apiServerSlow'], ...at(node) }),
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
      { registry: z.literal('unreachable').meta({ description: 'The image registries' }), ...time },
      () => ({ kind: 'registryUnreachable', hosts: ['docker.io'] }),
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

function at(node: string | undefined): { readonly node?: string } {
  return node === undefined ? {} : { node }
}

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
