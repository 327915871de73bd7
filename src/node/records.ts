import { type RecordsOf, row } from '../kernel/record-table.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { ContentSource } from './volumes/plugin.ts'

/** A version of a Secret or ConfigMap that a Pod has in a volume, or a container in its environment. */
interface Visible {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  /** Undefined: what is optional is not there. */
  readonly resourceVersion: string | undefined
  readonly volume?: string
  readonly container?: string
  readonly copyAgeMs?: VirtualMs
  readonly sinceSyncMs?: VirtualMs
}

/**
 * Journal records of the kubelet. Their actor is `kubelet/<node>`, their object the Pod or the Node. What the container
 * runtime does is in runtime/records.ts; what of it the recorded timelines know stands beside each type.
 */
export const kubeletRecords = {
  'kubelet.start': row('The kubelet starts; it remembers nothing of earlier runs.'),
  'kubelet.stop': row('It stops: memory is lost, containers and mounts stay.'),
  'copy.arrived': row<{
    readonly detail: {
      readonly by: 'list' | 'watch' | 'get'
      readonly resourceVersion?: string
      readonly was?: string
      readonly changed: boolean
    }
  }>(
    'A copy of a Secret or ConfigMap came to the node, or word that there is none. Detail: by (list, watch, get), resourceVersion unless there is none, was (the version before), changed.',
  ),
  'copy.reused': row<{
    readonly detail: {
      readonly resourceVersion: string | undefined
      readonly ageMs: VirtualMs
      readonly error?: string
    }
  }>(
    'A sync was given the copy that the node had (strategy Cache). Detail: resourceVersion, ageMs, error of a reading that failed.',
  ),
  'pod.sync': row<{ readonly detail: { readonly phase: 'running' | 'terminating' | 'terminated' } }>(
    'A sync of a Pod begins. Detail: phase (running, terminating, terminated).',
  ),
  'pod.synced': row<{ readonly detail: { readonly error?: string; readonly nextInMs?: VirtualMs } }>(
    'It ended. Detail: nextInMs, until the Pod is due again; error, if it failed.',
  ),
  'pod.sync-due': row<{ readonly detail: { readonly nextInMs: VirtualMs; readonly lastAgoMs?: VirtualMs } }>(
    'The next sync of a Pod that was idle will find something. Detail: nextInMs; lastAgoMs, since the last idle sync if there was one.',
  ),
  'subpath.bind': row<{
    readonly detail: {
      readonly container: string
      readonly volume: string
      readonly subPath: string
      readonly mountPath: string
      readonly isNew: boolean
      readonly sources: readonly ContentSource[]
    }
  }>(
    'A container gets a subPath of a volume. Detail: container, volume, subPath, mountPath, isNew, sources of the volume.',
  ),
  'volume.set-up': row<{
    readonly detail: {
      readonly volume: string
      readonly refresh: boolean
      readonly changed: boolean
      readonly sources: readonly ContentSource[]
    }
  }>('A volume has its content (set-up ok). Detail: volume, refresh, changed, sources.'),
  'volume.set-up-failed': row<{
    readonly detail: { readonly volume: string; readonly error: string; readonly retryNotBeforeMs: VirtualMs }
  }>('It has not (set-up failed). Detail: volume, error, retryNotBeforeMs.'),
  'volume.tear-down': row<{ readonly detail: { readonly volume: string; readonly isKept?: true } }>(
    'A volume is gone from a Pod, with all that was in it unless that is kept (tear-down ok). Detail: volume, isKept (of claims).',
  ),
  'pod-directory.create': row("The Pod's directory on the node was made."),
  'pod-directory.remove': row('It was removed: nothing of the Pod is left on the node.'),
  'mirror-pod.refused': row<{ readonly detail: { readonly message: string } }>(
    'The API server refused the mirror of a static Pod. Detail: message.',
  ),
  'static-pod.refused': row<{ readonly detail: { readonly message: string } }>(
    'A static Pod was not taken. Detail: message.',
  ),
  'pod.evicted': row<{ readonly detail: { readonly message: string } }>(
    'The node runs short, and ends a Pod. Detail: message.',
  ),
  'pod.refused': row<{ readonly detail: { readonly reason: string; readonly message: string } }>(
    'The node does not take a Pod that was bound to it. Detail: reason, message.',
  ),
  'object.visible': row<{ readonly detail: Visible }>(
    'Containers see another version of a Secret or ConfigMap. Detail: kind, name, resourceVersion, volume or container; of a volume copyAgeMs and sinceSyncMs, how long before the node had it and the sync was asked for.',
  ),
}

/** The table, for the compiler. */
export type KubeletRecords = typeof kubeletRecords
/** A record of a kubelet. */
export type KubeletRecord = RecordsOf<KubeletRecords>
