import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import type { Container, EphemeralContainer, Handler, Probe, Volume, VolumeMount } from '../types/core.ts'
import { validateEnv, validateEnvFrom, validatePorts } from './env-validation.ts'
import { dns1123Label, httpHeaderName, portName, portNumber } from './formats.ts'
import { validateResources } from './resource-validation.ts'
import { validateSecurityContext } from './security-validation.ts'
import { isUnset, type Validator } from './validator.ts'
import { hasBackstep, validateDescendingPath } from './volume-validation.ts'

/** Containers of a Pod. Source: pkg/apis/core/validation/validation.go. */

export type KnownVolumes = ReadonlyMap<string, Volume>

/** Source: validateContainers. `field` may be that of one container alone, as it is for ephemeral ones. */
export function validateContainers(
  v: Validator,
  field: string,
  containers: readonly Container[],
  isInit: boolean,
  volumes: KnownVolumes,
): void {
  if (containers.length === 0) {
    v.required(field)
    return
  }
  const names = new Set<string>()
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`
    const { name = '' } = container
    validateName(v, path, name)
    if (names.has(name)) v.duplicate(`${path}.name`, name)
    names.add(name)
    validateContainerRest(v, path, container, volumes)
  }
  if (isInit) for (const container of containers) validateHostPorts(v, field, [container])
  else validateHostPorts(v, field, containers)
}

function validateName(v: Validator, path: string, name: string): void {
  if (name === '') v.required(`${path}.name`)
  else v.each(`${path}.name`, name, dns1123Label(name, v.minor))
}

function validateContainerRest(v: Validator, path: string, container: Container, volumes: KnownVolumes): void {
  if (isUnset(container.image)) v.required(`${path}.image`)
  if (container.lifecycle !== undefined) validateLifecycle(v, `${path}.lifecycle`, container.lifecycle)
  validateOnceProbe(v, `${path}.livenessProbe`, container.livenessProbe)
  validateStartupProbe(v, `${path}.startupProbe`, container.startupProbe)
  const { terminationMessagePolicy: policy } = container
  const policyText = "must be 'File' or 'FallbackToLogsOnError'"
  if (isUnset(policy)) v.required(`${path}.terminationMessagePolicy`, policyText)
  else if (policy !== 'File' && policy !== 'FallbackToLogsOnError') {
    v.invalid(`${path}.terminationMessagePolicy`, policy, policyText)
  }
  validateProbe(v, `${path}.readinessProbe`, container.readinessProbe)
  if (container.ports !== undefined) validatePorts(v, `${path}.ports`, container.ports)
  if (container.env !== undefined) validateEnv(v, `${path}.env`, container.env)
  if (container.envFrom !== undefined) validateEnvFrom(v, `${path}.envFrom`, container.envFrom)
  if (container.volumeMounts !== undefined) validateContainerMounts(v, `${path}.volumeMounts`, container, volumes)
  if (container.volumeDevices !== undefined) validateDevices(v, `${path}.volumeDevices`, container, volumes)
  validatePullPolicy(v, `${path}.imagePullPolicy`, container.imagePullPolicy)
  if (container.resources !== undefined) validateResources(v, `${path}.resources`, container.resources)
  if (container.securityContext !== undefined) {
    validateSecurityContext(v, `${path}.securityContext`, container.securityContext)
  }
}

/** Source: validateContainers, which in v1.23 looks at this probe twice, so that what is wrong has two causes. */
function validateStartupProbe(v: Validator, field: string, probe: Probe | undefined): void {
  if (factAt(startupProbeLooks, v.minor) === 2) validateProbe(v, field, probe)
  validateOnceProbe(v, field, probe)
}

const startupProbeLooks: VersionedFact<number> = {
  source:
    'pkg/apis/core/validation/validation.go, validateContainers of v1.23; once in v1.19 and v1.28, between not known',
  initially: 1,
  since: [
    [23, 2],
    [24, 1],
  ],
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never']

function validatePullPolicy(v: Validator, field: string, policy: string | undefined): void {
  if (isUnset(policy)) v.required(field)
  else if (!pullPolicies.includes(policy)) v.notSupported(field, policy, pullPolicies)
}

/** Source: ValidateVolumeMounts. The missing index in some of the paths is the original's. */
export function validateContainerMounts(
  v: Validator,
  field: string,
  container: Container,
  volumes: KnownVolumes,
): void {
  const devices = container.volumeDevices ?? []
  const paths = new Set<string>()
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const path = `${field}[${index}]`
    const { name = '', mountPath = '' } = mount
    if (name === '') v.required(`${path}.name`)
    if (!volumes.has(name)) v.notFound(`${path}.name`, name)
    if (mountPath === '') v.required(`${path}.mountPath`)
    if (paths.has(mountPath)) v.invalid(`${path}.mountPath`, mountPath, 'must be unique')
    paths.add(mountPath)
    if (devices.some((device) => device.name === name)) {
      v.invalid(`${path}.name`, name, 'must not already exist in volumeDevices')
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      v.invalid(`${path}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')
    }
    validateSubPaths(v, field, path, mount)
    if (mount.mountPropagation !== undefined) {
      validatePropagation(v, `${field}.mountPropagation`, mount.mountPropagation, container)
    }
  }
}

