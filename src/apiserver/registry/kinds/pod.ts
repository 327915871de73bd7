import { defaultPodOnly, defaultPodSpec, withEphemeralDefaults } from '../../../api/pod-defaults.ts'
import { podQosClass } from '../../../api/pod-qos.ts'
import { hasSidecars, isSidecar } from '../../../api/pod-references.ts'
import type { Container, Pod, PodCondition, PodSpec, PodStatus, Volume } from '../../../api/types/core.ts'
import { dns1123Label } from '../../../api/validation/formats.ts'
import { validatePodStatusUpdate, validatePodUpdate } from '../../../api/validation/pod-update-validation.ts'
import { validatePod, validateSctp } from '../../../api/validation/pod-validation.ts'
import { validateSeccompAgreement } from '../../../api/validation/seccomp-validation.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { extended } from '../../../kernel/extended.ts'
import { onePart } from '../../../kernel/recent-parts.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { binding } from './pod-binding.ts'
import { ephemeralContainers } from './pod-ephemeral-containers.ts'
import { eviction } from './pod-eviction.ts'
import { withLabelKeys } from './pod-label-keys.ts'
import { resize } from './pod-resize.ts'
import { withSeccompInStep } from './pod-seccomp.ts'
import { podColumns, podColumnsOf, podRow, podRowConditions } from './pod-table.ts'
import { podWarnings } from './pod-warnings.ts'
import { errorsOf, nowMs } from './settings.ts'

/** Grace period of a Pod's deletion that was not given. Source: pkg/registry/core/pod/strategy.go, CheckGracefulDelete. */
function gracePeriodSeconds(pod: Pod, requested: number | undefined): number {
  const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  if (!pod.spec.nodeName || isOver) return 0
  return requested ?? pod.spec.terminationGracePeriodSeconds ?? 0
}

/** Pods count the changes of their spec. Source: pkg/registry/core/pod/strategy.go, updatePodGeneration (KEP 5067, v1.33). */
const generationSince = 33

/** Source: pkg/registry/core/pod/strategy.go, podStatusStrategy.PrepareForUpdate. */
function withQosOf(status: NonNullable<Pod['status']>, old: Pod, minor: number): NonNullable<Pod['status']> {
  const before = old.status?.qosClass
  if (status.qosClass || before === undefined || !has(minor, apiServer.statusKeepsQosClass)) return status
  return { ...status, qosClass: before }
}

/** A Pod's alone, not a template's. Source: pkg/apis/core/v1/conversion.go, Convert_v1_Pod_To_core_Pod. */
function withGraceOfOne(spec: PodSpec, minor: number): PodSpec {
  const isNegative = (spec.terminationGracePeriodSeconds ?? 0) < 0
  return isNegative && has(minor, apiServer.negativeGraceIsOne) ? { ...spec, terminationGracePeriodSeconds: 1 } : spec
}

/** Annotations of very old versions that are dropped. Source: pkg/apis/core/v1/conversion.go, initContainerAnnotations. */
const droppedAnnotations = [
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
]

function withoutOldAnnotations(pod: Pod): Pod {
  const { annotations } = pod.metadata
  if (annotations === undefined || !droppedAnnotations.some((key) => Object.hasOwn(annotations, key))) return pod
  const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => !droppedAnnotations.includes(key)))
  return { ...pod, metadata: { ...pod.metadata, annotations: kept } }
}

/** A spec without what the server's gates switch off; `old` keeps what it has. Source: pkg/api/pod/util.go, dropDisabledFields. */
export function dropDisabledFields(spec: PodSpec, old: PodSpec | undefined, context: RegistryContext): PodSpec {
  let next: PodSpec = spec
  const { minor, gates } = context
  if (
    !has(minor, apiServer.ephemeralContainers) &&
    spec.ephemeralContainers !== undefined &&
    old?.ephemeralContainers === undefined
  ) {
    const { ephemeralContainers: _off, ...rest } = next
    next = rest
  }
  if (!gates.NonPreemptingPriority && spec.preemptionPolicy !== undefined && old?.preemptionPolicy === undefined) {
    const { preemptionPolicy: _off, ...rest } = next
    next = rest
  }
  if (!has(minor, apiServer.fsGroupChangePolicy) && spec.securityContext?.fsGroupChangePolicy !== undefined) {
    if (old?.securityContext?.fsGroupChangePolicy === undefined) {
      const { fsGroupChangePolicy: _off, ...securityContext } = spec.securityContext
      next = { ...next, securityContext }
    }
  }
  const knowsSidecars = gates.SidecarContainers || (old !== undefined && hasSidecars({ spec: old }))
  if (!knowsSidecars && spec.initContainers?.some(isSidecar) === true)
    next = { ...next, initContainers: spec.initContainers.map(({ restartPolicy: _off, ...rest }) => rest) }
  const keepsImages = has(minor, apiServer.keepsImageVolumes) || old?.volumes?.some(isImage) === true
  if (!keepsImages && spec.volumes?.some(isImage) === true)
    next = { ...next, volumes: spec.volumes.map(({ image: _off, ...rest }) => rest) }
  return has(minor, apiServer.keepsProcMountOpen) ? next : withDefaultProcMount(next)
}

function isImage({ image }: Volume): boolean {
  return image !== undefined
}

