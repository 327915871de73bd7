import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { fileKeyOf } from '../pod-defaults.ts'
import { canonicalQuantity, compareQuantities } from '../quantity.ts'
import type { ContainerPort, EnvFromSource, EnvVar, EnvVarSource } from '../types/core.ts'
import {
  configMapKey,
  dns1123Subdomain,
  envVarName,
  maskTrailingDash,
  portName,
  portNumber,
  qualifiedName,
} from './formats.ts'
import { isUnset, type Validator } from './validator.ts'

/** Environment and ports of a container (E1, E2). Source: pkg/apis/core/validation/validation.go. */

const earlyFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.podIP',
  'status.podIPs',
]
const hostAddresses = 'status.hostIPs'
const laterFieldPaths = [...earlyFieldPaths, hostAddresses].sort()

const resourceFieldPaths = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** Source: ValidateEnv. */
export function validateEnv(v: Validator, field: string, variables: readonly EnvVar[]): void {
  for (const [index, variable] of variables.entries()) {
    const path = `${field}[${index}]`
    if (isUnset(variable.name)) v.required(`${path}.name`)
    else v.each(`${path}.name`, variable.name, envVarName(variable.name, v.settings.relaxedEnvNames))
    if (variable.valueFrom !== undefined) {
      validateValueFrom(v, `${path}.valueFrom`, variable.valueFrom, !isUnset(variable.value))
    }
  }
}

/** Source: validateEnvVarValueFrom. */
function validateValueFrom(v: Validator, field: string, source: EnvVarSource, hasValue: boolean): void {
  let sources = 0
  if (source.fieldRef !== undefined) {
    sources++
    const knowsAddresses = has(v.minor, apiServer.namesHostAddresses)
    validateFieldRef(v, `${field}.fieldRef`, source.fieldRef, knowsAddresses ? laterFieldPaths : earlyFieldPaths)
    if (source.fieldRef.fieldPath === hostAddresses && knowsAddresses && !has(v.minor, apiServer.takesHostAddresses))
      v.forbidden(`${field}.fieldRef`, "may not be set when feature gate 'PodHostIPs' is not enabled")
  }
  if (source.resourceFieldRef !== undefined) {
    sources++
    validateResourceFieldRef(v, `${field}.resourceFieldRef`, source.resourceFieldRef, false)
  }
  if (source.configMapKeyRef !== undefined) {
    sources++
    validateKeyRef(v, `${field}.configMapKeyRef`, source.configMapKeyRef)
  }
  if (source.secretKeyRef !== undefined) {
    sources++
    validateKeyRef(v, `${field}.secretKeyRef`, source.secretKeyRef)
  }
  const knowsFiles = has(v.minor, apiServer.environmentFiles)
  if (knowsFiles && fileKeyOf(source) !== undefined) sources++
  if (sources === 0) {
    const kinds = knowsFiles
      ? '`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
      : '`configMapKeyRef` or `secretKeyRef`'
    v.invalid(field, '', `must specify one of: \`fieldRef\`, \`resourceFieldRef\`, ${kinds}`)
  } else if (hasValue) v.invalid(field, '', 'may not be specified when `value` is not empty')
  else if (sources > 1) v.invalid(field, '', 'may not have more than one field specified at a time')
}

/** Source: validateSecretKeySelector, validateConfigMapKeySelector. */
function validateKeyRef(v: Validator, field: string, { name = '', key }: { name?: string; key?: string }): void {
  v.each(`${field}.name`, name, dns1123Subdomain(name, v.minor))
  if (isUnset(key)) v.required(`${field}.key`)
  else v.each(`${field}.key`, key, configMapKey(key))
}

