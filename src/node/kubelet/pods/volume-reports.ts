import type { VirtualMs } from '../../../kernel/time.ts'
import type { ReconcilerReports } from '../../volumes/reconciler.ts'
import type { VolumeUse } from '../../volumes/volume-use.ts'
import type { KubeletContext } from '../context.ts'

type ReportParts = Pick<KubeletContext, 'kernel' | 'journal' | 'facts' | 'events' | 'record' | 'secrets' | 'configMaps'>

/** Tells events and journal of what the volume manager did. Source: pkg/volume/util/operationexecutor, MountVolume. */
export function volumeReports(
  context: ReportParts,
  ends: {
    /** The content will be old although nothing in the API changes. */
    willBeStale(use: VolumeUse, staleAt: VirtualMs): void
    isGone(use: VolumeUse): void
  },
): ReconcilerReports {
  const { facts, events, journal, record } = context
  return {
    volumeTimeoutNames: facts.volumeTimeoutEvent,
    setUpSucceeded(use, before, isRefresh, result) {
      // That a token is renewed nobody asked for: a day has thirty of it for each Pod.
      const isRenewal = result.staleAt !== undefined && isMadeOf(use.sources, before)
      const weight = isRefresh && (!result.changed || isRenewal) ? 'chatter' : 'story'
      if (journal.keeps(weight))
        record(
          'volume.set-up',
          use.pod,
          {
            volume: use.volume.name,
            refresh: isRefresh,
            changed: result.changed,
            sources: result.sources,
          },
          weight,
        )
      tellVisible(context, use, before)
      if (result.staleAt !== undefined) ends.willBeStale(use, result.staleAt)
    },
    setUpFailed(use, message, retryMs) {
      record('volume.set-up-failed', use.pod, {
        volume: use.volume.name,
        error: message,
        retryNotBeforeMs: retryMs,
      })
      events.pod(use.pod, 'Warning', 'FailedMount', message)
    },
    tornDown(use) {
      const isKept = use.volume.persistentVolumeClaim !== undefined
      record('volume.tear-down', use.pod, { volume: use.volume.name, ...(isKept && { isKept }) })
      ends.isGone(use)
    },
  }
}

function isMadeOf(sources: VolumeUse['sources'], before: VolumeUse['sources']): boolean {
  return sources.every(({ resourceVersion }, i) => resourceVersion === before[i]?.resourceVersion)
}

/** Tells which versions of which objects the Pod's containers see from now on, and since when the node had them (U3). */
function tellVisible(context: ReportParts, use: VolumeUse, before: VolumeUse['sources']): void {
  if (use.sources === before) return
  const { secrets, configMaps, record, kernel } = context
  const namespace = use.pod.metadata.namespace ?? ''
  for (const { kind, name, resourceVersion } of use.sources) {
    const old = before.find((source) => source.kind === kind && source.name === name)
    if (old !== undefined && old.resourceVersion === resourceVersion) continue
    const manager = kind === 'Secret' ? secrets : configMaps
    record('object.visible', use.pod, {
      kind,
      name,
      resourceVersion,
      volume: use.volume.name,
      copyAgeMs: kernel.now() - (manager.cachedAt(namespace, name) ?? kernel.now()),
      sinceSyncMs: kernel.now() - use.askedAt,
    })
  }
}
