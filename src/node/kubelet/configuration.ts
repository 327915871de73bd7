import { minute, second, type VirtualMs } from '../../kernel/time.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import type { EvictionSettings } from './eviction/thresholds.ts'

export type ChangeDetectionStrategy = 'Watch' | 'Cache' | 'Get'

/**
 * What a kubelet can be told, under the field names of kubelet.config.k8s.io/v1beta1. Durations are ms here.
 * Source: pkg/kubelet/apis/config/v1beta1/defaults.go, facts/kubelet.md 2.1.
 */
export interface KubeletConfiguration extends EvictionSettings {
  readonly configMapAndSecretChangeDetectionStrategy: ChangeDetectionStrategy
  readonly syncFrequency: VirtualMs
  readonly fileCheckFrequency: VirtualMs
  readonly httpCheckFrequency: VirtualMs
  readonly nodeStatusUpdateFrequency: VirtualMs
  readonly nodeStatusReportFrequency: VirtualMs
  readonly nodeLeaseDurationSeconds: number
  readonly kubeAPIQPS: number
  readonly kubeAPIBurst: number
  readonly eventRecordQPS: number
  readonly eventBurst: number
  readonly registryPullQPS: number
  readonly registryBurst: number
  readonly serializeImagePulls: boolean
  readonly maxParallelImagePulls: number | undefined
  readonly runtimeRequestTimeout: VirtualMs
  readonly maxPods: number
  readonly rootDirectory: string
  readonly keepTerminatedPodVolumes: boolean
  readonly crashLoopBackOffMaxMs: VirtualMs
  readonly evictionPressureTransitionPeriod: VirtualMs
  /** Seconds. */
  readonly evictionMaxPodGracePeriod: number
  readonly volumeStatsAggPeriod: VirtualMs
}

const clientLimits: VersionedFact<readonly [qps: number, burst: number]> = {
  source: 'pkg/kubelet/apis/config/v1beta1/defaults.go',
  initially: [5, 10],
  since: [[27, [50, 100]]],
}

/** A kubelet's settings: what is not said is the default of the minor version. */
export function kubeletConfiguration(minor: number, said: Partial<KubeletConfiguration> = {}): KubeletConfiguration {
  const [qps, burst] = factAt(clientLimits, minor)
  return {
    configMapAndSecretChangeDetectionStrategy: 'Watch',
    syncFrequency: minute,
    fileCheckFrequency: 20 * second,
    httpCheckFrequency: 20 * second,
    nodeStatusUpdateFrequency: 10 * second,
    // Its default follows nodeStatusUpdateFrequency if that was set explicitly (2.1).
    nodeStatusReportFrequency: said.nodeStatusUpdateFrequency ?? 5 * minute,
    nodeLeaseDurationSeconds: 40,
    kubeAPIQPS: qps,
    kubeAPIBurst: burst,
    eventRecordQPS: qps,
    eventBurst: burst,
    registryPullQPS: 5,
    registryBurst: 10,
    serializeImagePulls: (said.maxParallelImagePulls ?? 1) < 2,
    maxParallelImagePulls: undefined,
    runtimeRequestTimeout: 2 * minute,
    maxPods: 110,
    rootDirectory: '/var/lib/kubelet',
    keepTerminatedPodVolumes: false,
    crashLoopBackOffMaxMs: 5 * minute,
    evictionPressureTransitionPeriod: 5 * minute,
    evictionHard: undefined,
    evictionSoft: undefined,
    evictionSoftGracePeriod: undefined,
    evictionMaxPodGracePeriod: 0,
    evictionMinimumReclaim: undefined,
    volumeStatsAggPeriod: minute,
    ...said,
  }
}
