import { equalJson } from '../api/json.ts'
import { selectorFromSet } from '../api/label-selector.ts'
import type { Pod } from '../api/types/core.ts'
import type { Informer } from '../client/informer.ts'
import type { Service } from './endpoint-subsets.ts'
import { podCondition } from './objects.ts'

/**
 * Calls `changed` for each Service that is made, changed or deleted, and for those whose selector takes a Pod that is, before
 * or after its change. Services must have an index `namespace`.
 * Source: pkg/controller/endpoint/endpoints_controller.go, pkg/controller/endpointslice/endpointslice_controller.go, addPod, updatePod.
 */
export function hearOfServices(
  services: Informer<Service>,
  pods: Informer<Pod>,
  changed: (service: Service) => void,
): void {
  const tell = ({ metadata }: Pod): void => {
    for (const service of services.byIndex('namespace', metadata.namespace ?? ''))
      if (service.spec.selector !== undefined && selectorFromSet(service.spec.selector).matches(metadata.labels))
        changed(service)
  }
  services.addHandler({ add: changed, update: (_old, service) => changed(service), delete: changed })
  pods.addHandler({
    add: tell,
    update(old, pod) {
      if (services.byIndex('namespace', pod.metadata.namespace ?? '').length === 0 || isSameEndpoint(old, pod)) return
      if (!equalJson(old.metadata.labels, pod.metadata.labels)) tell(old)
      tell(pod)
    },
    delete: tell,
  })
}

/** Whether nothing that concerns Services has changed. Source: util/endpoint/controller_utils.go, podEndpointsChanged. */
function isSameEndpoint(old: Pod, pod: Pod): boolean {
  return (
    podCondition(old, 'Ready')?.status === podCondition(pod, 'Ready')?.status &&
    old.status?.podIP === pod.status?.podIP &&
    old.spec.nodeName === pod.spec.nodeName &&
    old.metadata.deletionTimestamp === pod.metadata.deletionTimestamp &&
    old.status?.phase === pod.status?.phase &&
    equalJson(old.metadata.labels, pod.metadata.labels)
  )
}
