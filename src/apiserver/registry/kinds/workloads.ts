import { deepFreeze, equalJson } from '../../../api/json.ts'
import type { Deployment, ReplicaSet, ReplicationController } from '../../../api/types/workloads.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import {
  defaultTemplate,
  goLabels,
  validateAlwaysRestart,
  validateDeploymentStrategy,
  validateReadOnlyDisks,
  validateReplicaStatus,
  validateReplicatedTemplate,
  validateSelector,
  validateTemplate,
  withUsableSelector,
} from '../../../api/validation/workload-validation.ts'
import { extended } from '../../../kernel/extended.ts'
import type { Strategy } from '../strategy.ts'
import { scaleOf } from './scale.ts'
import { errorsOf } from './settings.ts'
import { noTemplate, sctp, templated, validateSameSelector } from './templated.ts'
import { deploymentColumns, replicaSetColumns, replicationControllerColumns } from './workload-columns.ts'
import { ageCell, containerCells, labelsCell, selectorCell } from './workload-rows.ts'

/** Kinds that keep Pods running. Source: pkg/registry/apps, pkg/registry/core/replicationcontroller. */

/** Generations count changes of annotations too. Source: pkg/registry/apps/deployment/strategy.go, PrepareForUpdate. */
function withDeploymentGeneration(next: Deployment, old: Deployment): Deployment {
  if (!equalJson(next.spec, old.spec)) return next
  if (equalJson(next.metadata.annotations ?? {}, old.metadata.annotations ?? {})) return next
  return { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
}

/** What Deployments and ReplicaSets say of their templates. */
function validateReplicated(v: Validator, spec: NonNullable<ReplicaSet['spec']>): void {
  const { selector, template = noTemplate, replicas = 0 } = spec
  withUsableSelector(v, 'spec.selector', selector, 'invalid label selector', () =>
    validateReplicatedTemplate(v, 'spec.template', selector, template, replicas),
  )
}

function validateDeployment(v: Validator, { spec = {} }: Deployment): void {
  v.nonNegative('spec.replicas', spec.replicas)
  validateSelector(v, 'spec.selector', spec.selector, 'empty selector is invalid for deployment')
  validateReplicated(v, spec)
  validateDeploymentStrategy(v, 'spec.strategy', spec.strategy ?? {})
  v.nonNegative('spec.minReadySeconds', spec.minReadySeconds)
  v.nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit)
  const deadline = spec.progressDeadlineSeconds
  v.nonNegative('spec.progressDeadlineSeconds', deadline)
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    v.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')
  }
}

/** One for all that say nothing of it. */
const defaultStrategy = deepFreeze({
  type: 'RollingUpdate',
  rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
} as const)

