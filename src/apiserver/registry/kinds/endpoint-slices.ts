import { equalJson } from '../../../api/json.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../../api/types/services.ts'
import { validateNonSpecialIp } from '../../../api/validation/endpoints-validation.ts'
import {
  dns1123Label,
  dns1123Subdomain,
  ipAddress,
  labelValue,
  parseIp,
  qualifiedName,
} from '../../../api/validation/formats.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { endpointSliceColumns } from './columns.ts'
import { errorsOf } from './settings.ts'
import { ageCell } from './workload-rows.ts'

/** Source: pkg/apis/discovery/validation/validation.go, maxAddresses, maxPorts, maxEndpoints, maxZoneHints. */
const limits = { addresses: 100, ports: 20_000, endpoints: 1000, zoneHints: 8 } as const
const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const protocols = ['SCTP', 'TCP', 'UDP']

/** Source: core/v1 well_known_labels.go, LabelTopologyZone. */
const zoneKey = 'topology.kubernetes.io/zone'

/** An endpoint of v1beta1, whose topology has the zone in it. */
interface EndpointV1beta1 extends Omit<Endpoint, 'zone' | 'deprecatedTopology'> {
  readonly topology?: Readonly<Record<string, string>>
}

interface EndpointSliceV1beta1 extends Omit<EndpointSlice, 'endpoints'> {
  readonly endpoints?: readonly EndpointV1beta1[] | null
}

/** Kept in the form of v1. Source: pkg/registry/discovery/endpointslice/strategy.go, pkg/apis/discovery/v1beta1/conversion.go. */
export const endpointSliceStrategy: Strategy<EndpointSlice> = {
  resource: { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' },
  kind: 'EndpointSlice',
  namespaced: true,
  converted: {
    toStored: (object, version) => (version === 'v1' ? (object as EndpointSlice) : fromV1beta1(object)),
    toServed: (slice, version) => (version === 'v1' ? slice : toV1beta1(slice)),
  },
  defaults: (slice) => ({
    ...slice,
    endpoints: emptyAsNull(slice.endpoints),
    ports: emptyAsNull(slice.ports?.map(defaultPort)),
  }),
  prepareForCreate: (slice) => ({ ...slice, metadata: { ...slice.metadata, generation: 1 } }),
  prepareForUpdate: (next, old) => ({
    ...next,
    metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + (isChanged(next, old) ? 1 : 0) },
  }),
  validate: (slice, context) => errorsOf(context, (v) => validateSlice(v, slice)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateSlice(v, next)
      if (next.addressType !== old.addressType) v.invalid('addressType', next.addressType, 'field is immutable')
    }),
  warningsOnCreate: ({ addressType }) =>
    addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [],
  table: {
    columns: endpointSliceColumns,
    row: (slice: EndpointSlice, context: RegistryContext) => [
      slice.metadata.name,
      slice.addressType ?? '',
      cell((slice.ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)))),
      cell((slice.endpoints ?? []).flatMap(({ addresses }) => addresses)),
      ageCell(slice, context),
    ],
  },
}

/** At most three are listed. Source: pkg/printers/internalversion/printers.go, listWithMoreString. */
function cell(all: readonly string[]): string {
  const shown = all.slice(0, 3).join(',')
  if (all.length > 3) return `${shown} + ${all.length - 3} more...`
  return shown || '<unset>'
}

/** Lists without members have none once they went through protobuf, and are written as null. */
function emptyAsNull<T>(list: readonly T[] | null | undefined): readonly T[] | null {
  return list === null || list === undefined || list.length === 0 ? null : list
}

