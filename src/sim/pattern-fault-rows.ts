import * as z from 'zod'
import { given, lasting, resourceName, row } from './fault-row.ts'
import { type Duration, millisecondsOf, objectName } from './input/formats.ts'
import { references, words } from './input/words.ts'

/** How long whatever crashed is down unless the fault says otherwise. Source: kubelet.service of kubeadm's packages, RestartSec=10. */
const crashedMs = 10_000

/** The patterns of Sieve, each at one client of the API server. */
export function patternRows(duration: z.ZodType<Duration>) {
  const time = lasting(duration)
  const client = (description: string) =>
    objectName
      .clone()
      .register(references, { to: 'client' })
      .register(words, { expected: 'a node, for its kubelet, or control-plane' })
      .meta({ description })
  return [
    row(
      'staleReads',
      {
        staleReads: client(
          "A node's kubelet, or control-plane (controllers and scheduler), that reads from a cache of the API server which stands still: watches deliver nothing, and reads that a cache may answer are as old as the accident",
        ),
        ...time,
      },
      (fault) => ({ kind: 'staleReads', client: fault.staleReads }),
    ),
    row(
      'missedEvents',
      {
        missedEvents: client(
          'Who never sees what happens meanwhile: at the end its watches are too old, and it lists what there is then',
        ),
        ...time,
      },
      (fault) => ({ kind: 'missedEvents', client: fault.missedEvents }),
    ),
    row(
      'crashInTheMiddle',
      {
        crashInTheMiddle: client(
          'Whose process crashes as soon as a write of its own is carried out, before it hears of that; leases and Nodes count only where they are named',
        ),
        verb: z
          .enum(['create', 'update', 'patch', 'delete', 'deletecollection'])
          .optional()
          .meta({ description: 'Only such a write' }),
        resource: resourceName.optional().meta({ description: 'Only one of this resource' }),
        name: objectName.optional().meta({ description: 'Only one of the object of this name' }),
        count: z.int().min(1).optional().meta({ description: 'The how manieth of them; the first unless given' }),
        restartAfter: duration.optional().meta({ description: 'How long it is down; 10s unless given' }),
      },
      ({ crashInTheMiddle, restartAfter = crashedMs, ...rule }) => ({
        kind: 'crashInTheMiddle',
        client: crashInTheMiddle,
        downMs: millisecondsOf(restartAfter),
        ...given(rule),
      }),
    ),
  ] as const
}
