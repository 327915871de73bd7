import type { Pod } from '../api/types/core.ts'
import { textAt } from '../go/json.ts'

/** What is taken for granted of volumes whose storage podsim does not have. */
export interface VolumeAssumption {
  /** The type of the volumes, as `nfs`. */
  readonly volume: string
  /** Pods that have one, as `namespace/name`, in the order in which they were made. */
  readonly pods: readonly string[]
  /** In a sentence. */
  readonly message: string
}

/** Sources of volumes that are there as directories with what belongs in them, or not at all. */
const simulated: ReadonlySet<string> = new Set([
  'name',
  'secret',
  'configMap',
  'projected',
  'downwardAPI',
  'emptyDir',
  'hostPath',
  'persistentVolumeClaim',
  'ephemeral',
  'image',
])

/** The type of a volume that is only taken to work; undefined of one that is simulated. */
export function assumedVolumeType(volume: object): string | undefined {
  return Object.keys(volume).find((field) => !simulated.has(field))
}

/** One entry for each such type, in the order in which Pods name them. `hasDriver`: a CSI driver that is not there mounts nothing. */
export function volumeAssumptions(
  pods: readonly Pod[],
  hasDriver: (name: string) => boolean,
): readonly VolumeAssumption[] {
  const found = new Map<string, string[]>()
  for (const { metadata, spec } of pods) {
    const name = `${metadata.namespace ?? ''}/${metadata.name}`
    for (const volume of spec.volumes ?? []) {
      const type = assumedVolumeType(volume)
      if (type === undefined || (type === 'csi' && !hasDriver(textAt(volume, 'csi', 'driver')))) continue
      const users = found.get(type) ?? []
      found.set(type, users.includes(name) ? users : [...users, name])
    }
  }
  return [...found].map(([volume, users]) => ({
    volume,
    pods: users,
    message: `volumes of type ${volume}: podsim has no such storage; taken is that it mounts, and is empty at first`,
  }))
}
