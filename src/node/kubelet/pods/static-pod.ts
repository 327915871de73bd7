import type { Pod } from '../../../api/types/core.ts'

/** Source: pkg/kubelet/types/pod_update.go, ConfigSourceAnnotationKey; anything but `api` is static. */
export const sourceAnnotation = 'kubernetes.io/config.source'

/** Whether the Pod comes from the node itself, not from the API server. */
export function isStatic(pod: Pod): boolean {
  const source = pod.metadata.annotations?.[sourceAnnotation]
  return source !== undefined && source !== 'api'
}
