import type {
  EndpointSubset,
  Endpoints,
  LoadBalancerStatus,
  Service,
  ServicePort,
  ServiceSpec,
} from '../../../api/types/services.ts'
import { dns1035Label, maskTrailingDash } from '../../../api/validation/formats.ts'
import {
  validateService,
  validateServiceSctp,
  validateServiceUpdate,
  validateSubsets,
} from '../../../api/validation/service-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { factAt, type VersionedFact } from '../../../versions/version.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { endpointColumns, serviceColumns } from './columns.ts'
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

/** An address and node ports for a Service that needs them; they are random, as the original's are. */
function allocate(service: Service, context: RegistryContext): Service {
  const { spec = {} } = service
  if (spec.type === 'ExternalName') {
    const { clusterIPs: _ips, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec
    return { ...service, spec: rest }
  }
  const clusterIP = spec.clusterIP || context.addresses.drawAddress(context.random)
  const isExposed = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  const ports = spec.ports?.map((port) =>
    isExposed && !port.nodePort ? { ...port, nodePort: context.addresses.drawPort(context.random) } : port,
  )
  const families = familiesOf({ ...spec, clusterIP }, context.minor)
  return { ...service, spec: { ...spec, clusterIP, ...families, ...(ports === undefined ? {} : { ports }) } }
}

/** Addresses and their families in a cluster of IPv4. Source: pkg/registry/core/service/storage/alloc.go, initIPFamilyFields. */
function familiesOf(spec: ServiceSpec, minor: number): Partial<ServiceSpec> {
  const { clusterIP = '', clusterIPs, ipFamilies, ipFamilyPolicy } = spec
  const ips = has(minor, apiServer.servicesHaveClusterIps)
    ? { clusterIPs: clusterIPs?.[0] === clusterIP ? clusterIPs : [clusterIP] }
    : {}
  if (!has(minor, apiServer.servicesHaveFamilies)) return ips
  // Nobody knows of which family are the addresses that somebody else writes for it.
  const isOpen = clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
  return {
    ...ips,
    ipFamilies: ipFamilies ?? (isOpen ? ['IPv4', 'IPv6'] : ['IPv4']),
    ipFamilyPolicy: ipFamilyPolicy ?? (isOpen ? 'RequireDualStack' : 'SingleStack'),
  }
}

/** A type that has no node ports drops those of the type before. */
const dropsNodePorts: VersionedFact<boolean> = {
  source: 'pkg/registry/core/service/strategy.go, dropTypeDependentFields',
  initially: false,
  since: [[20, true]],
}

const usesNodePorts = ({ spec }: Service) => spec?.type === 'NodePort' || spec?.type === 'LoadBalancer'

/** Unless somebody changed one of them. */
function withoutNodePorts(ports: readonly ServicePort[], next: Service, old: Service): readonly ServicePort[] {
  if (!usesNodePorts(old) || usesNodePorts(next)) return ports
  const before = new Set(old.spec?.ports?.map(({ nodePort }) => nodePort))
  if (ports.some(({ nodePort }) => nodePort && !before.has(nodePort))) return ports
  return ports.map(({ nodePort: _, ...port }) => port)
}

/** Source: pkg/registry/core/service/{ipallocator,portallocator}/allocator.go, ErrAllocated. */
function validateAddresses(v: Validator, { metadata, spec }: Service, { addresses }: RegistryContext): void {
  const { clusterIP = '', ports = [] } = spec ?? {}
  if (clusterIP !== '' && clusterIP !== 'None' && addresses.isTaken(clusterIP, metadata.uid)) {
    v.invalid('spec.clusterIP', clusterIP, 'provided IP is already allocated')
  }
  for (const [index, { nodePort }] of ports.entries()) {
    if (nodePort && addresses.isTaken(nodePort, metadata.uid)) {
      v.invalid(`spec.ports[${index}].nodePort`, nodePort, 'provided port is already allocated')
    }
  }
}

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
    const isExposed = type === 'NodePort' || type === 'LoadBalancer'
    const config =
      sessionAffinity !== 'ClientIP'
        ? undefined
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
        ...(isExposed && !spec.externalTrafficPolicy ? { externalTrafficPolicy: 'Cluster' } : {}),
        ...(type === 'LoadBalancer' && has(minor, apiServer.balancersMayGoWithoutPorts)
          ? { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true }
          : {}),
        ...(type !== 'ExternalName' && has(minor, apiServer.servicesHaveInternalPolicies)
          ? { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' }
          : {}),
      },
      status: { ...service.status, loadBalancer: service.status?.loadBalancer ?? {} },
    }
  },
  prepareForCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
  completeForCreate: (service, context) => allocate(service, context),
  // An address once given is kept when the next version leaves it out. Source: patchAllocatedValues and PrepareForUpdate.
  prepareForUpdate: (next, old, context) => {
    const clusterIP = next.spec?.clusterIP || (next.spec?.type === 'ExternalName' ? '' : (old.spec?.clusterIP ?? ''))
    const ports = next.spec?.ports?.map((port) => {
      const same = old.spec?.ports?.find((known) => known.port === port.port && known.protocol === port.protocol)
      return port.nodePort || !same?.nodePort || next.spec?.type === 'ClusterIP'
        ? port
        : { ...port, nodePort: same.nodePort }
    })
    const kept =
      ports === undefined || !factAt(dropsNodePorts, context.minor) ? ports : withoutNodePorts(ports, next, old)
    const { ipFamilies, ipFamilyPolicy } = old.spec ?? {}
    const spec = {
      ...(ipFamilies === undefined ? {} : { ipFamilies }),
      ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
      ...next.spec,
      ...(kept === undefined ? {} : { ports: kept }),
    }
    return allocate({ ...next, spec: clusterIP === '' ? spec : { ...spec, clusterIP } }, context)
  },
  validateName: (name, isPrefix) => dns1035Label(maskTrailingDash(name, isPrefix)),
  validate: (service, context) =>
    errorsOf(context, (v) => {
      validateService(v, service)
      validateServiceSctp(v, service, undefined)
      validateAddresses(v, service, context)
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateServiceUpdate(v, next, old)
      validateService(v, next)
      validateServiceSctp(v, next, old)
      validateAddresses(v, next, context)
    }),
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
