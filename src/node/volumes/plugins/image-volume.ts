import type { Volume } from '../../../api/types/core.ts'
import { isObject } from '../../../go/json.ts'
import { atOnce } from '../../../kernel/at-once.ts'
import type { VolumePlugin, VolumeRef } from '../plugin.ts'
import { uidOf } from './content-volume.ts'
import type { VolumeHost } from './host.ts'
import { cleanSubPaths } from './subpath.ts'

/** What a volume of an image says of it. Source: k8s.io/api core/v1 types.go, ImageVolumeSource. */
export interface ImageSource {
  readonly reference: string
  readonly pullPolicy: string
}

/** The image of a volume; undefined: it is another kind of volume. */
export function imageOfVolume({ image }: Volume): ImageSource | undefined {
  if (!isObject(image)) return undefined
  const { reference, pullPolicy } = image
  return {
    reference: typeof reference === 'string' ? reference : '',
    pullPolicy: typeof pullPolicy === 'string' ? pullPolicy : 'IfNotPresent',
  }
}

/** Where a node has the files of an image that a Pod has as a volume. Source: containerd internal/cri/server/helpers.go, imageVolumeDir. */
export function imageVolumePath(podUid: string, volume: string): string {
  return `/run/containerd/io.containerd.grpc.v1.cri/image-volumes/${podUid}/${volume}`
}

/** The runtime mounts it, once the image is there: nothing is to be set up. Source: pkg/volume/image/image.go. */
export function imagePlugin({ fs }: VolumeHost): VolumePlugin {
  const pathOf = ({ pod, volume }: VolumeRef) => imageVolumePath(uidOf(pod), volume.name)
  return {
    requiresRemount: false,
    readOnly: true,
    hostPath: pathOf,
    setUp: () => atOnce(() => ({ ok: true, changed: false, sources: [] })),
    tearDown(ref) {
      const error = cleanSubPaths(fs, uidOf(ref.pod), ref.volume.name)
      if (error !== undefined) return { ok: false, error }
      fs.removeAll(pathOf(ref))
      return { ok: true }
    },
  }
}
