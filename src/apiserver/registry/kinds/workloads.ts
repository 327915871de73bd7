import { goQuote } from '../../../objects/field-errors.ts'
import { equalJson } from '../../../objects/json.ts'
import { isEmptySelector, validateLabelSelector } from '../../../objects/label-validation.ts'
import type { KubeObject } from '../../../objects/meta.ts'
import { validateSctp } from '../../../objects/pod-validation.ts'
import type { Validator } from '../../../objects/validator.ts'
import {
  defaultTemplate,
  goLabels,
  goSelector,
  validateAlwaysRestart,
  validateDaemonSetStrategy,
  validateDeploymentStrategy,
  validateReadOnlyDisks,
  validateReplicaStatus,
  validateReplicatedTemplate,
  validateSelector,
  validateTemplate,
  validateTemplateLabels,
  validateTemplateMetadata,
} from '../../../objects/workload-validation.ts'
import type {
  DaemonSet,
  Deployment,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../../../objects/workloads.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { dropDisabledFields } from './pod.ts'
import { scaleOf } from './scale.ts'
import { errorsOf } from './settings.ts'
import {
  daemonSetColumns,
  deploymentColumns,
  replicaSetColumns,
  replicationControllerColumns,
  statefulSetColumns,
} from './workload-columns.ts'
import { ageCell, containerCells, labelsCell, selectorCell } from './workload-rows.ts'

/** Kinds that keep Pods running. Source: pkg/registry/apps, pkg/registry/core/replicationcontroller. */

const noTemplate: PodTemplateSpec = {}

/** A template without what the gates switch off. Source: pkg/api/pod/util.go, DropDisabledTemplateFields. */
export function dropFromTemplate(
  template: PodTemplateSpec,
  old: PodTemplateSpec | undefined,
  context: RegistryContext,
): PodTemplateSpec {
  if (template.spec === undefined) return template
  const spec = dropDisabledFields(template.spec, old?.spec, context)
  return spec === template.spec ? template : { ...template, spec }
}

interface Templated extends KubeObject {
  readonly spec?: { readonly template?: PodTemplateSpec }
}

/** Preparations that all of these kinds share. */
function templated<T extends Templated>() {
  const drop = (object: T, old: T | undefined, context: RegistryContext): T => {
    const template = object.spec?.template
    if (template === undefined) return object
    const kept = dropFromTemplate(template, old?.spec?.template, context)
    return kept === template ? object : { ...object, spec: { ...object.spec, template: kept } }
  }
  return {
    namespaced: true,
    hasStatus: true,
    countsGeneration: true,
    prepareForCreate: (object: T, context: RegistryContext): T => drop({ ...object, status: {} }, undefined, context),
    prepareForUpdate: (next: T, old: T, context: RegistryContext): T =>
      next.spec === old.spec ? next : drop(next, old, context),
  }
}

function sctp(v: Validator, object: Templated, old: Templated | undefined): void {
  const spec = object.spec?.template?.spec
  if (spec !== undefined) validateSctp(v, 'spec.template.spec', spec, old?.spec?.template?.spec)
}

/** Generations count changes of annotations too. Source: pkg/registry/apps/deployment/strategy.go, PrepareForUpdate. */
function withDeploymentGeneration(next: Deployment, old: Deployment): Deployment {
  if (!equalJson(next.spec, old.spec)) return next
  if (equalJson(next.metadata.annotations ?? {}, old.metadata.annotations ?? {})) return next
  return { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
}

function validateDeployment(v: Validator, { spec = {} }: Deployment): void {
  v.nonNegative('spec.replicas', spec.replicas)
  validateSelector(v, 'spec.selector', spec.selector, 'empty selector is invalid for deployment')
  const template = spec.template ?? noTemplate
  validateReplicatedTemplate(v, 'spec.template', spec.selector, template, spec.replicas ?? 0)
  validateDeploymentStrategy(v, 'spec.strategy', spec.strategy ?? {})
  v.nonNegative('spec.minReadySeconds', spec.minReadySeconds)
  v.nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit)
  const deadline = spec.progressDeadlineSeconds
  v.nonNegative('spec.progressDeadlineSeconds', deadline)
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    v.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')
  }
}

/** The selector of a workload never changes. Source: ValidateImmutableField in the strategies' ValidateUpdate. */
function validateSameSelector(v: Validator, next: ReplicaSet, old: ReplicaSet): void {
  if (next.spec?.selector === undefined || equalJson(next.spec.selector, old.spec?.selector)) return
  v.invalidGo('spec.selector', goSelector(next.spec.selector), 'field is immutable')
}