/** The gate ProcMountType is off until v1.31, so a mount type that is given becomes the default one. */
function withDefaultProcMount(spec: PodSpec): PodSpec {
  const isOdd = ({ securityContext }: Container) =>
    securityContext?.procMount !== undefined && securityContext.procMount !== 'Default'
  const containers = spec.containers ?? []
  if (!containers.some(isOdd) && !(spec.initContainers ?? []).some(isOdd)) return spec
  const mend = (container: Container): Container =>
    isOdd(container)
      ? { ...container, securityContext: { ...container.securityContext, procMount: 'Default' } }
      : container
  return {
    ...spec,
    containers: containers.map(mend),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(mend) }),
  }
}

/** A time that nobody has set is null, as the Go type writes it. Source: k8s.io/api core/v1/types.go, PodCondition. */
function withProbeTimes(status: PodStatus): PodStatus {
  const { conditions } = status
  if (conditions === undefined || conditions.every(({ lastProbeTime }) => lastProbeTime !== undefined)) return status
  return {
    ...status,
    conditions: conditions.map((condition) => {
      if (condition.lastProbeTime !== undefined) return condition
      const { type, status: is, ...rest } = condition
      return onePart(extended({ type, status: is, lastProbeTime: null }, rest))
    }),
  }
}

/** The first of its addresses is the one that is also told alone. Source: pkg/apis/core/v1/conversion.go, Convert_v1_PodStatus_To_core_PodStatus. */
function withAddresses(status: PodStatus): PodStatus {
  const { podIP = '', podIPs } = status
  return podIP === '' || podIPs?.[0]?.ip === podIP ? status : { ...status, podIPs: [{ ip: podIP }] }
}

/** Source: pkg/registry/core/pod/strategy.go and pkg/registry/core/pod/storage. */
export const podStrategy: Strategy<Pod> = {
  resource: { group: '', version: 'v1', resource: 'pods' },
  kind: 'Pod',
  namespaced: true,
  hasStatus: true,
  returnsDeletedObject: true,
  defaults(pod, { minor }) {
    const { metadata, spec, status } = withoutOldAnnotations(pod)
    const own = defaultPodOnly(defaultPodSpec(spec ?? noSpec))
    const known = has(minor, apiServer.ephemeralContainers) ? withEphemeralDefaults(own) : own
    const defaulted = withGraceOfOne(known, minor)
    const { apiVersion, kind } = pod
    return { apiVersion, kind, metadata, spec: defaulted, status: withProbeTimes(withAddresses(status ?? {})) }
  },
  prepareForCreate(pod, context) {
    const spec = withLabelKeys(dropDisabledFields(pod.spec, undefined, context), pod.metadata.labels, context.minor)
    const status = { phase: 'Pending' as const, qosClass: podQosClass(spec) }
    const made = isGated(spec, context.minor) ? { ...status, conditions: [gated(context)] } : status
    return withSeccompInStep({ ...pod, spec, status: made }, context.minor)
  },
  prepareForUpdate(next, old, context) {
    if (next.spec === old.spec) return next
    const spec = dropDisabledFields(next.spec, old.spec, context)
    return spec === next.spec ? next : { ...next, spec }
  },
  validate: (pod, context) =>
    errorsOf(context, (v) => {
      validatePod(v, pod)
      if (pod.spec.ephemeralContainers !== undefined) {
        v.forbidden('spec.ephemeralContainers', 'cannot be set on create')
      }
      validateSeccompAgreement(v, pod)
      validateSctp(v, sctpRoot, pod.spec, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validatePod(v, next, next.spec === old.spec)
      validatePodUpdate(v, next, old)
      if (next.spec !== old.spec) validateSctp(v, sctpRoot, next.spec, old.spec)
    }),
  warningsOnCreate({ spec, metadata }, { minor }) {
    const problems = has(minor, apiServer.warnsOfHostnames) ? dns1123Label(metadata.name, minor) : []
    const hostname = `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`
    return [...(problems.length === 0 ? [] : [hostname]), ...podWarnings(spec, metadata, '', minor)]
  },
  prepareForStatusUpdate: (next, old, { minor }) => ({
    ...old,
    metadata: { ...next.metadata, ...ownersOf(old) },
    ...(next.status === undefined ? {} : { status: withQosOf(next.status, old, minor) }),
  }),
  validateStatusUpdate: (next, old, context) => errorsOf(context, (v) => validatePodStatusUpdate(v, next, old)),
  selectableFields: ({ spec, status }) => ({
    'spec.nodeName': spec.nodeName ?? '',
    'spec.restartPolicy': spec.restartPolicy ?? '',
    'spec.schedulerName': spec.schedulerName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'status.phase': status?.phase ?? '',
    'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.nominatedNodeName': status?.nominatedNodeName ?? '',
  }),
  gracePeriodSeconds,
  countsGeneration: generationSince,
  subresources: { binding, eviction },
  parts: { ephemeralcontainers: ephemeralContainers, resize },
  table: { columns: podColumns, columnsOf: podColumnsOf, row: podRow, conditions: podRowConditions },
}

/** Source: pkg/registry/core/pod/strategy.go, applySchedulingGatedCondition. */
function isGated(spec: PodSpec, minor: number): boolean {
  return has(minor, apiServer.schedulingGates) && (spec.schedulingGates?.length ?? 0) > 0
}

function gated(context: RegistryContext): PodCondition {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: rfc3339(nowMs(context)),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }
}

const noSpec: PodSpec = { containers: [] }

/** The original begins this path with a name that is empty, which is printed as an empty subscript. */
const sctpRoot = '[].spec'

function ownersOf(pod: Pod): Pick<Pod['metadata'], 'ownerReferences'> {
  const { ownerReferences } = pod.metadata
  return ownerReferences === undefined ? {} : { ownerReferences }
}
