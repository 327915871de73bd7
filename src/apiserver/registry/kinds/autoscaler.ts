import type { KubeObject } from '../../../api/types/meta.ts'
import { pathSegmentName } from '../../../api/validation/validate-meta.ts'
import { isUnset, type Validator } from '../../../api/validation/validator.ts'
import type { Strategy } from '../strategy.ts'
import { errorsOf } from './settings.ts'
import { horizontalPodAutoscalerColumns } from './workload-columns.ts'
import { ageCell } from './workload-rows.ts'

interface Autoscaler extends KubeObject {
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string }
    readonly minReplicas?: number
    readonly maxReplicas?: number
    readonly targetCPUUtilizationPercentage?: number
  }
  readonly status?: { readonly currentReplicas?: number; readonly currentCPUUtilizationPercentage?: number }
}

/** Source: pkg/apis/autoscaling/validation/validation.go, validateHorizontalPodAutoscalerSpec. */
function validateAutoscaler(v: Validator, { spec = {} }: Autoscaler): void {
  const { minReplicas, maxReplicas = 0, scaleTargetRef: target = {} } = spec
  if (minReplicas !== undefined && minReplicas < 1) {
    v.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')
  }
  if (maxReplicas < 1) v.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    v.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')
  }
  for (const member of ['kind', 'name'] as const) {
    const value = target[member]
    if (isUnset(value)) v.required(`spec.scaleTargetRef.${member}`)
    else v.each(`spec.scaleTargetRef.${member}`, value, pathSegmentName(value, false))
  }
}

/** Only CPU targets of autoscaling/v1 are looked at; podsim runs no autoscaler. */
export const autoscalerStrategy: Strategy<Autoscaler> = {
  resource: { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' },
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
  hasStatus: true,
  defaults: (autoscaler) => ({
    ...autoscaler,
    spec: { ...autoscaler.spec, minReplicas: autoscaler.spec?.minReplicas ?? 1 },
    status: { currentReplicas: 0, desiredReplicas: 0, ...autoscaler.status },
  }),
  prepareForCreate: (autoscaler) => ({ ...autoscaler, status: { currentReplicas: 0, desiredReplicas: 0 } }),
  validate: (autoscaler, context) => errorsOf(context, (v) => validateAutoscaler(v, autoscaler)),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validateAutoscaler(v, next)),
  table: {
    columns: horizontalPodAutoscalerColumns,
    row: (autoscaler, context) => {
      const { spec = {}, status = {} } = autoscaler
      const wanted = spec.targetCPUUtilizationPercentage ?? 80
      const current = status.currentCPUUtilizationPercentage
      return [
        autoscaler.metadata.name,
        `${spec.scaleTargetRef?.kind ?? ''}/${spec.scaleTargetRef?.name ?? ''}`,
        `${current === undefined ? '<unknown>' : `${current}%`}/${wanted}%`,
        String(spec.minReplicas ?? '<unset>'),
        spec.maxReplicas ?? 0,
        status.currentReplicas ?? 0,
        ageCell(autoscaler, context),
      ]
    },
  },
}
