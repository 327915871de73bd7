import type { Observable } from 'rxjs'
import type { Pod } from '../../../api/types/core.ts'
import { merged, tributary } from '../../../kernel/merged.ts'
import type { ObjectChange } from '../../secrets/object-manager.ts'
import type { PodWorker } from '../pods/pod-worker.ts'
import type { ProbeNews } from '../probes/prober.ts'
import type { LifecycleEvent } from './pleg.ts'
import type { DueSync } from './work-queue.ts'

/** What the sources of Pods tell. Source: pkg/kubelet/types/pod_update.go. */
export type ConfigNews =
  /** Oldest first. */
  | { readonly source: 'config'; readonly change: 'added'; readonly pods: readonly Pod[] }
  /**
   * `updated`: spec, labels, annotations or deletion; `reconciled`: only the status, mostly the echo of the kubelet's
   * own; `removed`: the object is gone.
   */
  | { readonly source: 'config'; readonly change: 'updated' | 'reconciled' | 'removed'; readonly pod: Pod }

/** What a kubelet acts on, by source. Source: pkg/kubelet/kubelet.go, syncLoopIteration. */
export type KubeletNews =
  | ConfigNews
  | { readonly source: 'pleg'; readonly events: readonly LifecycleEvent[] }
  /** A Pod's next sync is due. */
  | { readonly source: 'due'; readonly podUid: string; readonly isRefresh: boolean }
  | { readonly source: 'probe'; readonly news: ProbeNews }
  /** A Pod's status, as the kubelet goes by it, has changed. */
  | { readonly source: 'status'; readonly pod: Pod }
  /** From v1.22 on: a worker came to the next phase of its Pod's end. */
  | { readonly source: 'worker'; readonly worker: PodWorker }
  /** The node's copy of a Secret or ConfigMap is another: idle Pods that read it are no longer idle. */
  | {
      readonly source: 'object'
      readonly kind: 'Secret' | 'ConfigMap'
      readonly namespace: string
      readonly name: string
    }
  | { readonly source: 'housekeeping' }

/** The parts of a kubelet that speak up by themselves. */
export interface KubeletSources {
  readonly apiPods: Observable<ConfigNews>
  readonly staticPods: Observable<ConfigNews>
  readonly lifecycle: Observable<readonly LifecycleEvent[]>
  readonly dueSyncs: Observable<DueSync>
  /** Uids of Pods. */
  readonly deadlines: Observable<string>
  readonly probes: Observable<ProbeNews>
  readonly statuses: Observable<Pod>
  readonly workers: Observable<PodWorker>
  readonly secrets: Observable<ObjectChange>
  readonly configMaps: Observable<ObjectChange>
  readonly housekeeping: Observable<void>
}

/** All that reaches a kubelet's loop, as one stream: each piece within the event in which its source tells it. */
export function kubeletNews(sources: KubeletSources): Observable<KubeletNews> {
  return merged([
    tributary(sources.apiPods, news.ofPods),
    tributary(sources.staticPods, news.ofPods),
    tributary(sources.lifecycle, news.ofContainers),
    tributary(sources.dueSyncs, news.due),
    tributary(sources.deadlines, news.late),
    tributary(sources.probes, news.ofProbe),
    tributary(sources.statuses, news.ofStatus),
    tributary(sources.workers, news.ofWorker),
    tributary(sources.secrets, news.ofSecret),
    tributary(sources.configMaps, news.ofConfigMap),
    tributary(sources.housekeeping, news.housekeeping),
  ])
}

/** What becomes of a piece of each source: the same functions for all kubelets. */
const news = {
  ofPods: (told: ConfigNews): KubeletNews => told,
  ofContainers: (events: readonly LifecycleEvent[]): KubeletNews => ({ source: 'pleg', events }),
  due: ({ uid, isRefresh }: DueSync): KubeletNews => ({ source: 'due', podUid: uid, isRefresh }),
  late: (podUid: string): KubeletNews => ({ source: 'due', podUid, isRefresh: false }),
  ofProbe: (told: ProbeNews): KubeletNews => ({ source: 'probe', news: told }),
  ofStatus: (pod: Pod): KubeletNews => ({ source: 'status', pod }),
  ofWorker: (worker: PodWorker): KubeletNews => ({ source: 'worker', worker }),
  ofSecret: ({ namespace, name }: ObjectChange): KubeletNews => ({ source: 'object', kind: 'Secret', namespace, name }),
  ofConfigMap: ({ namespace, name }: ObjectChange): KubeletNews => ({
    source: 'object',
    kind: 'ConfigMap',
    namespace,
    name,
  }),
  housekeeping: (): KubeletNews => ({ source: 'housekeeping' }),
} as const
