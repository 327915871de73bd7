import { internalErrorStatus, invalidStatus } from '../../api/status.ts'
import { shownList } from '../../api/structs/shown.ts'
import type { Status } from '../../api/types/meta.ts'
import type { Service, ServicePort, ServiceSpec } from '../../api/types/services.ts'
import { type FieldError, invalid } from '../../api/validation/field-errors.ts'
import { parseIp } from '../../api/validation/formats.ts'
import { validateClusterIps } from '../../api/validation/service-addresses-validation.ts'
import { needsHealthCheck } from '../../api/validation/service-validation.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { errorsOf } from './kinds/settings.ts'
import { isInNetwork, isNodePort, networkText, nodePortsText } from './service-addresses.ts'
import type { RegistryContext } from './strategy.ts'

/** Addresses and ports of Services in a cluster of IPv4. Source: pkg/registry/core/service/storage/{storage,alloc}.go. */

/**
 * What is drawn for a Service and filled in, or why it cannot be had. In a dry run addresses that are taken and ports that
 * nodes do not open are had, too.
 */
export function allocate(
  given: Service,
  old: Service | undefined,
  context: RegistryContext,
  isDryRun: boolean,
): Service | Status {
  const { minor } = context
  const can = canHave(given, context, isDryRun)
  const before = old?.spec
  const patched = before === undefined ? (given.spec ?? {}) : withAllocated(given.spec ?? {}, before)
  const normal = has(minor, apiServer.servicesHaveClusterIps) ? normalized(patched, before) : patched
  const errors: FieldError[] = []
  const placed = has(minor, apiServer.servicesHaveFamilies) ? withFamilies(normal, before, context, errors) : normal
  if (errors.length > 0) return refusal(given, errors)
  const addressed = withAddress(placed, can, before, context, errors)
  const ported = errors.length > 0 ? addressed : withNodePorts(addressed, can, before, context, errors)
  if (errors.length > 0) return refusal(given, errors)
  const checked = withHealthPort(ported, can, before, context)
  return typeof checked === 'string' ? internalErrorStatus(checked) : { ...given, spec: filledIn(given.spec, checked) }
}

const drawn = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'ports', 'healthCheckNodePort'] as const

/** What was given with what was drawn after it, so that members come in one order. */
function filledIn(given: ServiceSpec | undefined, spec: ServiceSpec): ServiceSpec {
  const filled: Record<string, unknown> = { ...given }
  for (const key of drawn) {
    if (spec[key] !== undefined) filled[key] = spec[key]
    else delete filled[key]
  }
  return filled as ServiceSpec // every member is one of the two
}

function refusal({ metadata }: Service, errors: readonly FieldError[]): Status {
  return invalidStatus({ group: '', kind: 'Service' }, metadata.name ?? '', errors)
}

/** Whether nodes open ports for a Service of this type. Source: needsNodePort. */
export const usesNodePorts = ({ type }: ServiceSpec) => type === 'NodePort' || type === 'LoadBalancer'
const isName = ({ type }: ServiceSpec) => type === 'ExternalName'

/** What was drawn before and the next version leaves out stays. Source: patchAllocatedValues. */
function withAllocated(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const kept: { -readonly [K in keyof ServiceSpec]: ServiceSpec[K] } = { ...next }
  if (!isName(next) && !isName(old)) {
    if (!next.clusterIP && old.clusterIP) kept.clusterIP = old.clusterIP
    if ((next.clusterIPs ?? []).length === 0 && (old.clusterIPs ?? []).length > 0)
      kept.clusterIPs = old.clusterIPs ?? []
  }
  if (usesNodePorts(old) && usesNodePorts(next) && next.ports !== undefined)
    kept.ports = keptPorts(next.ports, old.ports)
  if (needsHealthCheck(old) && needsHealthCheck(next) && !next.healthCheckNodePort && old.healthCheckNodePort) {
    kept.healthCheckNodePort = old.healthCheckNodePort
  }
  return kept
}

/** A port without a node port has the one that the port of its name had, unless another one uses it. */
function keptPorts(next: readonly ServicePort[], old: readonly ServicePort[] = []): readonly ServicePort[] {
  const before = new Set(old.map(({ nodePort }) => nodePort))
  const used = new Set(next.map(({ nodePort }) => nodePort).filter((port) => before.has(port)))
  const byName = new Map(old.map(({ name = '', nodePort }) => [name, nodePort]))
  return next.map((port) => {
    const known = port.nodePort ? undefined : byName.get(port.name ?? '')
    return !known || used.has(known) ? port : { ...port, nodePort: known }
  })
}

const same = (a: readonly string[] = [], b: readonly string[] = []) =>
  a.length === b.length && a.every((item, index) => item === b[index])