/** Source: pkg/apis/discovery/v1/defaults.go. */
function defaultPort(port: EndpointPort): EndpointPort {
  return { ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' }
}

function isChanged(next: EndpointSlice, old: EndpointSlice): boolean {
  return (
    next.addressType !== old.addressType ||
    !equalJson(next.endpoints ?? null, old.endpoints ?? null) ||
    !equalJson(next.ports ?? null, old.ports ?? null) ||
    !equalJson(next.metadata.labels ?? {}, old.metadata.labels ?? {})
  )
}

function fromV1beta1(object: object): EndpointSlice {
  const slice = object as EndpointSliceV1beta1 // decoded as one
  const endpoints = slice.endpoints?.map(({ topology, ...endpoint }): Endpoint => {
    const { [zoneKey]: zone, ...others } = topology ?? {}
    return {
      ...endpoint,
      ...(zone === undefined ? {} : { zone }),
      ...(Object.keys(others).length === 0 ? {} : { deprecatedTopology: others }),
    }
  })
  return { ...slice, endpoints: endpoints ?? null }
}

function toV1beta1({ endpoints, ...slice }: EndpointSlice): EndpointSliceV1beta1 {
  const shown = endpoints?.map(({ zone, deprecatedTopology, ...endpoint }): EndpointV1beta1 => {
    const topology = { ...deprecatedTopology, ...(zone === undefined ? {} : { [zoneKey]: zone }) }
    return { ...endpoint, ...(Object.keys(topology).length === 0 ? {} : { topology }) }
  })
  return { ...slice, endpoints: shown ?? null }
}

/** Source: ValidateEndpointSlice. */
function validateSlice(v: Validator, { addressType = '', endpoints, ports }: EndpointSlice): void {
  if (addressType === '') v.required('addressType')
  else if (!addressTypes.includes(addressType)) v.notSupported('addressType', addressType, addressTypes)
  if ((endpoints ?? []).length > limits.endpoints) v.tooMany('endpoints', endpoints?.length ?? 0, limits.endpoints)
  else
    for (const [at, endpoint] of (endpoints ?? []).entries())
      validateEndpoint(v, `endpoints[${at}]`, endpoint, addressType)
  validatePorts(v, ports ?? [])
}

function validateEndpoint(v: Validator, field: string, endpoint: Endpoint, addressType: string): void {
  const { addresses = [], nodeName, deprecatedTopology = {}, hostname, hints } = endpoint
  if (addresses.length === 0) v.required(`${field}.addresses`, 'must contain at least 1 address')
  else if (addresses.length > limits.addresses) v.tooMany(`${field}.addresses`, addresses.length, limits.addresses)
  for (const [at, address] of addresses.entries()) {
    const path = `${field}.addresses[${at}]`
    if (addressType === 'FQDN') validateDomain(v, path, address)
    else if (addressType === 'IPv4' || addressType === 'IPv6') {
      const problems = ipAddress(address, v.minor)
      if (problems.length > 0 && has(v.minor, apiServer.slicesTellAddressesOnce)) {
        v.each(path, address, problems)
        continue
      }
      if (parseIp(address) !== (addressType === 'IPv4' ? 4 : 6))
        v.invalid(path, address, `must be a valid ${addressType} address`)
      validateNonSpecialIp(v, path, address)
    }
  }
  if (nodeName !== undefined) v.each(`${field}.nodeName`, nodeName, dns1123Subdomain(nodeName, v.minor))
  for (const [key, value] of Object.entries(deprecatedTopology)) {
    v.each(`${field}.deprecatedTopology`, key, qualifiedName(key, v.minor))
    v.each(`${field}.deprecatedTopology`, value, labelValue(value, v.minor))
  }
  if (hostname !== undefined) v.each(`${field}.hostname`, hostname, dns1123Label(hostname, v.minor))
  validateHints(v, `${field}.hints.forZones`, hints?.forZones ?? [])
}

function validateHints(v: Validator, field: string, zones: readonly { readonly name: string }[]): void {
  if (zones.length > limits.zoneHints) {
    v.tooMany(field, zones.length, limits.zoneHints)
    return
  }
  const seen = new Set<string>()
  for (const [at, { name }] of zones.entries()) {
    if (seen.has(name)) v.duplicate(`${field}[${at}].name`, name)
    seen.add(name)
    v.each(`${field}[${at}].name`, name, labelValue(name, v.minor))
  }
}

/** Source: apimachinery pkg/util/validation/validation.go, IsFullyQualifiedDomainName. */
function validateDomain(v: Validator, field: string, address: string): void {
  if (address === '') {
    v.required(field)
    return
  }
  const name = address.endsWith('.') ? address.slice(0, -1) : address
  const problems = dns1123Subdomain(name, v.minor)
  if (problems.length > 0) v.invalid(field, name, problems.join(','))
  else if (!name.includes('.'))
    v.invalid(field, name, 'should be a domain with at least two segments separated by dots')
}

function validatePorts(v: Validator, ports: readonly EndpointPort[]): void {
  if (ports.length > limits.ports) {
    v.tooMany('ports', ports.length, limits.ports)
    return
  }
  const seen = new Set<string>()
  for (const [at, { name = '', protocol, appProtocol }] of ports.entries()) {
    const field = `ports[${at}]`
    if (name !== '') v.each(`${field}.name`, name, dns1123Label(name, v.minor))
    if (seen.has(name)) v.duplicate(`${field}.name`, name)
    seen.add(name)
    if (protocol === undefined) v.required(`${field}.protocol`)
    else if (!protocols.includes(protocol)) v.notSupported(`${field}.protocol`, protocol, protocols)
    if (appProtocol !== undefined) v.each(`${field}.appProtocol`, appProtocol, qualifiedName(appProtocol, v.minor))
  }
}
