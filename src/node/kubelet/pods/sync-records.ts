import type { KubeObject } from '../../../api/types/meta.ts'
import type { JournalObject, JournalWriter } from '../../../kernel/journal.ts'
import type { KubeletRecord } from '../../records.ts'
import type { CopyReports, ObjectChange, ObjectKind } from '../../secrets/object-manager.ts'
import type { KubeletContext } from '../context.ts'
import type { SyncReports } from './pod-workers.ts'

/** Tells the journal of each sync that is carried out, and when the Pod is due again. Only a full journal keeps them. */
export function syncReports({
  kernel,
  journal,
  record,
}: Pick<KubeletContext, 'kernel' | 'journal' | 'record'>): SyncReports {
  return {
    began({ state }, pod) {
      if (!journal.keeps('chatter')) return
      const phase = state === 'terminating' || state === 'terminated' ? state : 'running'
      record('pod.sync', pod, { phase }, 'chatter')
    },
    ended(pod, { error }, nextAt) {
      if (!journal.keeps('chatter')) return
      record(
        'pod.synced',
        pod,
        { ...(error !== undefined && { error }), ...(nextAt !== undefined && { nextInMs: nextAt - kernel.now() }) },
        'chatter',
      )
    },
  }
}

/**
 * Tells the journal how copies of Secrets and ConfigMaps come to a node and are used again. What changes a copy is story;
 * that it was looked for anew or used again only a full journal keeps.
 */
export function copyReports(journal: JournalWriter<KubeletRecord>, nodeName: string): CopyReports {
  const actor = `kubelet/${nodeName}`
  return {
    arrived(kind, about, { by, found, was, changed }) {
      const weight = changed ? 'story' : 'chatter'
      if (!journal.keeps(weight)) return
      const version = found?.metadata.resourceVersion
      const versions = { ...(version !== undefined && { resourceVersion: version }), ...(was !== undefined && { was }) }
      const object = objectOf(kind, about, found)
      journal.append({ actor, type: 'copy.arrived', object, detail: { by, ...versions, changed } }, weight)
    },
    reused(kind, about, copy, ageMs, error) {
      if (!journal.keeps('chatter')) return
      const version = copy.metadata.resourceVersion
      const detail = { resourceVersion: version, ageMs, ...(error !== undefined && { error }) }
      journal.append({ actor, type: 'copy.reused', object: objectOf(kind, about, copy), detail }, 'chatter')
    },
  }
}

function objectOf(
  { singular }: ObjectKind,
  { namespace, name }: ObjectChange,
  found: KubeObject | undefined,
): JournalObject {
  const uid = found?.metadata.uid
  return { kind: singular === 'secret' ? 'Secret' : 'ConfigMap', namespace, name, ...(uid !== undefined && { uid }) }
}
