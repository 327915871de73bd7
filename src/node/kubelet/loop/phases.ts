import type { Grid } from '../../../kernel/grid.ts'
import type { RandomStream } from '../../../kernel/random.ts'
import { minute, second, type VirtualMs } from '../../../kernel/time.ts'
import { renewPeriodMs } from '../../lease/node-lease.ts'
import { volumeClocks } from '../../volumes/volume-manager.ts'
import type { KubeletConfiguration } from '../configuration.ts'
import { statusSyncPeriodMs } from '../status/status-manager.ts'

/** Source: pkg/kubelet/kubelet.go, plegRelistPeriod and the sync ticker. */
export const loopClocks = { plegMs: second, syncMs: second } as const

/** Source: pkg/kubelet/kubelet.go, housekeepingPeriod, ContainerGCPeriod. */
export const cleanupClocks = { housekeepingMs: 2 * second, containerGcMs: minute } as const

/** When each of a kubelet's loops looks around: each has a phase of its own, kept as long as the kubelet runs. */
export interface Phases {
  readonly sync: Grid
  readonly housekeeping: Grid
  readonly pleg: Grid
  readonly status: Grid
  readonly populator: Grid
  readonly reconciler: Grid
  readonly containerGc: Grid
  readonly lease: Grid
  readonly nodeStatus: Grid
}

/** Draws the phases of a kubelet that starts at `now`: sync ticker and housekeeping begin together. */
export function drawPhases(random: RandomStream, now: VirtualMs, config: KubeletConfiguration): Phases {
  const grid = (periodMs: VirtualMs): Grid => ({ phaseMs: now + random.integer(1, periodMs + 1), periodMs })
  const sync = grid(loopClocks.syncMs)
  return {
    sync,
    housekeeping: { phaseMs: sync.phaseMs + loopClocks.syncMs, periodMs: cleanupClocks.housekeepingMs },
    pleg: grid(loopClocks.plegMs),
    status: grid(statusSyncPeriodMs),
    populator: grid(volumeClocks.populatorMs),
    reconciler: grid(volumeClocks.reconcilerMs),
    containerGc: { phaseMs: now + cleanupClocks.containerGcMs, periodMs: cleanupClocks.containerGcMs },
    lease: { phaseMs: now, periodMs: renewPeriodMs(config.nodeLeaseDurationSeconds) },
    nodeStatus: { phaseMs: now, periodMs: config.nodeStatusUpdateFrequency },
  }
}
