import type { Toleration } from '../../../api/types/core.ts'
import { extended } from '../../../kernel/extended.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { admitted, podOf } from './requests.ts'

/** How long Pods stay on a node that is not ready or out of reach. Source: flags default-not-ready-toleration-seconds, default-unreachable-toleration-seconds. */
const tolerationSeconds = 300

const conditions = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const

/** Source: plugin/pkg/admission/defaulttolerationseconds/admission.go. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  concerns: [{ resource: 'pods', operations: ['CREATE', 'UPDATE'] }],
  admit(request) {
    const pod = request.operation === 'CREATE' || request.operation === 'UPDATE' ? podOf(request) : undefined
    if (pod === undefined) return admitted(request.object)
    const tolerations = pod.spec.tolerations ?? []
    const missing = conditions.filter(
      (condition) =>
        !tolerations.some(({ key, effect }) => (!key || key === condition) && (!effect || effect === 'NoExecute')),
    )
    if (missing.length === 0) return admitted(pod)
    const added = missing.map(
      (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }),
    )
    return admitted({ ...pod, spec: extended(pod.spec, { tolerations: tolerations.concat(added) }) } as typeof pod)
  },
}