export const deploymentStrategy: Strategy<Deployment> = {
  ...templated<Deployment>(),
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  kind: 'Deployment',
  defaults: (deployment) => {
    const { spec = {} } = deployment
    const type = spec.strategy?.type || 'RollingUpdate'
    const rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...spec.strategy?.rollingUpdate }
    return {
      ...deployment,
      spec: {
        ...spec,
        replicas: spec.replicas ?? 1,
        template: defaultTemplate(spec.template),
        strategy: { ...spec.strategy, type, ...(type === 'RollingUpdate' ? { rollingUpdate } : {}) },
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
        progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
      },
      status: deployment.status ?? {},
    }
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
  const template = spec.template ?? noTemplate
  validateReplicatedTemplate(v, 'spec.template', spec.selector, template, spec.replicas ?? 0)
}

export const replicaSetStrategy: Strategy<ReplicaSet> = {
  ...templated<ReplicaSet>(),
  resource: { group: 'apps', version: 'v1', resource: 'replicasets' },
  kind: 'ReplicaSet',
  defaults: (set) => ({
    ...set,
    spec: { ...set.spec, replicas: set.spec?.replicas ?? 1, template: defaultTemplate(set.spec?.template) },
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
      sctp(v, next, old)
      validateSameSelector(v, next, old)
    }),
  validateStatusUpdate: (next, _old, context) => errorsOf(context, (v) => validateReplicaStatus(v, next.status)),
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
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

function validateStatefulSet(v: Validator, { spec = {} }: StatefulSet): void {
  const policy = spec.podManagementPolicy ?? ''
  if (policy === '') v.required('spec.podManagementPolicy')
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    v.invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")
  }
  const { type = '', rollingUpdate } = spec.updateStrategy ?? {}
  if (type === '') v.required('spec.updateStrategy')
  else if (type === 'OnDelete') {
    if (rollingUpdate !== undefined) {
      const shown = `apps.RollingUpdateStatefulSetStrategy{Partition:${rollingUpdate.partition ?? 0}}`
      v.invalidGo('spec.updateStrategy.rollingUpdate', shown, "only allowed for updateStrategy 'RollingUpdate'")
    }
  } else if (type === 'RollingUpdate') {
    v.nonNegative('spec.updateStrategy.rollingUpdate.partition', rollingUpdate?.partition)
  } else {
    const shown = `apps.StatefulSetUpdateStrategy{Type:${goQuote(type)}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}`
    v.invalidGo('spec.updateStrategy', shown, "must be 'RollingUpdate' or 'OnDelete'")
  }
  v.nonNegative('spec.replicas', spec.replicas)
  validateSelector(v, 'spec.selector', spec.selector, 'empty selector is invalid for statefulset')
  const template = spec.template ?? noTemplate
  validateTemplateLabels(v, 'spec.template', spec.selector, template)
  // The Pods of a template are not looked at: claims may add volumes to them.
  validateTemplateMetadata(v, 'spec.template', template)
  validateAlwaysRestart(v, 'spec.template.spec', template.spec, 'StatefulSet')
}

const fixedText =
  "updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden"

/** Source: ValidateStatefulSetUpdate. */
function validateStatefulSetUpdate(v: Validator, next: StatefulSet, old: StatefulSet): void {
  const fixed = ({ spec = {} }: StatefulSet) => {
    const { replicas: _r, template: _t, updateStrategy: _u, ...rest } = spec
    return rest
  }
  if (!equalJson(fixed(next), fixed(old))) v.forbidden('spec', fixedText)
  v.nonNegative('spec.replicas', next.spec?.replicas)
}