/** Source: ValidateEnvFrom. The missing index in the path of two of the errors is the original's. */
export function validateEnvFrom(v: Validator, field: string, sources: readonly EnvFromSource[]): void {
  for (const [index, source] of sources.entries()) {
    const path = `${field}[${index}]`
    if (!isUnset(source.prefix)) {
      v.each(`${path}.prefix`, source.prefix, envVarName(source.prefix, v.settings.relaxedEnvNames))
    }
    if (source.configMapRef !== undefined) validateEnvFromName(v, `${path}.configMapRef`, source.configMapRef.name)
    if (source.secretRef !== undefined) validateEnvFromName(v, `${path}.secretRef`, source.secretRef.name)
    if (source.configMapRef === undefined && source.secretRef === undefined) {
      v.invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`')
    } else if (source.configMapRef !== undefined && source.secretRef !== undefined) {
      v.invalid(field, '', 'may not have more than one field specified at a time')
    }
  }
}

function validateEnvFromName(v: Validator, field: string, name: string | undefined): void {
  if (isUnset(name)) v.required(`${field}.name`)
  else v.each(`${field}.name`, name, dns1123Subdomain(maskTrailingDash(name, true), v.minor))
}

const selectableFields = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.podIP',
  'status.podIPs',
])

/** Source: validateObjectFieldSelector; pkg/apis/core/pods/helpers.go, ConvertDownwardAPIFieldLabel. */
export function validateFieldRef(
  v: Validator,
  field: string,
  reference: { readonly apiVersion?: string; readonly fieldPath?: string },
  supported: readonly string[],
): void {
  const { apiVersion, fieldPath } = reference
  if (isUnset(apiVersion)) {
    v.required(`${field}.apiVersion`)
    return
  }
  if (isUnset(fieldPath)) {
    v.required(`${field}.fieldPath`)
    return
  }
  const wrong = (why: string) => v.invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`)
  if (apiVersion !== 'v1') {
    wrong(`unsupported pod version: ${apiVersion}`)
    return
  }
  const subscripted = splitSubscript(fieldPath)
  if (subscripted !== undefined) {
    const [path, subscript] = subscripted
    if (path === 'metadata.annotations') {
      v.each(field, subscript, qualifiedName(subscript.toLowerCase(), v.minor))
    } else if (path === 'metadata.labels') v.each(field, subscript, qualifiedName(subscript, v.minor))
    else wrong(`field label does not support subscript: ${fieldPath}`)
    return
  }
  // `spec.host` is what very old clients send.
  const path = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath
  const isKnown = selectableFields.has(path) || (path === hostAddresses && has(v.minor, apiServer.namesHostAddresses))
  if (!isKnown) {
    wrong(`field label not supported: ${fieldPath}`)
    return
  }
  if (!supported.includes(path)) v.notSupported(`${field}.fieldPath`, path, supported)
}

/** `metadata.labels['key']` as its two parts. Source: pkg/fieldpath/fieldpath.go, SplitMaybeSubscriptedPath. */
function splitSubscript(fieldPath: string): readonly [string, string] | undefined {
  if (!fieldPath.endsWith("']")) return undefined
  const bracket = fieldPath.indexOf("['")
  if (bracket <= 0 || bracket + 2 > fieldPath.length - 2) return undefined
  return [fieldPath.slice(0, bracket), fieldPath.slice(bracket + 2, -2)]
}

const byteDivisors = new Set(['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'])

/** Source: validateContainerResourceFieldSelector, validateContainerResourceDivisor. */
export function validateResourceFieldRef(
  v: Validator,
  field: string,
  reference: { readonly containerName?: string; readonly resource?: string; readonly divisor?: string },
  inVolume: boolean,
): void {
  const { containerName, resource = '', divisor } = reference
  if (inVolume && isUnset(containerName)) v.required(`${field}.containerName`)
  else if (resource === '') v.required(`${field}.resource`)
  else if (!resourceFieldPaths.includes(resource) && !isHugePages(v, resource)) {
    v.notSupported(`${field}.resource`, resource, resourceFieldPaths)
  }
  if (isUnset(divisor) || compareQuantities(divisor, '0') === 0) return
  const unit = canonicalQuantity(divisor)
  const wrong = (detail: string) => v.invalid(`${field}.divisor`, resource, detail)
  if (resource.endsWith('.cpu')) {
    if (unit !== '1m' && unit !== '1') wrong("only divisor's values 1m and 1 are supported with the cpu resource")
    return
  }
  const what = resource.endsWith('.memory') ? 'memory' : 'local ephemeral storage'
  if (!resource.endsWith('.memory') && !resource.endsWith('.ephemeral-storage')) return
  if (!byteDivisors.has(unit)) {
    wrong(
      `only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the ${what} resource`,
    )
  }
}

/** Huge pages can be named since the gate DownwardAPIHugePages (v1.21). */
function isHugePages(v: Validator, resource: string): boolean {
  return has(v.minor, apiServer.downwardHugePages) && /^(limits|requests)\.hugepages-./.test(resource)
}

const protocols = ['SCTP', 'TCP', 'UDP']

/** Source: validateContainerPorts. */
export function validatePorts(v: Validator, field: string, ports: readonly ContainerPort[]): void {
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    const path = `${field}[${index}]`
    if (!isUnset(port.name)) {
      const problems = portName(port.name, v.minor)
      v.each(`${path}.name`, port.name, problems)
      if (problems.length === 0) {
        if (names.has(port.name)) v.duplicate(`${path}.name`, port.name)
        names.add(port.name)
      }
    }
    if (!port.containerPort) v.required(`${path}.containerPort`)
    else v.each(`${path}.containerPort`, port.containerPort, portNumber(port.containerPort))
    if (port.hostPort) v.each(`${path}.hostPort`, port.hostPort, portNumber(port.hostPort))
    if (isUnset(port.protocol)) v.required(`${path}.protocol`)
    else if (!protocols.includes(port.protocol)) v.notSupported(`${path}.protocol`, port.protocol, protocols)
  }
}
