import { forbiddenStatus, notFoundStatus } from '../../../api/status.ts'
import type { Namespace } from '../../../api/types/core.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { admitted, forbid, namespaces, refused } from './requests.ts'

/** Namespaces that stay. Source: NewLifecycle in the plugin's Register. */
const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

/**
 * Nothing is made in a namespace that is missing or going. The original waits 50 ms for a missing one to show up in its
 * cache; here the store is asked, and knows at once.
 * Source: k8s.io/apiserver pkg/admission/plugin/namespace/lifecycle/admission.go.
 */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit(request, lookup) {
    const { operation, resource, namespace, object } = request
    const isNamespace = resource.resource === 'namespaces' && resource.group === ''
    if (isNamespace) {
      if (operation !== 'DELETE' || !immortal.has(request.name)) return admitted(object)
      return refused(forbiddenStatus(resource, request.name, 'this namespace may not be deleted'))
    }
    if (namespace === '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return admitted(object)
    if (resource.resource === 'localsubjectaccessreviews') return admitted(object)
    const found = lookup.get<Namespace>(namespaces, undefined, namespace)
    if (found === undefined) return refused(notFoundStatus(namespaces, namespace))
    if (operation !== 'CREATE' || found.status?.phase !== 'Terminating') return admitted(object)
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`
    const message = `namespace ${namespace} is being terminated`
    return refused(forbid(request, why, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }]))
  },
}