export const statefulSetStrategy: Strategy<StatefulSet> = {
  ...templated<StatefulSet>(),
  resource: { group: 'apps', version: 'v1', resource: 'statefulsets' },
  kind: 'StatefulSet',
  defaults: (set) => {
    const { spec = {} } = set
    const given = spec.updateStrategy
    const isRolling = !given?.type || given.type === 'RollingUpdate'
    const rollingUpdate = given?.type ? given.rollingUpdate : {}
    return {
      ...set,
      spec: {
        ...spec,
        replicas: spec.replicas ?? 1,
        template: defaultTemplate(spec.template),
        ...(spec.volumeClaimTemplates === undefined
          ? {}
          : { volumeClaimTemplates: spec.volumeClaimTemplates.map(defaultClaimTemplate) }),
        podManagementPolicy: spec.podManagementPolicy || 'OrderedReady',
        updateStrategy: {
          ...given,
          type: given?.type || 'RollingUpdate',
          ...(isRolling && rollingUpdate !== undefined
            ? { rollingUpdate: { ...rollingUpdate, partition: rollingUpdate.partition ?? 0 } }
            : {}),
        },
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      },
      status: set.status ?? { replicas: 0 },
    }
  },
  prepareForCreate: (object, context) => ({
    ...templated<StatefulSet>().prepareForCreate(object, context),
    status: { replicas: 0 },
  }),
  validate: (object, context) =>
    errorsOf(context, (v) => {
      validateStatefulSet(v, object)
      sctp(v, object, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateStatefulSet(v, next)
      sctp(v, next, old)
      validateStatefulSetUpdate(v, next, old)
    }),
  validateStatusUpdate: (next, old, context) =>
    errorsOf(context, (v) => validateReplicaStatus(v, next.status, old.status)),
  subresources: { scale: scaleOf },
  table: {
    columns: statefulSetColumns,
    row: (set, context) => [
      set.metadata.name,
      `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 0}`,
      ageCell(set, context),
      ...containerCells(set.spec?.template?.spec?.containers),
    ],
  },
}

/** Claims in a template get the defaults of claims, status and all. */
function defaultClaimTemplate(claim: KubeObject): KubeObject {
  const { spec, status } = claim as { readonly spec?: object; readonly status?: object } // a claim by its schema
  return {
    ...claim,
    spec: { volumeMode: 'Filesystem', ...spec },
    status: { phase: 'Pending', ...status },
  } as KubeObject
}

function validateDaemonSet(v: Validator, { spec = {} }: DaemonSet): void {
  const template = spec.template ?? noTemplate
  validateLabelSelector(v, 'spec.selector', spec.selector)
  validateTemplateLabels(v, 'spec.template', spec.selector, template)
  if (spec.selector !== undefined && isEmptySelector(spec.selector)) {
    v.invalidGo('spec.selector', goSelector(spec.selector), 'empty selector is invalid for daemonset')
  }
  validateTemplate(v, 'spec.template', template)
  validateReadOnlyDisks(v, 'spec.template.spec.volumes', template.spec?.volumes)
  validateAlwaysRestart(v, 'spec.template.spec', template.spec, 'DaemonSet')
  v.nonNegative('spec.minReadySeconds', spec.minReadySeconds)
  validateDaemonSetStrategy(v, 'spec.updateStrategy', spec.updateStrategy ?? {})
  v.nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit)
}

const noDaemons = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 }
/** Counts template changes. Source: k8s.io/api apps/v1, DeprecatedTemplateGeneration. */
const templateGeneration = 'deprecated.daemonset.template.generation'

function withTemplateGeneration(set: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...set.metadata.annotations, [templateGeneration]: String(generation) }
  return { ...set, metadata: { ...set.metadata, annotations } }
}

export const daemonSetStrategy: Strategy<DaemonSet> = {
  ...templated<DaemonSet>(),
  resource: { group: 'apps', version: 'v1', resource: 'daemonsets' },
  kind: 'DaemonSet',
  defaults: (set) => {
    const { spec = {} } = set
    const type = spec.updateStrategy?.type || 'RollingUpdate'
    const rollingUpdate = { maxUnavailable: 1, ...spec.updateStrategy?.rollingUpdate }
    return {
      ...set,
      spec: {
        ...spec,
        template: defaultTemplate(spec.template),
        updateStrategy: { ...spec.updateStrategy, type, ...(type === 'RollingUpdate' ? { rollingUpdate } : {}) },
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      },
      status: set.status ?? noDaemons,
    }
  },
  prepareForCreate: (object, context) =>
    withTemplateGeneration({ ...templated<DaemonSet>().prepareForCreate(object, context), status: noDaemons }, 1),
  prepareForUpdate(next, old, context) {
    const prepared = templated<DaemonSet>().prepareForUpdate(next, old, context)
    const before = Number(old.metadata.annotations?.[templateGeneration] ?? '0')
    const isChanged = !equalJson(prepared.spec?.template, old.spec?.template)
    return withTemplateGeneration(prepared, isChanged ? before + 1 : before)
  },
  validate: (object, context) =>
    errorsOf(context, (v) => {
      validateDaemonSet(v, object)
      sctp(v, object, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateDaemonSet(v, next)
      sctp(v, next, old)
      validateSameSelector(v, next, old)
    }),
  validateStatusUpdate: (next, _old, context) =>
    errorsOf(context, (v) => {
      for (const [count, value] of Object.entries(next.status ?? {})) {
        if (typeof value === 'number') v.nonNegative(`status.${count}`, value)
      }
    }),
  table: {
    columns: daemonSetColumns,
    row: (set, context) => {
      const { spec, status } = set
      return [
        set.metadata.name,
        status?.desiredNumberScheduled ?? 0,
        status?.currentNumberScheduled ?? 0,
        status?.numberReady ?? 0,
        status?.updatedNumberScheduled ?? 0,
        status?.numberAvailable ?? 0,
        labelsCell(spec?.template?.spec?.nodeSelector),
        ageCell(set, context),
        ...containerCells(spec?.template?.spec?.containers),
        selectorCell(spec?.selector),
      ]
    },
  },
}
