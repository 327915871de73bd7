import { equalJson } from '../../../api/json.ts'
import { goPointer } from '../../../api/structs/syntax.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import type { DaemonSet, PodTemplateSpec, StatefulSet, UpdateStrategy } from '../../../api/types/workloads.ts'
import { dns1123Label, dns1123Subdomain, maskTrailingDash } from '../../../api/validation/formats.ts'
import { isEmptySelector, type MaybeSelector, validateLabelSelector } from '../../../api/validation/label-validation.ts'
import { Validator } from '../../../api/validation/validator.ts'
import {
  defaultTemplate,
  goSelector,
  strategyJson,
  validateAlwaysRestart,
  validateDaemonSetStrategy,
  validateReadOnlyDisks,
  validateReplicaStatus,
  validateSelector,
  validateSetUnavailable,
  validateTemplate,
  validateTemplateLabels,
  validateTemplateMetadata,
  withUsableSelector,
} from '../../../api/validation/workload-validation.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { factAt, type VersionedFact } from '../../../versions/version.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { scaleOf } from './scale.ts'
import { errorsOf } from './settings.ts'
import { noTemplate, sctp, templated, validateSameSelector } from './templated.ts'
import { validateClaim } from './volumes.ts'
import { daemonSetColumns, statefulSetColumns } from './workload-columns.ts'
import { ageCell, containerCells, labelsCell, selectorCell } from './workload-rows.ts'

const claimPolicy = 'persistentVolumeClaimRetentionPolicy'

/** StatefulSets and DaemonSets. Source: pkg/apis/apps/validation, pkg/registry/apps. */

/** `checksPods`: what the template is made of, too, from v1.34 on. */
function validateStatefulSet(v: Validator, { spec = {} }: StatefulSet, isNew: boolean, checksPods: boolean): void {
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
    validateSetUnavailable(v, 'spec.updateStrategy.rollingUpdate.maxUnavailable', rollingUpdate?.maxUnavailable)
  } else {
    const pointer = goPointer('apps.RollingUpdateStatefulSetStrategy', rollingUpdate)
    const shown = has(v.minor, apiServer.showsValuesAsJson)
      ? strategyJson(type, rollingUpdate, ['partition', 'maxUnavailable'], null)
      : `apps.StatefulSetUpdateStrategy{Type:${goQuote(type)}, RollingUpdate:${pointer}}`
    v.invalidGo('spec.updateStrategy', shown, "must be 'RollingUpdate' or 'OnDelete'")
  }
  validateLaterMembers(v, spec, isNew)
  validateSelector(v, 'spec.selector', spec.selector, 'empty selector is invalid for statefulset')
  const template = spec.template ?? noTemplate
  withUsableSelector(v, 'spec.selector', spec.selector, '', () => {
    validateTemplateLabels(v, 'spec.template', spec.selector, template)
    if (checksPods && has(v.minor, apiServer.setsCheckTheirPods))
      validateTemplate(v, 'spec.template', withClaims(spec, template))
    // Once more, as the original does. Before, Pods of a template were not looked at: claims may add volumes to them.
    validateTemplateMetadata(v, 'spec.template', template)
  })
  validateAlwaysRestart(v, 'spec.template.spec', template.spec, 'StatefulSet')
}

/** What is wrong already may stay so. Source: ValidateStatefulSetUpdate, SkipValidatePodTemplateSpec. */
function isSound(old: StatefulSet, { settings }: Validator): boolean {
  const v = new Validator(settings)
  validateStatefulSet(v, old, false, true)
  return v.errors.length === 0
}

