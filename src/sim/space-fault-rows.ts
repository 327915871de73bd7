import * as z from 'zod'
import { parseQuantity, quantityValue } from '../api/quantity.ts'
import { at, lasting, one, row } from './fault-row.ts'
import { type Duration, someText } from './input/formats.ts'
import { words } from './input/words.ts'

function anAmount(expected: string) {
  return someText.refine((text) => parseQuantity(text).ok && quantityValue(text) >= 0).register(words, { expected })
}

/** What machines run short of. */
export function spaceRows(duration: z.ZodType<Duration>) {
  const time = lasting(duration)
  return [
    row(
      'memory',
      {
        memory: z.literal('low').meta({
          description:
            'Something that is no Pod takes the memory of nodes: the kubelet tells of pressure and evicts Pods',
        }),
        available: anAmount('an amount of memory such as 50Mi')
          .optional()
          .meta({ description: 'What it leaves as it begins; 50Mi unless given, and less than 100Mi is too little' }),
        ...one,
        ...time,
      },
      ({ node, available = '50Mi' }) => ({
        kind: 'memoryLow',
        availableBytes: quantityValue(available),
        ...at(node),
      }),
    ),
    row(
      'disk',
      {
        disk: z.literal('low').meta({
          description:
            'Something that is no Pod takes the disk of nodes, but for what `available` says: the kubelet tells of pressure, removes images that nobody uses and evicts Pods',
        }),
        available: anAmount('an amount of disk such as 5Gi').meta({
          description:
            'What it leaves as it begins; less than 15% of the disk is too little for images, less than 10% for Pods',
        }),
        ...one,
        ...time,
      },
      ({ node, available }) => ({ kind: 'diskLow', availableBytes: quantityValue(available), ...at(node) }),
    ),
    row(
      'inodes',
      {
        inodes: z.literal('low').meta({
          description:
            'Something that is no Pod makes very many files on the disk of nodes; what Pods write still finds room',
        }),
        available: anAmount('a number such as 1000')
          .optional()
          .meta({ description: 'Inodes that it leaves; none unless given, and less than 5% is too little' }),
        ...one,
        ...time,
      },
      ({ node, available = '0' }) => ({ kind: 'inodesLow', available: quantityValue(available), ...at(node) }),
    ),
    row(
      'disk',
      {
        disk: z.literal('full').meta({
          description:
            'Something that is no Pod takes the disk of nodes: writes to it fail, the kubelet tells of pressure and evicts Pods; Secrets are in memory',
        }),
        ...one,
        ...time,
      },
      ({ node }) => ({ kind: 'diskFull', ...at(node) }),
    ),
  ] as const
}
