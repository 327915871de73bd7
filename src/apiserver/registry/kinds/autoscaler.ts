import { cpuMetric, servedAutoscaler, storedAutoscaler } from '../../../api/autoscaling/conversion.ts'
import type {
  AutoscalerBehavior,
  AutoscalerStatus,
  HorizontalPodAutoscaler,
  MetricSpec,
  ScalingRules,
} from '../../../api/types/autoscaling.ts'
import { validateAutoscaler, validateAutoscalerStatus } from '../../../api/validation/autoscaler-validation.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Strategy } from '../strategy.ts'
import { targetsCell } from './autoscaler-cell.ts'
import { errorsOf } from './settings.ts'
import { horizontalPodAutoscalerColumns } from './workload-columns.ts'
import { ageCell } from './workload-rows.ts'

/** As v2 writes a status that nobody has set. */
const noStatus: AutoscalerStatus = { desiredReplicas: 0, currentMetrics: null }

/** Source: pkg/apis/autoscaling/v2/defaults.go, defaultHPAScaleUpRules, defaultHPAScaleDownRules. */
const scaleUpRules: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}
const scaleDownRules: ScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
}

function defaultBehavior({ scaleUp, scaleDown }: AutoscalerBehavior): AutoscalerBehavior {
  return { scaleUp: { ...scaleUpRules, ...scaleUp }, scaleDown: { ...scaleDownRules, ...scaleDown } }
}

/** What a version does not know yet is not kept. Source: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go. */
function dropDisabled(next: HorizontalPodAutoscaler, minor: number): HorizontalPodAutoscaler {
  const { spec = {} } = next
  const { metrics, behavior } = spec
  const losesSources = !has(minor, apiServer.scalesByContainers) && metrics?.some((metric) => metric.containerResource)
  const losesTolerance =
    !has(minor, apiServer.autoscalersTolerate) &&
    (behavior?.scaleUp?.tolerance !== undefined || behavior?.scaleDown?.tolerance !== undefined)
  if (losesSources !== true && !losesTolerance) return next
  return {
    ...next,
    spec: {
      ...spec,
      ...(metrics === undefined || losesSources !== true ? {} : { metrics: metrics.map(withoutContainer) }),
      ...(behavior === undefined || !losesTolerance ? {} : { behavior: withoutTolerance(behavior) }),
    },
  }
}

function withoutContainer({ containerResource: _off, ...metric }: MetricSpec): MetricSpec {
  return metric
}

function withoutTolerance(behavior: AutoscalerBehavior): AutoscalerBehavior {
  const rules = Object.entries<ScalingRules>({ ...behavior })
  return Object.fromEntries(rules.map(([direction, { tolerance: _off, ...kept }]) => [direction, kept]))
}

/** Kept in the form of v2, which says all that the others say. Source: pkg/registry/autoscaling/horizontalpodautoscaler. */
export const autoscalerStrategy: Strategy<HorizontalPodAutoscaler> = {
  resource: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' },
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
  hasStatus: true,
  converted: { toStored: storedAutoscaler, toServed: servedAutoscaler },
  defaults: (autoscaler) => {
    const { spec = {}, status = {} } = autoscaler
    const { metrics = [], behavior } = spec
    return {
      ...autoscaler,
      spec: {
        ...spec,
        minReplicas: spec.minReplicas ?? 1,
        metrics: metrics.length === 0 ? [cpuMetric()] : metrics,
        ...(behavior === undefined ? {} : { behavior: defaultBehavior(behavior) }),
      },
      status: { ...noStatus, ...status },
    }
  },
  prepareForCreate: (autoscaler, { minor }) => ({ ...dropDisabled(autoscaler, minor), status: noStatus }),
  prepareForUpdate: (next, old, { minor }) => (next.spec === old.spec ? next : dropDisabled(next, minor)),
  validate: (autoscaler, context) => errorsOf(context, (v) => validateAutoscaler(v, autoscaler)),
  validateUpdate: (next, old, context) => errorsOf(context, (v) => validateAutoscaler(v, next, old.spec)),
  validateStatusUpdate: (next, _old, context) => errorsOf(context, (v) => validateAutoscalerStatus(v, next)),
  table: {
    columns: horizontalPodAutoscalerColumns,
    row: (shown, context) => {
      // Rows are made of what is served.
      const autoscaler = storedAutoscaler(shown, shown.apiVersion.replace('autoscaling/', ''))
      const { spec = {}, status = {} } = autoscaler
      return [
        autoscaler.metadata.name,
        `${spec.scaleTargetRef?.kind ?? ''}/${spec.scaleTargetRef?.name ?? ''}`,
        targetsCell(spec.metrics ?? [], status.currentMetrics ?? [], context.minor),
        String(spec.minReplicas ?? '<unset>'),
        spec.maxReplicas ?? 0,
        status.currentReplicas ?? 0,
        ageCell(autoscaler, context),
      ]
    },
  },
}