export const deploymentStrategy: Strategy<Deployment> = {
  ...templated<Deployment>(),
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  kind: 'Deployment',
  defaults: (deployment) => {
    const { spec = {} } = deployment
    const type = spec.strategy?.type || 'RollingUpdate'
    const rollingUpdate = { ...defaultStrategy.rollingUpdate, ...spec.strategy?.rollingUpdate }
    const given = { ...spec.strategy, type, ...(type === 'RollingUpdate' ? { rollingUpdate } : {}) }
    return extended(deployment, {
      spec: extended(spec, {
        replicas: spec.replicas ?? 1,
        template: defaultTemplate(spec.template),
        strategy: spec.strategy === undefined ? defaultStrategy : given,
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
        progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
      }),
      status: deployment.status ?? {},
    })
  },
  prepareForUpdate: (next, old, context) =>
    withDeploymentGeneration(templated<Deployment>().prepareForUpdate(next, old, context), old),
  validate: (object, context) =>
    errorsOf(context, (v) => {
      validateDeployment(v, object)
      sctp(v, object, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateDeployment(v, next)
      sctp(v, next, old)
      validateSameSelector(v, next, old)
    }),
  validateStatusUpdate: (next, old, context) =>
    errorsOf(context, (v) => validateReplicaStatus(v, next.status, old.status)),
  subresources: { scale: scaleOf },
  table: {
    columns: deploymentColumns,
    row: (deployment, context) => {
      const { spec, status = {} } = deployment
      return [
        deployment.metadata.name,
        `${status.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
        status.updatedReplicas ?? 0,
        status.availableReplicas ?? 0,
        ageCell(deployment, context),
        ...containerCells(spec?.template?.spec?.containers),
        selectorCell(spec?.selector, ''),
      ]
    },
  },
}

function validateReplicaSet(v: Validator, { spec = {} }: ReplicaSet): void {
  v.nonNegative('spec.replicas', spec.replicas)
  v.nonNegative('spec.minReadySeconds', spec.minReadySeconds)
  validateSelector(v, 'spec.selector', spec.selector, 'empty selector is invalid for deployment')
  validateReplicated(v, spec)
}

export const replicaSetStrategy: Strategy<ReplicaSet> = {
  ...templated<ReplicaSet>(),
  resource: { group: 'apps', version: 'v1', resource: 'replicasets' },
  kind: 'ReplicaSet',
  defaults: (set) =>
    extended(set, {
      spec: extended(set.spec ?? {}, {
        replicas: set.spec?.replicas ?? 1,
        template: defaultTemplate(set.spec?.template),
      }),
      status: set.status ?? { replicas: 0 },
    }),
  prepareForCreate: (object, context) => ({
    ...templated<ReplicaSet>().prepareForCreate(object, context),
    status: { replicas: 0 },
  }),
  validate: (object, context) =>
    errorsOf(context, (v) => {
      validateReplicaSet(v, object)
      sctp(v, object, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateReplicaSet(v, next)
      validateReplicaSet(v, next) // as such, and as an update
      sctp(v, next, old)
      validateSameSelector(v, next, old)
    }),
  validateStatusUpdate: (next, _old, context) => errorsOf(context, (v) => validateReplicaStatus(v, next.status)),
  subresources: { scale: scaleOf },
  table: {
    columns: replicaSetColumns,
    row: (set, context) => [
      set.metadata.name,
      set.spec?.replicas ?? 0,
      set.status?.replicas ?? 0,
      set.status?.readyReplicas ?? 0,
      ageCell(set, context),
      ...containerCells(set.spec?.template?.spec?.containers),
      selectorCell(set.spec?.selector),
    ],
  },
}

function validateController(v: Validator, { spec = {} }: ReplicationController): void {
  v.nonNegative('spec.minReadySeconds', spec.minReadySeconds)
  const { selector, template } = spec
  const isSelecting = selector !== undefined && Object.keys(selector).length > 0
  if (!isSelecting) v.required('spec.selector')
  v.nonNegative('spec.replicas', spec.replicas)
  if (template === undefined) {
    v.required('spec.template')
    return
  }
  const labels = template.metadata?.labels ?? {}
  if (isSelecting && !Object.entries(selector).every(([key, value]) => labels[key] === value)) {
    const shown = goLabels(template.metadata?.labels)
    v.invalidGo('spec.template.metadata.labels', shown, '`selector` does not match template `labels`')
  }
  validateTemplate(v, 'spec.template', template)
  if ((spec.replicas ?? 0) > 1) validateReadOnlyDisks(v, 'spec.template.spec.volumes', template.spec?.volumes)
  validateAlwaysRestart(v, 'spec.template.spec', template.spec, 'ReplicationController')
}

export const replicationControllerStrategy: Strategy<ReplicationController> = {
  ...templated<ReplicationController>(),
  resource: { group: '', version: 'v1', resource: 'replicationcontrollers' },
  kind: 'ReplicationController',
  orphansDependents: true,
  defaults: (controller) => {
    const { spec = {} } = controller
    const labels = spec.template?.metadata?.labels
    const isUnselected = Object.keys(spec.selector ?? {}).length === 0
    const isUnlabelled = Object.keys(controller.metadata.labels ?? {}).length === 0
    return {
      ...controller,
      metadata: labels !== undefined && isUnlabelled ? { ...controller.metadata, labels } : controller.metadata,
      spec: {
        ...spec,
        replicas: spec.replicas ?? 1,
        ...(labels !== undefined && isUnselected ? { selector: labels } : {}),
        ...(spec.template === undefined ? {} : { template: defaultTemplate(spec.template) }),
      },
      status: controller.status ?? { replicas: 0 },
    }
  },
  prepareForCreate: (object, context) => ({
    ...templated<ReplicationController>().prepareForCreate(object, context),
    status: { replicas: 0 },
  }),
  validate: (object, context) =>
    errorsOf(context, (v) => {
      validateController(v, object)
      sctp(v, object, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateController(v, next)
      validateController(v, next) // as such, and as an update
      sctp(v, next, old)
    }),
  validateStatusUpdate: (next, _old, context) => errorsOf(context, (v) => validateReplicaStatus(v, next.status)),
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  subresources: { scale: scaleOf },
  table: {
    columns: replicationControllerColumns,
    row: (controller, context) => [
      controller.metadata.name,
      controller.spec?.replicas ?? 0,
      controller.status?.replicas ?? 0,
      controller.status?.readyReplicas ?? 0,
      ageCell(controller, context),
      ...containerCells(controller.spec?.template?.spec?.containers),
      labelsCell(controller.spec?.selector),
    ],
  },
}
