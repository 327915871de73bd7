import { ephemeralClaimName } from '../../../api/ephemeral-claims.ts'
import type { Volume } from '../../../api/types/core.ts'
import type { PersistentVolume } from '../../../api/types/storage.ts'
import { textAt } from '../../../go/json.ts'
import { atOnce } from '../../../kernel/at-once.ts'
import { mapped } from '../../../kernel/mapped.ts'
import type { VolumePlugin, VolumeRef } from '../plugin.ts'
import { uidOf } from './content-volume.ts'
import type { ClaimSource, VolumeHost } from './host.ts'
import { hostPathPlugin } from './plain-volumes.ts'
import { storagePlugin } from './storage-volume.ts'

/**
 * A claim stands for the volume that it is bound to: a directory of the node, or storage that podsim does not have. Which one it is is
 * asked once a Pod. Of a `local` volume the directory is made if it is not there.
 */
export function claimPlugin(host: VolumeHost): VolumePlugin {
  const { claims } = host
  const storage = storagePlugin(host)
  if (claims === undefined) return storage
  const directories = hostPathPlugin(host)
  const known = new Map<string, Volume>()
  const keyOf = ({ pod, volume }: VolumeRef) => `${uidOf(pod)}/${volume.name}`
  const targetOf = (ref: VolumeRef): VolumeRef => ({ pod: ref.pod, volume: known.get(keyOf(ref)) ?? ref.volume })
  const pluginOf = ({ volume }: VolumeRef) => (volume.hostPath === undefined ? storage : directories)
  const delegate = <R>(ref: VolumeRef, ask: (plugin: VolumePlugin, target: VolumeRef) => R): R => {
    const target = targetOf(ref)
    return ask(pluginOf(target), target)
  }
  return {
    requiresRemount: false,
    resolution: {
      isKnown: (ref) => known.has(keyOf(ref)),
      find: (ref) => {
        if (known.has(keyOf(ref))) return atOnce(() => undefined)
        return mapped(findVolume(claims, ref), (found) => {
          if (!found.ok) return found.error
          const problem = modeProblem(ref, found.volume)
          if (problem === undefined) known.set(keyOf(ref), volumeOf(ref.volume, found.volume))
          return problem
        })
      },
    },
    hostPath: (ref) => delegate(ref, (plugin, target) => plugin.hostPath(target)),
    setUp: (ref) => delegate(ref, (plugin, target) => plugin.setUp(target)),
    tearDown(ref) {
      const gone = delegate(ref, (plugin, target) => plugin.tearDown(target))
      if (gone.ok) known.delete(keyOf(ref))
      return gone
    },
  }
}

function findVolume(claims: ClaimSource, { pod, volume }: VolumeRef): ReturnType<ClaimSource['find']> {
  const namespace = pod.metadata.namespace ?? ''
  const made = ephemeralClaimName(pod, volume)
  if (made !== undefined) return claims.find(namespace, made, pod)
  return claims.find(namespace, textAt(volume, 'persistentVolumeClaim', 'claimName'))
}

/** Source: desired_state_of_world_populator.go, createVolumeSpec. Devices are not simulated. */
function modeProblem({ volume }: VolumeRef, { spec }: PersistentVolume): string | undefined {
  const mode = spec?.volumeMode ?? 'Filesystem'
  return mode === 'Filesystem'
    ? undefined
    : `volume ${volume.name} has volumeMode ${mode}, but is specified in volumeMounts`
}

/** What the Pod's volume would be without the claim. */
function volumeOf(volume: Volume, { metadata, spec }: PersistentVolume): Volume {
  const { hostPath, local } = spec ?? {}
  const { name } = volume
  if (hostPath !== undefined) return { name, hostPath: { path: hostPath.path ?? '/', type: hostPath.type ?? '' } }
  if (local !== undefined) return { name, hostPath: { path: local.path ?? '/', type: 'DirectoryOrCreate' } }
  return { name, persistentVolumeClaim: { volumeName: metadata.name } }
}
