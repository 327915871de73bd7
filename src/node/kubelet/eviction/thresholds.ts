import { quantityValue } from '../../../api/quantity.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { Scarce } from './machine-space.ts'

/** A condition of a node that tells of a shortage. */
export type Pressure = 'MemoryPressure' | 'DiskPressure'

interface SignalFacts {
  readonly scarce: Scarce
  readonly condition: Pressure
  /** The name of what is short in texts and requests. */
  readonly resource: 'memory' | 'ephemeral-storage' | 'inodes'
}

const disk = { scarce: 'disk', condition: 'DiskPressure', resource: 'ephemeral-storage' } as const
const inodes = { scarce: 'inodes', condition: 'DiskPressure', resource: 'inodes' } as const

/**
 * What the kubelet looks at to see whether a node runs short. Images and containers lie on the node's one disk.
 * Source: pkg/kubelet/eviction/helpers.go, signalToNodeCondition and signalToResource.
 */
export const evictionSignals = {
  'memory.available': { scarce: 'memory', condition: 'MemoryPressure', resource: 'memory' },
  'imagefs.available': disk,
  'imagefs.inodesFree': inodes,
  'nodefs.available': disk,
  'nodefs.inodesFree': inodes,
} as const satisfies Readonly<Record<string, SignalFacts>>

/** Its names. */
export type EvictionSignal = keyof typeof evictionSignals

/** Amounts by signal, as quantities (`100Mi`) or shares of what there is (`10%`). */
export type EvictionAmounts = Readonly<Partial<Record<EvictionSignal, string>>>

/** Source: pkg/kubelet/apis/config/v1beta1/defaults_linux.go, DefaultEvictionHard. */
const defaultHard: EvictionAmounts = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
}

/** Less than this of what a signal tells of is too little. */
export interface Threshold extends SignalFacts {
  /** An amount, or a share of the capacity. */
  readonly least: number
  /** The amount as it was said; undefined of a share. */
  readonly said: string | undefined
  /** How long it has to be too little before Pods are evicted; undefined of a hard threshold: at once. */
  readonly graceMs: VirtualMs | undefined
  /** More than the least has to be there again before it is over. */
  readonly reclaim: Amount | undefined
}

type Amount = Pick<Threshold, 'least' | 'said'>

/** What a kubelet is told of evictions; undefined: the defaults. */
export interface EvictionSettings {
  readonly evictionHard: EvictionAmounts | undefined
  readonly evictionSoft: EvictionAmounts | undefined
  readonly evictionSoftGracePeriod: Readonly<Partial<Record<EvictionSignal, VirtualMs>>> | undefined
  readonly evictionMinimumReclaim: EvictionAmounts | undefined
}

/**
 * The thresholds of a kubelet: memory first, else in the order of their signals' names (the real kubelet's map has no order), hard ones
 * before soft ones. What is said of hard ones takes the place of all defaults. Source: helpers.go, ParseThresholdConfig and
 * byEvictionPriority.
 */
export function thresholdsOf(settings: EvictionSettings): readonly Threshold[] {
  const { evictionHard, evictionSoft, evictionSoftGracePeriod = {}, evictionMinimumReclaim = {} } = settings
  const isUsual =
    evictionHard === undefined && evictionSoft === undefined && settings.evictionMinimumReclaim === undefined
  if (isUsual) return usualThresholds
  const make = (amounts: EvictionAmounts, isSoft: boolean): readonly Threshold[] =>
    signals.flatMap((signal) => {
      const said = amounts[signal]
      // Source: helpers.go, parseThresholdStatement: such shares mean nothing.
      if (said === undefined || said === '0%' || said === '100%') return []
      const reclaim = evictionMinimumReclaim[signal]
      return [
        {
          ...evictionSignals[signal],
          ...amountOf(said),
          graceMs: isSoft ? (evictionSoftGracePeriod[signal] ?? 0) : undefined,
          reclaim: reclaim === undefined ? undefined : amountOf(reclaim),
        },
      ]
    })
  return inOrder([...make(evictionHard ?? defaultHard, false), ...make(evictionSoft ?? {}, true)])
}

const signals = Object.keys(evictionSignals) as readonly EvictionSignal[] // its keys are just these

const usualThresholds = thresholdsOf({
  evictionHard: defaultHard,
  evictionSoft: undefined,
  evictionSoftGracePeriod: undefined,
  evictionMinimumReclaim: undefined,
})

function inOrder(thresholds: readonly Threshold[]): readonly Threshold[] {
  return [
    ...thresholds.filter(({ scarce }) => scarce === 'memory'),
    ...thresholds.filter(({ scarce }) => scarce !== 'memory'),
  ]
}

/** A share is a float of 32 bits, as texts of thresholds show. Source: helpers.go, parsePercentage. */
function amountOf(said: string): Amount {
  if (!said.endsWith('%')) return { least: quantityValue(said), said }
  return { least: Math.fround(Math.fround(Number(said.slice(0, -1))) / 100), said: undefined }
}

/** The least of a threshold in bytes or inodes. Source: pkg/kubelet/eviction/api/types.go, GetThresholdQuantity. */
export function leastOf({ least, said }: Amount, capacity: number): number {
  return said === undefined ? Math.trunc(capacity * least) : least
}

/** Whether there is too little; with `reclaim`: still, though it may be more than the least again. Source: helpers.go, thresholdsMet. */
export function isMet(threshold: Threshold, capacity: number, available: number, withReclaim: boolean): boolean {
  const more = withReclaim && threshold.reclaim !== undefined ? leastOf(threshold.reclaim, capacity) : 0
  return available < leastOf(threshold, capacity) + more
}
