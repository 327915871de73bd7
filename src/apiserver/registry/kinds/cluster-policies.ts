import type { Amounts } from '../../../api/amounts.ts'
import { equalJson } from '../../../api/json.ts'
import type { Toleration } from '../../../api/types/core.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import type { PodDisruptionBudget } from '../../../api/types/policy.ts'
import { byteLength, dns1123Label, qualifiedName } from '../../../api/validation/formats.ts'
import { validateLabelSelector } from '../../../api/validation/label-validation.ts'
import { annotation } from '../../../api/validation/pod-validation.ts'
import { validateResources } from '../../../api/validation/resource-validation.ts'
import { validateTolerations } from '../../../api/validation/scheduling-validation.ts'
import { type TopologyTerm, validateTopologies } from '../../../api/validation/storage-validation.ts'
import { validateLabels } from '../../../api/validation/validate-meta.ts'
import { sortedKeys, type Validator } from '../../../api/validation/validator.ts'
import { validateAtMost100Percent, validateIntOrPercent } from '../../../api/validation/workload-validation.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Strategy } from '../strategy.ts'
import {
  leaseColumns,
  podSecurityPolicyColumns,
  priorityClassColumns,
  runtimeClassColumns,
  storageClassColumns,
} from './columns.ts'
import { errorsOf } from './settings.ts'
import { podDisruptionBudgetColumns } from './workload-columns.ts'
import { ageCell } from './workload-rows.ts'

/** Small kinds that others are governed by. Sources: pkg/apis/{policy,storage,scheduling,node,coordination}/validation. */

function validateBudget(v: Validator, { spec = {}, status = {} }: PodDisruptionBudget): void {
  const { minAvailable, maxUnavailable } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = 'policy.PodDisruptionBudgetSpec{}'
    v.invalidGo('spec', shown, 'minAvailable and maxUnavailable cannot be both set')
  }
  for (const [member, value] of [
    ['minAvailable', minAvailable],
    ['maxUnavailable', maxUnavailable],
  ] as const) {
    if (value === undefined) continue
    validateIntOrPercent(v, `spec.${member}`, value)
    validateAtMost100Percent(v, `spec.${member}`, value)
  }
  validateLabelSelector(v, 'spec.selector', spec.selector)
  for (const count of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const) {
    v.nonNegative(`status.${count}`, status[count])
  }
}

const noBudget = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }

export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> = {
  resource: { group: 'policy', version: 'v1beta1', resource: 'poddisruptionbudgets' },
  kind: 'PodDisruptionBudget',
  namespaced: true,
  leavesMetadata: true,
  hasStatus: true,
  countsGeneration: true,
  allowsUnconditionalUpdate: false,
  defaults: (budget) => ({ ...budget, spec: budget.spec ?? {}, status: { ...noBudget, ...budget.status } }),
  prepareForCreate: (budget) => ({ ...budget, status: noBudget }),
  validate: (budget, context) => errorsOf(context, (v) => validateBudget(v, budget)),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validateBudget(v, next)),
  table: {
    columns: podDisruptionBudgetColumns,
    row: (budget, context) => [
      budget.metadata.name,
      String(budget.spec?.minAvailable ?? 'N/A'),
      String(budget.spec?.maxUnavailable ?? 'N/A'),
      budget.status?.disruptionsAllowed ?? 0,
      ageCell(budget, context),
    ],
  },
}

interface StorageClass extends KubeObject {
  readonly provisioner?: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly reclaimPolicy?: string
  readonly volumeBindingMode?: string
  readonly allowVolumeExpansion?: boolean
  readonly mountOptions?: readonly string[]
  readonly allowedTopologies?: readonly TopologyTerm[]
}

/** Limits of the parameters. Source: pkg/apis/storage/validation/validation.go. */
const parameterCountMax = 512
const parameterBytesMax = 262_144

function validateStorageClass(v: Validator, storageClass: StorageClass): void {
  const { provisioner = '', parameters, reclaimPolicy = '', volumeBindingMode } = storageClass
  if (provisioner === '') v.required('provisioner')
  else {
    const lower = provisioner.toLowerCase()
    v.each('provisioner', lower, qualifiedName(lower, v.minor))
  }
  const keys = sortedKeys(parameters)
  if (keys.length > parameterCountMax) v.tooLong('parameters', parameterCountMax)
  else {
    let bytes = 0
    for (const key of keys) {
      if (key === '') v.invalid('parameters', key, 'field can not be empty.')
      bytes += byteLength(key) + byteLength(parameters?.[key] ?? '')
    }
    if (bytes > parameterBytesMax) v.tooLong('parameters', parameterBytesMax)
  }
  if (reclaimPolicy !== '' && reclaimPolicy !== 'Delete' && reclaimPolicy !== 'Retain') {
    v.notSupported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain'])
  }
  const modes = ['Immediate', 'WaitForFirstConsumer']
  if (volumeBindingMode === undefined) v.required('volumeBindingMode')
  else if (!modes.includes(volumeBindingMode)) v.notSupported('volumeBindingMode', volumeBindingMode, modes)
  validateTopologies(v, 'allowedTopologies', storageClass.allowedTopologies ?? [])
}

const defaultClassAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

export const storageClassStrategy: Strategy<StorageClass> = {
  resource: { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses' },
  kind: 'StorageClass',
  namespaced: false,
  returnsDeletedObject: true,
  defaults: (storageClass) => ({
    ...storageClass,
    reclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
    volumeBindingMode: storageClass.volumeBindingMode ?? 'Immediate',
  }),
  validate: (storageClass, context) => errorsOf(context, (v) => validateStorageClass(v, storageClass)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateStorageClass(v, next)
      for (const member of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
        if (!equalJson(next[member], old[member])) v.forbidden(member, `updates to ${member} are forbidden.`)
      }
      if (next.volumeBindingMode !== old.volumeBindingMode) {
        v.invalid('volumeBindingMode', next.volumeBindingMode, 'field is immutable')
      }
    }),
  table: {
    columns: storageClassColumns,
    row: (storageClass, context) => {
      const { metadata } = storageClass
      const isDefault = defaultClassAnnotations.some((key) => annotation(metadata.annotations, key) === 'true')
      return [
        isDefault ? `${metadata.name} (default)` : metadata.name,
        storageClass.provisioner ?? '',
        storageClass.reclaimPolicy ?? 'Delete',
        storageClass.volumeBindingMode ?? 'Immediate',
        storageClass.allowVolumeExpansion ?? false,
        ageCell(storageClass, context),
      ]
    },
  },
}

interface PriorityClass extends KubeObject {
  readonly value?: number
  readonly globalDefault?: boolean
  readonly preemptionPolicy?: string
}

/** Source: pkg/apis/scheduling/types.go, HighestUserDefinablePriority. */
const userPriorityMax = 1_000_000_000
/** The classes of the system and their values. Source: pkg/apis/scheduling/v1/helpers.go. */
const systemPriorities: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

function validatePriorityClass(
  v: Validator,
  { metadata, value = 0, globalDefault, preemptionPolicy }: PriorityClass,
): void {
  // None, where it was forgotten.
  const name = (metadata.name as string | undefined) ?? ''
  if (name.startsWith('system-')) {
    const known = Object.hasOwn(systemPriorities, name) ? systemPriorities[name] : undefined
    const problem =
      known === undefined
        ? `${name} is not a known system priority class`
        : known !== value
          ? `value of ${name} PriorityClass must be ${known}`
          : globalDefault === true
            ? `globalDefault of ${name} PriorityClass must be false`
            : undefined
    if (problem !== undefined) {
      const text = `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`
      v.forbidden('metadata.name', text)
    }
  } else if (value > userPriorityMax) {
    v.forbidden('value', `maximum allowed value of a user defined priority is ${userPriorityMax}`)
  }
  const policies = ['PreemptLowerPriority', 'Never']
  if (preemptionPolicy === '') v.required('preemptionPolicy')
  else if (preemptionPolicy !== undefined && !policies.includes(preemptionPolicy)) {
    v.notSupported('preemptionPolicy', preemptionPolicy, policies)
  }
}

export const priorityClassStrategy: Strategy<PriorityClass> = {
  resource: { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' },
  kind: 'PriorityClass',
  namespaced: false,
  countsGeneration: true,
  defaults: (priorityClass, context) => ({
    ...priorityClass,
    value: priorityClass.value ?? 0,
    ...(context.gates.NonPreemptingPriority && priorityClass.preemptionPolicy === undefined
      ? { preemptionPolicy: 'PreemptLowerPriority' }
      : {}),
  }),
  prepareForCreate(priorityClass, context) {
    if (context.gates.NonPreemptingPriority || priorityClass.preemptionPolicy === undefined) return priorityClass
    const { preemptionPolicy: _off, ...rest } = priorityClass
    return rest
  },
  validate: (priorityClass, context) => errorsOf(context, (v) => validatePriorityClass(v, priorityClass)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      if (next.value !== old.value) v.forbidden('Value', 'may not be changed in an update.')
      if (next.preemptionPolicy !== old.preemptionPolicy) {
        v.invalid('preemptionPolicy', next.preemptionPolicy, 'field is immutable')
      }
    }),
  table: {
    columns: priorityClassColumns,
    row: (priorityClass, context) => [
      priorityClass.metadata.name,
      priorityClass.value ?? 0,
      priorityClass.globalDefault ?? false,
      ageCell(priorityClass, context),
    ],
  },
}