/** Claims that stay or go, numbers and the Service. */
function validateLaterMembers(v: Validator, spec: NonNullable<StatefulSet['spec']>, isNew: boolean): void {
  const { [claimPolicy]: claims, serviceName = '', volumeClaimTemplates = [] } = spec
  if (claims !== undefined)
    for (const member of ['whenDeleted', 'whenScaled'] as const) {
      const chosen = claims[member] ?? ''
      if (chosen !== 'Retain' && chosen !== 'Delete')
        v.notSupported(`spec.${claimPolicy}.${member}`, chosen, ['Retain', 'Delete'])
    }
  if (isNew && has(v.minor, apiServer.setsCheckTheirClaims))
    for (const [index, claim] of volumeClaimTemplates.entries())
      validateClaim(v, `spec.volumeClaimTemplates[${index}].spec`, claim)
  v.nonNegative('spec.replicas', spec.replicas)
  if (has(v.minor, apiServer.setsWaitForReadiness)) v.nonNegative('spec.minReadySeconds', spec.minReadySeconds)
  v.nonNegative('spec.ordinals.start', spec.ordinals?.start)
  if (isNew && serviceName !== '' && has(v.minor, apiServer.setsCheckTheirServices))
    v.each('spec.serviceName', serviceName, dns1123Label(serviceName, v.minor))
}

/** The template with a volume for each claim: containers may mount it. */
function withClaims(
  { volumeClaimTemplates: claims = [] }: NonNullable<StatefulSet['spec']>,
  template: PodTemplateSpec,
): PodTemplateSpec {
  const { spec } = template
  if (spec === undefined || claims.length === 0) return template
  const added = [...new Set(claims.map(({ metadata }) => metadata?.name ?? ''))].map((name) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }))
  const names = new Set(added.map(({ name }) => name))
  const own = (spec.volumes ?? []).filter(({ name }) => !names.has(name))
  return { ...template, spec: { ...spec, volumes: [...added, ...own] } }
}

/** Fields that may be updated, and how they are listed. */
const updatable: VersionedFact<{ readonly fields: readonly string[]; readonly listed: string }> = {
  source:
    'pkg/apis/apps/validation/validation.go, ValidateStatefulSetUpdate of v1.19, v1.23.13, v1.28.0; users of v1.22; #112744 (1.26), #129017 (1.33)',
  initially: {
    fields: ['replicas', 'template', 'updateStrategy'],
    listed: "'replicas', 'template', and 'updateStrategy'",
  },
  since: [
    [22, listed(['replicas', 'template', 'updateStrategy', 'minReadySeconds'])],
    [23, listed(['replicas', 'template', 'updateStrategy', claimPolicy, 'minReadySeconds'])],
    [26, listed(['replicas', 'ordinals', 'template', 'updateStrategy', claimPolicy, 'minReadySeconds'])],
    [
      33,
      listed([
        'replicas',
        'ordinals',
        'template',
        'updateStrategy',
        'revisionHistoryLimit',
        claimPolicy,
        'minReadySeconds',
      ]),
    ],
  ],
}

function listed(fields: readonly string[]): { readonly fields: readonly string[]; readonly listed: string } {
  const quoted = fields.map((field) => `'${field}'`)
  return { fields, listed: `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}` }
}

/** Source: ValidateStatefulSetUpdate. */
function validateStatefulSetUpdate(v: Validator, next: StatefulSet, old: StatefulSet, minor: number): void {
  const { fields, listed: names } = factAt(updatable, minor)
  const fixed = ({ spec = {} }: StatefulSet) =>
    Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.includes(field)))
  if (!equalJson(fixed(next), fixed(old)))
    v.forbidden('spec', `updates to statefulset spec for fields other than ${names} are forbidden`)
  v.nonNegative('spec.replicas', next.spec?.replicas)
}

/** Source: pkg/apis/apps/v1/defaults.go, SetDefaults_StatefulSet. */
function rollingDefaults(given: NonNullable<UpdateStrategy['rollingUpdate']>, minor: number): object {
  const { maxUnavailable = 1, ...others } = given
  const isOff = has(minor, apiServer.setsAreUpdatedInTurn)
  const kept = isOff ? others : given
  const unavailable = !isOff && has(minor, apiServer.setsMayBeUnavailable) ? { maxUnavailable } : {}
  return { ...kept, partition: given.partition ?? 0, ...unavailable }
}

