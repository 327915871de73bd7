import type { Event } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { ClusterJournal, ClusterRecord } from '../cluster/records.ts'

/** Kinds that come in families: a Pod, what owns it, and its siblings. Others (Secrets, Nodes) may lead to anything. */
const familyKinds = ['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']

/**
 * Of a causal chain, newest first, what a reader wants: records about Pods and workloads that have nothing to do with the
 * first are left out (a node's kubelet writes the states of many Pods in one go), and what a person did is where it begins.
 */
export function relevantCauses(journal: ClusterJournal, chain: readonly ClusterRecord[]): readonly ClusterRecord[] {
  const [asked] = chain
  if (asked === undefined) return []
  const ownerOf = ownersIn(journal, asked.seq)
  const family = rootOf(aboutOf(asked).uid, ownerOf)
  const kept: ClusterRecord[] = []
  for (const record of chain) {
    const { kind, uid } = aboutOf(record)
    const isStrange = familyKinds.includes(kind) && rootOf(uid, ownerOf) !== family
    if (isStrange && familyKinds.includes(aboutOf(asked).kind)) continue
    kept.push(record)
    if (record.actor.startsWith('user/') && record.type.startsWith('object.')) break
  }
  return kept
}

/** What a record is about; of an Event what that is about. */
function aboutOf({ object, after }: ClusterRecord): { readonly kind: string; readonly uid: string | undefined } {
  if (object?.kind !== 'Event') return { kind: object?.kind ?? '', uid: object?.uid }
  // The record of an Event has the Event.
  const { kind = '', uid } = (after as Event | undefined)?.involvedObject ?? {}
  return { kind, uid }
}

/** The owner of each object that was ever stored until a record, by uid. */
function ownersIn(journal: ClusterJournal, until: number): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const { seq, type, after } of journal.records) {
    if (seq > until) break
    if (type !== 'object.created' && type !== 'object.updated') continue
    // Records of these types have the object.
    const { uid, ownerReferences = [] } = (after as KubeObject).metadata
    const [owner] = ownerReferences
    if (uid !== undefined && owner !== undefined) owners.set(uid, owner.uid)
  }
  return owners
}

function rootOf(uid: string | undefined, owners: ReadonlyMap<string, string>): string | undefined {
  let root = uid
  // An owner is made before what it owns, so there is no circle; the bound is for journals that say otherwise.
  for (let steps = 0; steps < 10 && root !== undefined && owners.has(root); steps++) root = owners.get(root)
  return root
}
