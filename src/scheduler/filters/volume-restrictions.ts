import { isObject, member } from '../../api/json.ts'
import type { Pod, Volume } from '../../api/types/core.ts'
import { type FilterPlugin, failure } from '../framework.ts'

const noDisk = failure('node(s) had no available disk', true)

/**
 * Disks that can be attached once, or once for writing: GCE persistent disks, EBS volumes, iSCSI targets, RBD images.
 * Source: framework/plugins/volumerestrictions/volume_restrictions.go, isVolumeConflict.
 */
export const volumeRestrictions: FilterPlugin = {
  name: 'VolumeRestrictions',
  prepare({ pod }) {
    const disks = disksOf(pod)
    if (disks.length === 0) return undefined
    return {
      filter(node) {
        for (const other of node.pods.values()) {
          const used = disksOf(other.pod)
          if (disks.some((disk) => used.some((one) => conflicts(disk, one)))) return noDisk
        }
        return undefined
      },
    }
  },
}

interface Disk {
  readonly ids: readonly string[]
  readonly isReadOnly: boolean
}

function disksOf({ spec }: Pod): readonly Disk[] {
  return (spec.volumes ?? []).flatMap(disksOfVolume)
}

function disksOfVolume(volume: Volume): readonly Disk[] {
  const disks: Disk[] = []
  const add = (source: unknown, ids: readonly string[], isReadOnly: boolean) => {
    if (isObject(source)) disks.push({ ids, isReadOnly })
  }
  const text = (source: unknown, key: string) => (isObject(source) ? String(member(source, key) ?? '') : '')
  const readOnly = (source: unknown) => isObject(source) && member(source, 'readOnly') === true
  const gce = volume.gcePersistentDisk
  add(gce, [`gce ${text(gce, 'pdName')}`], readOnly(gce))
  const ebs = volume.awsElasticBlockStore
  add(ebs, [`ebs ${text(ebs, 'volumeID')}`], false)
  const iscsi = volume.iscsi
  add(iscsi, [`iscsi ${text(iscsi, 'iqn')}`], readOnly(iscsi))
  const rbd = volume.rbd
  if (isObject(rbd)) {
    const monitors = member(rbd, 'monitors')
    const image = `${text(rbd, 'pool') || 'rbd'}/${text(rbd, 'image')}`
    const hosts = Array.isArray(monitors) ? monitors : []
    add(
      rbd,
      hosts.map((host) => `rbd ${String(host)} ${image}`),
      readOnly(rbd),
    )
  }
  return disks
}

function conflicts(a: Disk, b: Disk): boolean {
  return !(a.isReadOnly && b.isReadOnly) && a.ids.some((id) => b.ids.includes(id))
}
