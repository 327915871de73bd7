import { joinPath } from '../../../fs/path.ts'

/** Where the kubelet keeps what on its node. Source: pkg/kubelet/kubelet_getters.go; facts/kubelet.md 4.1. */
export const kubeletRoot = '/var/lib/kubelet'

export function podDirectory(podUid: string): string {
  return `${kubeletRoot}/pods/${podUid}`
}

/** `plugin` as in `secret`: the directory is `kubernetes.io~secret`. */
export function volumeDirectory(podUid: string, plugin: string, volumeName: string): string {
  return `${podDirectory(podUid)}/volumes/kubernetes.io~${plugin}/${volumeName}`
}

/** Where the wrapped emptyDir of a secret volume notes that it is ready. */
export function readyDirectory(ofPod: string, volumeName: string): string {
  return `${ofPod}/plugins/kubernetes.io~empty-dir/${volumeName}`
}

/** Parent of a container's subPath bind mounts of one volume. */
export function subPathDirectory(podUid: string, volumeName: string, containerName?: string): string {
  return joinPath(podDirectory(podUid), 'volume-subpaths', volumeName, containerName ?? '')
}
