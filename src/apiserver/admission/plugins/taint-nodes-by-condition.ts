import { change } from '../../../api/change.ts'
import type { Node, Taint } from '../../../api/types/core.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { admitted, isFor } from './requests.ts'

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/** A new Node is not ready until somebody says so. Source: plugin/pkg/admission/nodetaint/admission.go. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  concerns: [{ resource: 'nodes', operations: ['CREATE'] }],
  admit(request) {
    if (request.operation !== 'CREATE' || !isFor(request, '', 'nodes')) return admitted(request.object)
    const node = request.object as Node // the resource says so
    const taints = node.spec?.taints ?? []
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return admitted(node)
    return admitted(
      change(node, (draft) => {
        draft.spec = { ...draft.spec, taints: [...taints, notReady] }
      }),
    )
  },
}
