import { change } from '../../../api/change.ts'
import { internalErrorStatus } from '../../../api/status.ts'
import type { KubeObject, ResourceRef } from '../../../api/types/meta.ts'
import { annotation } from '../../../api/validation/pod-validation.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { admitted, forbid, refused } from './requests.ts'

interface Ingress extends KubeObject {
  readonly spec?: { readonly ingressClassName?: string }
}

const ingressClasses: ResourceRef = {
  group: 'networking.k8s.io',
  version: 'v1beta1',
  resource: 'ingressclasses',
}

/** Source: plugin/pkg/admission/network/defaultingressclass in later trees; plugin/pkg/admission/defaultingressclass/admission.go. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  concerns: [
    { resource: 'ingresses.extensions', operations: ['CREATE'] },
    { resource: 'ingresses.networking.k8s.io', operations: ['CREATE'] },
  ],
  admit(request, lookup) {
    const { operation, resource, subresource, object } = request
    if (operation !== 'CREATE' || resource.resource !== 'ingresses' || subresource !== '' || object === undefined) {
      return admitted(object)
    }
    const ingress = object as Ingress // the resource says so
    const isGiven = annotation(ingress.metadata.annotations, 'kubernetes.io/ingress.class') !== undefined
    if (ingress.spec?.ingressClassName !== undefined || isGiven) return admitted(ingress)
    const defaults = lookup
      .list(ingressClasses, undefined)
      .filter(
        ({ metadata }) => annotation(metadata.annotations, 'ingressclass.kubernetes.io/is-default-class') === 'true',
      )
    const [chosen] = defaults
    if (chosen === undefined) return admitted(ingress)
    if (defaults.length > 1) {
      const text = `${defaults.length} default IngressClasses were found, only 1 allowed`
      return refused(forbid(request, internalErrorStatus(text).message ?? ''))
    }
    return admitted(
      change(ingress, (draft) => {
        draft.spec = { ...draft.spec, ingressClassName: chosen.metadata.name }
      }),
    )
  },
}
