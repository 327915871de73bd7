import type { FilterPlugin } from '../framework.ts'

/** Nodes that the Pod's claims leave it. Source: framework/plugins/volumebinding/volume_binding.go, Filter. */
export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  prepare: (pod, view) => view.claimsOf?.(pod),
}