/** Source: pkg/registry/apps/statefulset/strategy.go, WarningsOnCreate, WarningsOnUpdate. */
function setWarnings(set: StatefulSet, old: StatefulSet | undefined, context: RegistryContext): readonly string[] {
  const { warningsOnCreate, warningsOnUpdate } = templated<StatefulSet>()
  const ofPods = old === undefined ? warningsOnCreate(set, context) : warningsOnUpdate(set, old, context)
  const isNegative = (set.spec?.revisionHistoryLimit ?? 0) < 0
  if (!isNegative || !has(context.minor, apiServer.warnsOfNegativeLimits)) return ofPods
  return [
    ...ofPods,
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
  ]
}

export const statefulSetStrategy: Strategy<StatefulSet> = {
  ...templated<StatefulSet>(),
  resource: { group: 'apps', version: 'v1', resource: 'statefulsets' },
  kind: 'StatefulSet',
  validateName: (name, isPrefix, { minor }) => {
    const whole = maskTrailingDash(name, isPrefix)
    return has(minor, apiServer.setsHaveLabelNames) ? dns1123Label(whole, minor) : dns1123Subdomain(whole, minor)
  },
  warningsOnCreate: (set, context) => setWarnings(set, undefined, context),
  warningsOnUpdate: setWarnings,
  defaults: (set, { minor }) => {
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
          ...(isRolling && rollingUpdate !== undefined ? { rollingUpdate: rollingDefaults(rollingUpdate, minor) } : {}),
        },
        revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
        ...(has(minor, apiServer.claimsHaveRetentionPolicies)
          ? { [claimPolicy]: { whenDeleted: 'Retain', whenScaled: 'Retain', ...spec[claimPolicy] } }
          : {}),
      },
      status: set.status ?? emptyStatus(minor),
    }
  },
  prepareForCreate: (object, context) => ({
    ...templated<StatefulSet>().prepareForCreate(object, context),
    status: emptyStatus(context.minor),
  }),
  validate: (object, context) =>
    errorsOf(context, (v) => {
      validateStatefulSet(v, object, true, true)
      sctp(v, object, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateStatefulSet(v, next, false, isSound(old, v))
      sctp(v, next, old)
      validateStatefulSetUpdate(v, next, old, context.minor)
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

/** The status of a set that nobody has looked at. */
function emptyStatus(minor: number): NonNullable<StatefulSet['status']> {
  return has(minor, apiServer.setsCountAvailable) ? { replicas: 0, availableReplicas: 0 } : { replicas: 0 }
}

/**
 * Claims in a template get the defaults of claims, status and all, and are told with their kind.
 * Source: pkg/apis/apps/v1/conversion.go, Convert_apps_StatefulSetSpec_To_v1_StatefulSetSpec (v1.18 on).
 */
function defaultClaimTemplate(claim: KubeObject): KubeObject {
  const { spec, status } = claim as { readonly spec?: object; readonly status?: object } // a claim by its schema
  return {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    metadata: claim.metadata,
    spec: { volumeMode: 'Filesystem', ...spec },
    status: { phase: 'Pending', ...status },
  } as KubeObject
}

function validateDaemonSet(v: Validator, { spec = {} }: DaemonSet): void {
  const template = spec.template ?? noTemplate
  const selector: MaybeSelector = spec.selector
  validateLabelSelector(v, 'spec.selector', selector)
  validateTemplateLabels(v, 'spec.template', selector, template)
  if (selector !== undefined && selector !== null && isEmptySelector(selector)) {
    v.invalidGo('spec.selector', goSelector(selector), 'empty selector is invalid for daemonset')
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
  defaults: (set, { minor }) => {
    const { spec = {} } = set
    const type = spec.updateStrategy?.type || 'RollingUpdate'
    const surge = has(minor, apiServer.daemonsSurge) ? { maxSurge: 0 } : {}
    const rollingUpdate = { maxUnavailable: 1, ...surge, ...spec.updateStrategy?.rollingUpdate }
    return {
      ...(set.metadata.annotations?.[templateGeneration] === undefined ? withTemplateGeneration(set, 0) : set),
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
      validateDaemonSet(v, next) // as such, and as an update
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
