import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { Container, EphemeralContainer, PodSpec } from '../types/core.ts'
import {
  validateInitResizePolicy,
  validateInitRestart,
  validateResizePolicy,
  validateRestart,
} from './container-restart-validation.ts'
import { validateEnv, validateEnvFrom, validatePorts } from './env-validation.ts'
import { dns1123Label } from './formats.ts'
import { type KnownVolumes, validateContainerMounts, validateDevices } from './mount-validation.ts'
import { validateEarlyProbes, validateProbe, validateProbes } from './probe-validation.ts'
import { validateResources } from './resource-validation.ts'
import { validateSecurityContext } from './security-validation.ts'
import { isUnset, type Validator } from './validator.ts'

/**
 * Containers of a Pod. Source: pkg/apis/core/validation/validation.go. From v1.25 on regular, init and ephemeral containers share
 * validateContainerCommon, before init containers were looked at as regular ones first.
 */

/** The Pod that containers are of, and its volumes. */
export interface Around {
  readonly spec: PodSpec
  readonly volumes: KnownVolumes
}

/** Source: validateContainers. */
export function validateContainers(
  v: Validator,
  field: string,
  containers: readonly Container[],
  around: Around,
): void {
  if (!has(v.minor, apiServer.containersShareOneCheck)) validateEarlyContainers(v, field, containers, false, around)
  else if (containers.length === 0) v.required(field)
  else {
    const names = new Set<string>()
    for (const [index, container] of containers.entries()) {
      const path = `${field}[${index}]`
      const { name = '' } = container
      validateCommon(v, path, container, around)
      if (names.has(name)) v.duplicate(`${path}.name`, name)
      names.add(name)
      validateProbes(v, path, container, around.spec.terminationGracePeriodSeconds)
      validateRestart(v, path, container)
    }
    validateHostPorts(v, field, containers)
  }
}

/** `field` may be that of one container alone, as it is for ephemeral ones. */
function validateEarlyContainers(
  v: Validator,
  field: string,
  containers: readonly Container[],
  isInit: boolean,
  { volumes }: Around,
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
    validateEarlyContainer(v, path, container, volumes)
  }
  if (isInit) for (const container of containers) validateHostPorts(v, field, [container])
  else validateHostPorts(v, field, containers)
}

function validateName(v: Validator, path: string, name: string): void {
  if (name === '') v.required(`${path}.name`)
  else v.each(`${path}.name`, name, dns1123Label(name, v.minor))
}

function validateEarlyContainer(v: Validator, path: string, container: Container, volumes: KnownVolumes): void {
  if (isUnset(container.image)) v.required(`${path}.image`)
  validateEarlyProbes(v, path, container)
  const { terminationMessagePolicy: policy } = container
  const policyText = "must be 'File' or 'FallbackToLogsOnError'"
  if (isUnset(policy)) v.required(`${path}.terminationMessagePolicy`, policyText)
  else if (!messagePolicies.includes(policy)) v.invalid(`${path}.terminationMessagePolicy`, policy, policyText)
  validateProbe(v, `${path}.readinessProbe`, container.readinessProbe)
  validateRest(v, path, container, volumes)
  if (container.securityContext !== undefined)
    validateSecurityContext(v, `${path}.securityContext`, container.securityContext)
}

const messagePolicies = ['FallbackToLogsOnError', 'File']

/** Source: validateContainerCommon. */
function validateCommon(v: Validator, path: string, container: Container, { spec, volumes }: Around): void {
  const { name = '', image, terminationMessagePolicy, resizePolicy, securityContext } = container
  validateName(v, path, name)
  if (isUnset(image)) v.required(`${path}.image`)
  validateChoice(v, `${path}.terminationMessagePolicy`, terminationMessagePolicy, ['File', 'FallbackToLogsOnError'])
  validateRest(v, path, container, volumes)
  if (resizePolicy !== undefined) validateResizePolicy(v, `${path}.resizePolicy`, resizePolicy, spec.restartPolicy)
  if (securityContext !== undefined) validateSecurityContext(v, `${path}.securityContext`, securityContext)
}

/** What was looked at in the same way before v1.25, but for the security context. */
function validateRest(v: Validator, path: string, container: Container, volumes: KnownVolumes): void {
  if (container.ports !== undefined) validatePorts(v, `${path}.ports`, container.ports)
  if (container.env !== undefined) validateEnv(v, `${path}.env`, container.env)
  if (container.envFrom !== undefined) validateEnvFrom(v, `${path}.envFrom`, container.envFrom)
  if (container.volumeMounts !== undefined) validateContainerMounts(v, `${path}.volumeMounts`, container, volumes)
  if (container.volumeDevices !== undefined) validateDevices(v, `${path}.volumeDevices`, container, volumes)
  validateChoice(v, `${path}.imagePullPolicy`, container.imagePullPolicy, pullPolicies)
  if (container.resources !== undefined) validateResources(v, `${path}.resources`, container.resources)
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never']

function validateChoice(v: Validator, field: string, value: string | undefined, choices: readonly string[]): void {
  if (isUnset(value)) v.required(field)
  else if (!choices.includes(value)) v.notSupported(field, value, choices)
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
  around: Around,
): void {
  const sharesOneCheck = has(v.minor, apiServer.containersShareOneCheck)
  if (!sharesOneCheck && containers.length > 0) validateEarlyContainers(v, field, containers, true, around)
  const names = new Set((around.spec.containers ?? []).map(({ name = '' }) => name))
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`
    const { name = '' } = container
    if (sharesOneCheck) {
      validateCommon(v, path, container, around)
      validateInitRestart(v, path, container)
    }
    if (names.has(name)) v.duplicate(`${path}.name`, name)
    else if (name !== '') names.add(name)
    if (sharesOneCheck) validateHostPorts(v, field, [container])
    if (container.restartPolicy === 'Always')
      validateProbes(v, path, container, around.spec.terminationGracePeriodSeconds)
    else forbidProbes(v, path, container, sharesOneCheck)
    validateInitResizePolicy(v, path, container)
  }
}

function forbidProbes(v: Validator, path: string, container: Container, sharesOneCheck: boolean): void {
  const tail = has(v.minor, apiServer.tellsOfSidecars) ? ' without restartPolicy=Always' : ''
  for (const member of notForInit) {
    if (container[member] === undefined) continue
    if (sharesOneCheck) v.forbidden(`${path}.${member}`, `may not be set for init containers${tail}`)
    else v.invalidGo(`${path}.${member}`, `${goTypes[member]}{}`, 'must not be set for init containers')
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
  around: Around,
): void {
  const { containers: regular = [], initContainers = [] } = around.spec
  const lasting = new Set([...regular, ...initContainers].map(({ name = '' }) => name))
  const taken = new Set(lasting)
  const validate = has(v.minor, apiServer.ephemeralPathsAreRight) ? validateEphemeral : validateEarlyEphemeral
  for (const [index, container] of containers.entries())
    validate(v, `${field}[${index}]`, container, { ...around, lasting, taken })
}

/** What ephemeral containers of a Pod have around them. */
interface Neighbours extends Around {
  /** Names of its regular and init containers. */
  readonly lasting: ReadonlySet<string>
  /** Of all containers so far. */
  readonly taken: Set<string>
}

function validateEphemeral(v: Validator, path: string, container: EphemeralContainer, around: Neighbours): void {
  const { name = '', targetContainerName: target, volumeMounts = [] } = container
  validateCommon(v, path, container, around)
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
  validateEarlyContainers(v, path, [container], false, around)
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
