import type { KubeObject } from '../api/types/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../api/types/storage.ts'
import { shortName } from './words.ts'

/** What a claim or a volume has become: `persistentvolumeclaim default/data: Pending -> Bound, disk`. Undefined: nothing that shows. */
export function storageChange(before: KubeObject, after: KubeObject): string | undefined {
  const [was, is] = [before, after].map((object) => (object as PersistentVolumeClaim | PersistentVolume).status?.phase) // the caller looked at the kind
  if (was === is || is === undefined) return undefined
  return `${shortName(after)}: ${was ?? ''} -> ${is}${otherOf(after, is)}`
}

/** Whom it is bound to. */
function otherOf(object: KubeObject, phase: string): string {
  if (phase !== 'Bound') return ''
  if (object.kind === 'PersistentVolumeClaim') return `, ${(object as PersistentVolumeClaim).spec?.volumeName ?? ''}` // its kind
  const { namespace = '', name = '' } = (object as PersistentVolume).spec?.claimRef ?? {} // its kind
  return `, ${namespace}/${name}`
}