function validateSubPaths(v: Validator, field: string, path: string, { subPath, subPathExpr }: VolumeMount): void {
  if (!isUnset(subPath)) validateDescendingPath(v, `${field}.subPath`, subPath)
  if (isUnset(subPathExpr)) return
  if (!isUnset(subPath)) {
    v.invalid(`${path}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')
  }
  validateDescendingPath(v, `${field}.subPathExpr`, subPathExpr)
}

const propagations = ['Bidirectional', 'HostToContainer', 'None']

function validatePropagation(v: Validator, field: string, propagation: string, container: Container): void {
  if (!propagations.includes(propagation)) v.notSupported(field, propagation, propagations)
  if (propagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
    v.forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')
  }
}

/** Source: ValidateVolumeDevices. */
function validateDevices(v: Validator, field: string, container: Container, volumes: KnownVolumes): void {
  const mounts = container.volumeMounts ?? []
  const paths = new Set<string>()
  const names = new Set<string>()
  for (const [index, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const path = `${field}[${index}]`
    const volume = volumes.get(name)
    if (name === '') v.required(`${path}.name`)
    if (names.has(name)) v.invalid(`${path}.name`, name, 'must be unique')
    if (volume === undefined) v.notFound(`${path}.name`, name)
    else if (volume.persistentVolumeClaim === undefined) {
      v.invalid(`${path}.name`, name, 'can only use volume source type of PersistentVolumeClaim for block mode')
    }
    if (devicePath === '') v.required(`${path}.devicePath`)
    if (paths.has(devicePath)) v.invalid(`${path}.devicePath`, devicePath, 'must be unique')
    if (hasBackstep(devicePath)) v.invalid(`${path}.devicePath`, devicePath, "can not contain backsteps ('..')")
    else paths.add(devicePath)
    if (mounts.some((mount) => mount.name === name)) {
      v.invalid(`${path}.name`, name, 'must not already exist in volumeMounts')
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      v.invalid(`${path}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts')
    }
    if (name !== '') names.add(name)
  }
}

function validateOnceProbe(v: Validator, field: string, probe: Probe | undefined): void {
  if (probe === undefined) return
  validateProbe(v, field, probe)
  if (probe.successThreshold !== 1) v.invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')
}

/** Source: validateProbe. */
function validateProbe(v: Validator, field: string, probe: Probe | undefined): void {
  if (probe === undefined) return
  validateHandler(v, field, probe)
  v.nonNegative(`${field}.initialDelaySeconds`, probe.initialDelaySeconds)
  v.nonNegative(`${field}.timeoutSeconds`, probe.timeoutSeconds)
  v.nonNegative(`${field}.periodSeconds`, probe.periodSeconds)
  v.nonNegative(`${field}.successThreshold`, probe.successThreshold)
  v.nonNegative(`${field}.failureThreshold`, probe.failureThreshold)
}

function validateLifecycle(v: Validator, field: string, lifecycle: NonNullable<Container['lifecycle']>): void {
  if (lifecycle.postStart !== undefined) validateHandler(v, `${field}.postStart`, lifecycle.postStart)
  if (lifecycle.preStop !== undefined) validateHandler(v, `${field}.preStop`, lifecycle.preStop)
}

/** Handlers that later versions brought (`grpc`, `sleep`) count as one. Source: validateHandler. */
function validateHandler(v: Validator, field: string, handler: Handler): void {
  let handlers = 0
  const another = (kind: string): boolean => {
    if (handlers++ === 0) return true
    v.forbidden(`${field}.${kind}`, 'may not specify more than 1 handler type')
    return false
  }
  if (handler.exec !== undefined && another('exec') && (handler.exec.command ?? []).length === 0) {
    v.required(`${field}.exec.command`)
  }
  if (handler.httpGet !== undefined && another('httpGet')) validateHttpGet(v, `${field}.httpGet`, handler.httpGet)
  if (handler.tcpSocket !== undefined && another('tcpSocket')) {
    validatePort(v, `${field}.tcpSocket.port`, handler.tcpSocket.port)
  }
  const later = handler as Readonly<Record<string, unknown>> // members that the type of v1.18 lacks
  if (later.grpc !== undefined) another('grpc')
  if (later.sleep !== undefined) another('sleep')
  if (handlers === 0) v.required(field, 'must specify a handler type')
}

function validateHttpGet(v: Validator, field: string, get: NonNullable<Handler['httpGet']>): void {
  if (isUnset(get.path)) v.required(`${field}.path`)
  validatePort(v, `${field}.port`, get.port)
  const { scheme = '' } = get
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') v.notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS'])
  for (const { name = '' } of get.httpHeaders ?? []) v.each(`${field}.httpHeaders`, name, httpHeaderName(name))
}

