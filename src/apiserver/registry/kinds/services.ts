import { equalJson } from '../../../api/json.ts'
import type {
  EndpointSubset,
  Endpoints,
  LoadBalancerStatus,
  Service,
  ServicePort,
  ServiceSpec,
} from '../../../api/types/services.ts'
import { validateSubsets } from '../../../api/validation/endpoints-validation.ts'
import { dns1035Label, dns1123Label, maskTrailingDash } from '../../../api/validation/formats.ts'
import {
  isExternal,
  needsHealthCheck,
  validateMixedProtocols,
  validateService,
  validateServiceSctp,
  validateServiceUpdate,
} from '../../../api/validation/service-validation.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { factAt, type VersionedFact } from '../../../versions/version.ts'
import { allocate, usesNodePorts } from '../service-allocation.ts'
import type { Strategy } from '../strategy.ts'
import { endpointColumns, serviceColumns } from './columns.ts'
import { serviceWarnings } from './service-warnings.ts'
import { errorsOf } from './settings.ts'
import { ageCell, labelsCell } from './workload-rows.ts'

/** Source: pkg/registry/core/service, pkg/apis/core/v1/defaults.go. */

/** How long a client keeps to a Pod. Source: k8s.io/api core/v1, DefaultClientIPServiceAffinitySeconds. */
const affinitySeconds = 10_800

function defaultPort(port: ServicePort): ServicePort {
  const isUnset = port.targetPort === undefined || port.targetPort === 0 || port.targetPort === ''
  return {
    ...port,
    protocol: port.protocol || 'TCP',
    targetPort: isUnset ? (port.port ?? 0) : (port.targetPort ?? 0),
  }
}

/** A type that has no node ports drops those of the type before. */
const dropsNodePorts: VersionedFact<boolean> = {
  source: 'pkg/registry/core/service/strategy.go, dropTypeDependentFields',
  initially: false,
  since: [[20, true]],
}

/**
 * What the type before had drawn and this one has no use for goes, unless somebody changed it just now.
 * Source: pkg/registry/core/service/strategy.go, dropTypeDependentFields.
 */
function withoutUnused(next: Service, old: Service, minor: number): Service {
  const spec: { -readonly [K in keyof ServiceSpec]: ServiceSpec[K] } = { ...next.spec }
  const before = old.spec ?? {}
  const drops = (key: keyof ServiceSpec, isUsed: (spec: ServiceSpec) => boolean) => {
    if (isUsed(before) && !isUsed(spec) && equalJson(spec[key] ?? null, before[key] ?? null)) delete spec[key]
  }
  const hasAddress = ({ type }: ServiceSpec) => type !== 'ExternalName'
  const isBalancer = ({ type }: ServiceSpec) => type === 'LoadBalancer'
  if (hasAddress(before) && !hasAddress(spec)) {
    const isSame = equalJson([spec.clusterIP, spec.clusterIPs ?? null], [before.clusterIP, before.clusterIPs ?? null])
    if (isSame) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
  }
  drops('ipFamilies', hasAddress)
  drops('ipFamilyPolicy', hasAddress)
  const isPortless = usesNodePorts(before) && !usesNodePorts(spec)
  if (isPortless && spec.ports !== undefined) spec.ports = withoutNodePorts(spec.ports, before.ports)
  drops('healthCheckNodePort', needsHealthCheck)
  drops('allocateLoadBalancerNodePorts', isBalancer)
  drops('loadBalancerClass', isBalancer)
  if (has(minor, apiServer.externalPoliciesFitTypes)) drops('externalTrafficPolicy', (each) => isExternal(each, minor))
  return { ...next, spec, ...(isBalancer(spec) ? {} : { status: { ...next.status, loadBalancer: {} } }) }
}

function withoutNodePorts(ports: readonly ServicePort[], old: readonly ServicePort[] = []): readonly ServicePort[] {
  const before = new Set(old.map(({ nodePort }) => nodePort))
  if (ports.some(({ nodePort }) => nodePort && !before.has(nodePort))) return ports
  return ports.map(({ nodePort: _, ...port }) => port)
}

function hasInternalPolicy(type: string, minor: number): boolean {
  if (!has(minor, apiServer.servicesHaveInternalPolicies)) return false
  return !has(minor, apiServer.namesHaveNoInternalPolicy) || serviceTypesWithPolicy.has(type)
}

const serviceTypesWithPolicy: ReadonlySet<string> = new Set(['ClusterIP', 'NodePort', 'LoadBalancer'])