/** Who gives one address means the list, too. Source: normalizeClusterIPs. */
function normalized(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (old === undefined) {
    return clusterIP !== '' && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec
  }
  if (clusterIP === (old.clusterIP ?? '') || !same(old.clusterIPs, clusterIPs)) return spec
  if (clusterIP !== '') return { ...spec, clusterIPs: [clusterIP] }
  const { clusterIPs: _cleared, ...rest } = spec
  return rest
}

/** Source: initIPFamilyFields. */
function withFamilies(
  given: ServiceSpec,
  old: ServiceSpec | undefined,
  context: RegistryContext,
  errors: FieldError[],
): ServiceSpec {
  if (isName(given) || isSettled(given, old)) return given
  const isOpen = given.clusterIP === 'None' && Object.keys(given.selector ?? {}).length === 0
  const inferred = old?.ipFamilyPolicy ?? (isOpen ? 'RequireDualStack' : 'SingleStack')
  const spec = { ...given, ipFamilyPolicy: given.ipFamilyPolicy ?? inferred }
  errors.push(...errorsOf(context, (v) => validateClusterIps(v, spec)))
  if (errors.length > 0) return spec
  const isSingle = spec.ipFamilyPolicy === 'SingleStack'
  if (old !== undefined && !isSingle) refuseReduction(spec, old, errors)
  const reduced = old !== undefined && isSingle ? firstOnly(spec, old) : spec
  if (isSingle) refuseSeveral(reduced, errors)
  const families = familiesOf(reduced, context.minor, errors)
  if (errors.length > 0) return reduced
  if (isOpen) {
    const first = families[0] ?? 'IPv4'
    const both = first === 'IPv4' ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4']
    return {
      ...reduced,
      ipFamilies: families.length > 1 || isSingle ? (families.length > 0 ? families : [first]) : both,
    }
  }
  refuseForeign(reduced, families, errors)
  return { ...reduced, ipFamilies: families.length > 0 ? families : ['IPv4'] }
}

/** Nothing about the addresses changes of one that would like two. Source: isMatchingPreferDualStackClusterIPFields. */
function isSettled(next: ServiceSpec, old: ServiceSpec | undefined): boolean {
  if (old === undefined || next.ipFamilyPolicy !== 'PreferDualStack' || next.type !== old.type) return false
  if (old.ipFamilyPolicy !== undefined && old.ipFamilyPolicy !== 'PreferDualStack') return false
  return same(old.clusterIPs, next.clusterIPs) && same(old.ipFamilies, next.ipFamilies)
}

const policyField = 'spec.ipFamilyPolicy'

function refuseReduction(next: ServiceSpec, old: ServiceSpec, errors: FieldError[]): void {
  const isLess = (now: readonly string[] = [], before: readonly string[] = []) =>
    now.length > 0 && now.length < before.length
  const refuse = (what: string) =>
    errors.push(invalid(policyField, next.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`))
  if (isLess(next.clusterIPs, old.clusterIPs)) refuse('cluster IP')
  if (isLess(next.ipFamilies, old.ipFamilies)) refuse('IP family')
}

function firstOnly(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const { clusterIPs = [], ipFamilies = [] } = next
  const ips = clusterIPs.length > 1 && same(old.clusterIPs, clusterIPs) ? { clusterIPs: clusterIPs.slice(0, 1) } : {}
  const first = ipFamilies.length > 1 && same(old.ipFamilies, ipFamilies) ? { ipFamilies: ipFamilies.slice(0, 1) } : {}
  return { ...next, ...ips, ...first }
}

function refuseSeveral({ ipFamilyPolicy, clusterIPs, ipFamilies }: ServiceSpec, errors: FieldError[]): void {
  const refuse = (what: string) => {
    const why = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`
    errors.push(invalid(policyField, ipFamilyPolicy, why))
  }
  if (clusterIPs?.length === 2) refuse('cluster IPs')
  if (ipFamilies?.length === 2) refuse('IP families')
}

/** The families that were asked for, and those of the addresses beyond them. */
function familiesOf({ clusterIPs = [], ipFamilies = [] }: ServiceSpec, minor: number, errors: FieldError[]): string[] {
  const families = [...ipFamilies]
  for (const [index, ip] of clusterIPs.entries()) {
    if (ip === 'None') break
    if (index < families.length) continue
    if (parseIp(ip) === 4) families.push('IPv4')
    else
      errors.push(invalidList(`spec.clusterIPs[${index}]`, clusterIPs, 'IPv6 is not configured on this cluster', minor))
  }
  return families
}

function refuseForeign(spec: ServiceSpec, families: readonly string[], errors: FieldError[]): void {
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    const why = 'this cluster is not configured for dual-stack services'
    errors.push(invalid(policyField, spec.ipFamilyPolicy, why))
  }
  for (const [index, family] of families.entries()) {
    if (family !== 'IPv4') errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'))
  }
}

function invalidList(field: string, list: readonly string[], detail: string, minor: number): FieldError {
  return { type: 'FieldValueInvalid', field, body: `Invalid value: ${shownList(list, 'string', minor)}: ${detail}` }
}

