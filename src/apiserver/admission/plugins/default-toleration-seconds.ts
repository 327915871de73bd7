import type { Toleration } from '../../../api/types/core.ts'
import { extended } from '../../../kernel/extended.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { admitted, podOf } from './requests.ts'

/** How long Pods stay on a node that is not ready or out of reach. Source: flags default-not-ready-toleration-seconds, default-unreachable-toleration-seconds. */
const tolerationSeconds = 300

const tolerated = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(
  (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }),
)

/** Source: plugin/pkg/admission/defaulttolerationseconds/admission.go. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  concerns: [{ resource: 'pods', operations: ['CREATE', 'UPDATE'] }],
  admit(request) {
    const pod = request.operation === 'CREATE' || request.operation === 'UPDATE' ? podOf(request) : undefined
    if (pod === undefined) return admitted(request.object)
    const tolerations = pod.spec.tolerations ?? []
    const missing = tolerated.filter(
      ({ key: condition }) =>
        !tolerations.some(({ key, effect }) => (!key || key === condition) && (!effect || effect === 'NoExecute')),
    )
    if (missing.length === 0) return admitted(pod)
    // Most Pods tolerate nothing of their own: they have one list in common.
    const all =
      missing.length === tolerated.length && tolerations.length === 0 ? tolerated : tolerations.concat(missing)
    return admitted({ ...pod, spec: extended(pod.spec, { tolerations: all }) } as typeof pod)
  },
}