interface RuntimeClass extends KubeObject {
  readonly handler?: string
  readonly overhead?: { readonly podFixed?: Amounts }
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly tolerations?: readonly Toleration[]
  }
}

export const runtimeClassStrategy: Strategy<RuntimeClass> = {
  resource: { group: 'node.k8s.io', version: 'v1beta1', resource: 'runtimeclasses' },
  kind: 'RuntimeClass',
  namespaced: false,
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: false,
  validate: ({ handler = '', overhead, scheduling }, context) =>
    errorsOf(context, (v) => {
      v.each('handler', handler, dns1123Label(handler, v.minor))
      if (overhead !== undefined) validateResources(v, 'overhead', { limits: overhead.podFixed ?? {} })
      v.add(validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector', v.minor))
      validateTolerations(v, 'scheduling.tolerations.tolerations', scheduling?.tolerations ?? [])
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      if (next.handler !== old.handler) v.invalid('handler', next.handler ?? '', 'field is immutable')
    }),
  table: {
    columns: runtimeClassColumns,
    row: (runtimeClass, context) => [
      runtimeClass.metadata.name,
      runtimeClass.handler ?? '',
      ageCell(runtimeClass, context),
    ],
  },
}

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly leaseTransitions?: number
  }
}

function validateLease(v: Validator, { spec = {} }: Lease): void {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec
  if (seconds !== undefined && seconds <= 0) v.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')
  if (transitions !== undefined && transitions < 0) {
    v.invalid(
      'spec.leaseTransitions',
      transitions,
      has(v.minor, apiServer.leasesCountWell)
        ? 'must be greater than or equal to 0'
        : 'must to greater or equal than 0',
    )
  }
}

export const leaseStrategy: Strategy<Lease> = {
  resource: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
  kind: 'Lease',
  takesAnyFinalizer: true,
  namespaced: true,
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: false,
  validate: (lease, context) => errorsOf(context, (v) => validateLease(v, lease)),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validateLease(v, next)),
  table: {
    columns: leaseColumns,
    row: (lease, context) => [lease.metadata.name, lease.spec?.holderIdentity ?? '', ageCell(lease, context)],
  },
}

interface PodSecurityPolicy extends KubeObject {
  readonly spec?: {
    readonly privileged?: boolean
    readonly allowPrivilegeEscalation?: boolean
    readonly allowedCapabilities?: readonly string[]
    readonly volumes?: readonly string[]
    readonly readOnlyRootFilesystem?: boolean
    readonly seLinux?: Rule
    readonly runAsUser?: Rule
    readonly fsGroup?: Rule
    readonly supplementalGroups?: Rule
  }
}

interface Rule {
  readonly rule?: string
}

/** Which rules there are, sorted as the original lists them. Source: pkg/apis/policy/validation/validation.go. */
const policyRules = {
  runAsUser: ['MustRunAs', 'MustRunAsNonRoot', 'RunAsAny'],
  seLinux: ['MustRunAs', 'RunAsAny'],
  supplementalGroups: ['MayRunAs', 'MustRunAs', 'RunAsAny'],
  fsGroup: ['MayRunAs', 'MustRunAs', 'RunAsAny'],
} as const

function validatePolicy(v: Validator, { spec = {} }: PodSecurityPolicy): void {
  for (const [member, rules] of Object.entries(policyRules)) {
    const { rule = '' } = spec[member as keyof typeof policyRules] ?? {} // a key of the table
    if (!rules.some((known) => known === rule)) v.notSupported(`spec.${member}.rule`, rule, rules)
  }
}

export const podSecurityPolicyStrategy: Strategy<PodSecurityPolicy> = {
  resource: { group: 'policy', version: 'v1beta1', resource: 'podsecuritypolicies' },
  kind: 'PodSecurityPolicy',
  errorGroup: () => 'extensions',
  namespaced: false,
  returnsDeletedObject: true,
  defaults: (policy) => ({
    ...policy,
    spec: { ...policy.spec, allowPrivilegeEscalation: policy.spec?.allowPrivilegeEscalation ?? true },
  }),
  validate: (policy, context) => errorsOf(context, (v) => validatePolicy(v, policy)),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validatePolicy(v, next)),
  table: {
    columns: podSecurityPolicyColumns,
    row: ({ metadata, spec = {} }) => [
      metadata.name,
      String(spec.privileged === true),
      (spec.allowedCapabilities ?? []).join(','),
      spec.seLinux?.rule ?? '',
      spec.runAsUser?.rule ?? '',
      spec.fsGroup?.rule ?? '',
      spec.supplementalGroups?.rule ?? '',
      spec.readOnlyRootFilesystem === true,
      (spec.volumes ?? []).join(','),
    ],
  },
}