export const serviceStrategy: Strategy<Service> = {
  resource: { group: '', version: 'v1', resource: 'services' },
  kind: 'Service',
  namespaced: true,
  hasStatus: true,
  returnsDeletedObject: false,
  allowsCreateOnUpdate: true,
  defaults: (service, { minor }) => {
    const { spec = {} } = service
    const sessionAffinity = spec.sessionAffinity || 'None'
    const type = spec.type || 'ClusterIP'
    const { sessionAffinityConfig: given, ...rest } = spec
    const config =
      sessionAffinity === 'None'
        ? undefined
        : sessionAffinity !== 'ClientIP'
          ? given
          : given?.clientIP?.timeoutSeconds === undefined
            ? { clientIP: { timeoutSeconds: affinitySeconds } }
            : given
    return {
      ...service,
      spec: {
        ...rest,
        ...(spec.ports === undefined ? {} : { ports: spec.ports.map(defaultPort) }),
        sessionAffinity,
        type,
        ...(config === undefined ? {} : { sessionAffinityConfig: config }),
        ...(isExternal({ ...spec, type }, minor) && !spec.externalTrafficPolicy
          ? { externalTrafficPolicy: 'Cluster' }
          : {}),
        ...(type === 'LoadBalancer' && has(minor, apiServer.balancersMayGoWithoutPorts)
          ? { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true }
          : {}),
        ...(hasInternalPolicy(type, minor) ? { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' } : {}),
      },
      status: { ...service.status, loadBalancer: service.status?.loadBalancer ?? {} },
    }
  },
  begin: allocate,
  prepareForCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
  prepareForUpdate: (next, old, context) =>
    factAt(dropsNodePorts, context.minor) ? withoutUnused(next, old, context.minor) : next,
  validateName: (name, isPrefix, { minor }) => {
    const whole = maskTrailingDash(name, isPrefix)
    return has(minor, apiServer.servicesHaveLabelNames) ? dns1123Label(whole, minor) : dns1035Label(whole)
  },
  validate: (service, context) =>
    errorsOf(context, (v) => {
      validateService(v, service)
      validateServiceSctp(v, service, undefined)
      validateMixedProtocols(v, service, undefined)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateServiceUpdate(v, next, old)
      validateServiceSctp(v, next, old)
      validateMixedProtocols(v, next, old)
    }),
  warningsOnCreate: (service, { minor }) => serviceWarnings(service, minor),
  warningsOnUpdate: (next, _old, { minor }) => serviceWarnings(next, minor),
  table: {
    columns: serviceColumns,
    row: (service, context) => {
      const { spec = {} } = service
      const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
        nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
      )
      return [
        service.metadata.name,
        spec.type ?? '',
        spec.clusterIP || '<none>',
        externalCell(service),
        ports.join(',') || '<none>',
        ageCell(service, context),
        labelsCell(spec.selector),
      ]
    },
  },
}

/** Source: getServiceExternalIP. */
function externalCell({ spec = {}, status }: Service): string {
  const own = spec.externalIPs ?? []
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || '<none>'
    case 'LoadBalancer':
      return [...addressesOf(status?.loadBalancer), ...own].join(',') || '<pending>'
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

/** Addresses of a load balancer, sorted. Source: loadBalancerStatusStringer. */
export function addressesOf(status: LoadBalancerStatus | undefined): readonly string[] {
  const addresses = (status?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  return [...new Set(addresses.filter((address) => address !== ''))].sort()
}

export const endpointsStrategy: Strategy<Endpoints> = {
  resource: { group: '', version: 'v1', resource: 'endpoints' },
  kind: 'Endpoints',
  namespaced: true,
  allowsCreateOnUpdate: true,
  defaults: (endpoints) =>
    endpoints.subsets === undefined ? endpoints : { ...endpoints, subsets: endpoints.subsets.map(defaultSubset) },
  validate: (endpoints, context) => errorsOf(context, (v) => validateSubsets(v, endpoints.subsets ?? [])),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validateSubsets(v, next.subsets ?? [])),
  table: {
    columns: endpointColumns,
    row: (endpoints, context) => [
      endpoints.metadata.name,
      endpointsCell(endpoints.subsets ?? []),
      ageCell(endpoints, context),
    ],
  },
}

function defaultSubset(subset: EndpointSubset): EndpointSubset {
  if (subset.ports === undefined) return subset
  return { ...subset, ports: subset.ports.map((port) => ({ ...port, protocol: port.protocol || 'TCP' })) }
}

/** At most three are listed. Source: formatEndpoints. */
function endpointsCell(subsets: readonly EndpointSubset[]): string {
  if (subsets.length === 0) return '<none>'
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const listed = addresses.map(({ ip = '' }) => ip)
    if (ports.length === 0) return listed
    return ports.flatMap(({ port }) => listed.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)))
  })
  const shown = all.slice(0, 3).join(',')
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown
}