/** Source: ValidatePortNumOrName. */
export function validatePort(v: Validator, field: string, port: number | string | undefined): void {
  if (typeof port === 'string') v.each(field, port, portName(port))
  else v.each(field, port ?? 0, portNumber(port ?? 0))
}

/** Source: AccumulateUniqueHostPorts. */
function validateHostPorts(v: Validator, field: string, containers: readonly Container[]): void {
  let taken: Set<string> | undefined
  for (const [index, container] of containers.entries()) {
    for (const [position, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`
      taken ??= new Set()
      if (taken.has(key)) v.duplicate(`${field}[${index}].ports[${position}].hostPort`, key)
      taken.add(key)
    }
  }
}

const notForInit = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const
/** Go types of these members, for the texts that show them. */
const goTypes = {
  lifecycle: 'core.Lifecycle',
  livenessProbe: 'core.Probe',
  readinessProbe: 'core.Probe',
  startupProbe: 'core.Probe',
}

/** Source: validateInitContainers. */
export function validateInitContainers(
  v: Validator,
  field: string,
  containers: readonly Container[],
  others: readonly Container[],
  volumes: KnownVolumes,
): void {
  if (containers.length === 0) return
  validateContainers(v, field, containers, true, volumes)
  const names = new Set(others.map((container) => container.name ?? ''))
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`
    if (names.has(container.name ?? '')) v.duplicate(`${path}.name`, container.name ?? '')
    if (!isUnset(container.name)) names.add(container.name)
    for (const member of notForInit) {
      if (container[member] === undefined) continue
      v.invalidGo(`${path}.${member}`, `${goTypes[member]}{}`, 'must not be set for init containers')
    }
  }
}

const notForEphemeral = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'securityContext',
] as const

/** Source: validateEphemeralContainers; until v1.24 the path of a container's own errors has a second index. */
export function validateEphemeralContainers(
  v: Validator,
  field: string,
  containers: readonly EphemeralContainer[],
  others: readonly Container[],
  volumes: KnownVolumes,
): void {
  const lasting = new Set(others.map(({ name = '' }) => name))
  const taken = new Set(lasting)
  const validate = has(v.minor, apiServer.ephemeralPathsAreRight) ? validateEphemeral : validateEarlyEphemeral
  for (const [index, container] of containers.entries())
    validate(v, `${field}[${index}]`, container, { lasting, taken, volumes })
}

/** What ephemeral containers of a Pod have around them. */
interface Neighbours {
  /** Names of its regular and init containers. */
  readonly lasting: ReadonlySet<string>
  /** Of all containers so far. */
  readonly taken: Set<string>
  readonly volumes: KnownVolumes
}

function validateEphemeral(v: Validator, path: string, container: EphemeralContainer, around: Neighbours): void {
  const { name = '', targetContainerName: target, volumeMounts = [] } = container
  validateName(v, path, name)
  validateContainerRest(v, path, container, around.volumes)
  validateImageSpace(v, path, container)
  if (around.taken.has(name)) v.duplicate(`${path}.name`, name)
  around.taken.add(name)
  if (!isUnset(target) && !around.lasting.has(target)) v.notFound(`${path}.targetContainerName`, target)
  forbidLasting(v, path, container)
  for (const [index, mount] of volumeMounts.entries())
    for (const member of ['subPath', 'subPathExpr'] as const)
      if (!isUnset(mount[member])) v.forbidden(`${path}.volumeMounts[${index}].${member}`, notAllowed)
}

function validateEarlyEphemeral(v: Validator, path: string, container: EphemeralContainer, around: Neighbours): void {
  const { name, targetContainerName: target } = container
  if (!isUnset(target) && !around.taken.has(target)) v.notFound(`${path}.targetContainerName`, target)
  if (isUnset(name)) {
    v.required(path, 'ephemeralContainer requires a name')
    return
  }
  validateContainers(v, path, [container], false, around.volumes)
  validateImageSpaces(v, path, [container])
  if (around.taken.has(name)) v.duplicate(`${path}.name`, name)
  around.taken.add(name)
  forbidLasting(v, path, container)
}

const notAllowed = 'cannot be set for an Ephemeral Container'

/** From v1.21 on a security context may be set. Source: allowedEphemeralContainerFields. */
function forbidLasting(v: Validator, path: string, container: EphemeralContainer): void {
  for (const member of notForEphemeral) {
    const value = container[member]
    const isZero = value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)
    if (isZero || (member === 'securityContext' && has(v.minor, apiServer.ephemeralSecurityContexts))) continue
    v.forbidden(`${path}.${member}`, notAllowed)
  }
}

/** Source: validateContainersOnlyForPod. */
export function validateImageSpaces(v: Validator, field: string, containers: readonly Container[]): void {
  for (const [index, container] of containers.entries()) validateImageSpace(v, `${field}[${index}]`, container)
}

function validateImageSpace(v: Validator, path: string, { image = '' }: Container): void {
  if (image.trim() !== image) v.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')
}
