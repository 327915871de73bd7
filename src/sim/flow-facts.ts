import type { KubeObject } from '../api/types/meta.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import type { FlowFacts } from '../flow/flow-query.ts'
import { minute, type VirtualMs } from '../kernel/time.ts'
import { kubeletFactsOf } from '../node/version-facts.ts'
import { volumeFactsOf } from '../node/volumes/plugins/facts.ts'
import { find } from './objects.ts'
import type { SimSettings } from './resolve-options.ts'

/** What flows have to know of a cluster beside its journal. */
export function flowFactsOf(settings: SimSettings, server: RunningApiServer, now: () => VirtualMs): FlowFacts {
  const strategyOf = (name: string) => kubeletOf(settings, name).configMapAndSecretChangeDetectionStrategy ?? 'Watch'
  return {
    renewsSubPaths: volumeFactsOf(settings.minor).renewsSubPaths,
    strategyOf,
    // Only watches are stopped: the other strategies ask for what is there. Source: pkg/kubelet/util/manager/watch_based_manager.go, Get.
    freezesImmutable: (name) => strategyOf(name) === 'Watch' && settings.gates.ImmutableEphemeralVolumes,
    boundMs: (name) => boundMs(settings, name, find(server, 'Node', name, '')),
    now,
  }
}

function kubeletOf({ nodes }: SimSettings, name: string): SimSettings['nodes'][number]['kubelet'] {
  return nodes.find((each) => each.name === name)?.kubelet ?? {}
}

/** Mounting takes at most two passes of the volume manager's loops. */
const mountMs = 200
/** A watch event is not later than this where the network is well. */
const watchMs = 1000

/** U3: the longest gap of two syncs (1.5 sync periods and a tick) plus what the node's cache may be behind. */
function boundMs(settings: SimSettings, name: string, node: KubeObject | undefined): VirtualMs {
  const { syncFrequency, configMapAndSecretChangeDetectionStrategy: strategy } = kubeletOf(settings, name)
  const syncMs = 1.5 * (syncFrequency ?? minute) + 1000
  const annotation = node?.metadata.annotations?.['node.alpha.kubernetes.io/ttl']
  const ttlMs = annotation === undefined ? minute : Number(annotation) * 1000
  // Where every sync registers the Pod anew, every sync reads anew (facts/kubelet.md 1.3).
  const obeysTtl = strategy === 'Cache' && kubeletFactsOf(settings.minor).registration !== 'every-sync'
  return syncMs + mountMs + (obeysTtl ? ttlMs : watchMs)
}