/** Source: allocClusterIPs and updateClusterIPs. */
function withAddress(
  spec: ServiceSpec,
  can: Availability,
  old: ServiceSpec | undefined,
  { addresses, random, minor }: RegistryContext,
  errors: FieldError[],
): ServiceSpec {
  const isList = has(minor, apiServer.servicesHaveClusterIps)
  const known = isList ? spec.clusterIPs?.[0] : spec.clusterIP
  if (isName(spec) || known === 'None' || (old !== undefined && !isName(old) && old.clusterIP)) return spec
  if (!known) {
    const drawn = addresses.drawAddress(random)
    return isList ? { ...spec, clusterIP: drawn, clusterIPs: [drawn] } : { ...spec, clusterIP: drawn }
  }
  if (parseIp(known) === undefined) return spec // validation says so
  const range = `The range of valid IPs is ${networkText}`
  const problem = !isInNetwork(known)
    ? has(minor, apiServer.allocatesBeforeChecks)
      ? `the provided IP (${known}) is not in the valid range. ${range}`
      : `provided IP is not in the valid range. ${range}`
    : can.isAddressTaken(known)
      ? 'provided IP is already allocated'
      : ''
  if (problem === '') return spec
  if (!isList) errors.push(invalid('spec.clusterIP', known, problem))
  else
    errors.push(
      invalidList('spec.clusterIPs', spec.clusterIPs ?? [known], addressProblem(known, problem, minor), minor),
    )
  return spec
}

/** Before v1.23 in other words. Source: pkg/registry/core/service/storage/rest.go of v1.20, allocClusterIPs. */
function addressProblem(ip: string, problem: string, minor: number): string {
  return has(minor, apiServer.allocatesBeforeChecks)
    ? `failed to allocate IP ${ip}: ${problem}`
    : `failed to allocated ip:${ip} with error:${problem}`
}

/** Source: initNodePorts and updateNodePorts. */
function withNodePorts(
  spec: ServiceSpec,
  can: Availability,
  old: ServiceSpec | undefined,
  { addresses, random, minor }: RegistryContext,
  errors: FieldError[],
): ServiceSpec {
  const { ports } = spec
  if (ports === undefined || !usesNodePorts(spec)) return spec
  const mayLack = spec.type === 'LoadBalancer' && has(minor, apiServer.balancersMayGoWithoutPorts)
  const draws = !mayLack || spec.allocateLoadBalancerNodePorts !== false
  const before = new Set(old?.ports?.map(({ nodePort }) => nodePort))
  const byPort = new Map<number, number>()
  const numbered = ports.map((port, index) => {
    const { port: number = 0, nodePort = 0 } = port
    if (nodePort === 0 && !draws) return port
    const shared =
      old === undefined
        ? (byPort.get(number) ?? ports.find((each) => each.port === number && each.nodePort)?.nodePort)
        : undefined
    const asked = nodePort || shared
    if (!asked) {
      const drawn = addresses.drawPort(random)
      byPort.set(number, drawn)
      return { ...port, nodePort: drawn }
    }
    const problem = before.has(asked) ? '' : can.portProblem(asked)
    if (problem !== '' && errors.length === 0) errors.push(invalid(`spec.ports[${index}].nodePort`, asked, problem))
    byPort.set(number, asked)
    return nodePort === asked ? port : { ...port, nodePort: asked }
  })
  return { ...spec, ports: numbered }
}

/** What a Service may have of what it asks for. */
interface Availability {
  isAddressTaken(ip: string): boolean
  /** Why a port cannot be had; empty: it can. */
  portProblem(port: number): string
}

/** Source: ipallocator/allocator.go, allocate; portallocator/{allocator,operation}.go, Allocate. */
function canHave({ metadata: { uid } }: Service, { addresses }: RegistryContext, isDryRun: boolean): Availability {
  return {
    isAddressTaken: (ip) => !isDryRun && addresses.isTaken(ip, uid),
    portProblem(port) {
      if (!isDryRun && !isNodePort(port)) {
        return `provided port is not in the valid range. The range of valid ports is ${nodePortsText}`
      }
      return addresses.isTaken(port, uid) ? 'provided port is already allocated' : ''
    },
  }
}

/** Source: updateHealthCheckNodePort. A text: why the port cannot be had. */
function withHealthPort(
  spec: ServiceSpec,
  can: Availability,
  old: ServiceSpec | undefined,
  { addresses, random }: RegistryContext,
): ServiceSpec | string {
  if (!needsHealthCheck(spec) || (old !== undefined && needsHealthCheck(old))) return spec
  const { healthCheckNodePort: asked = 0 } = spec
  if (asked === 0) return { ...spec, healthCheckNodePort: addresses.drawPort(random) }
  const problem = can.portProblem(asked)
  return problem === '' ? spec : `failed to allocate requested HealthCheck NodePort ${asked}: ${problem}`
}
