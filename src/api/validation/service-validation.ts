import { goQuote } from '../../go/quote.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { EndpointSubset, Service, ServicePort, ServiceSpec } from '../types/services.ts'
import { validatePort } from './container-validation.ts'
import { dns1123Label, dns1123Subdomain, ipAddress, isCidr, parseIp, portNumber } from './formats.ts'
import { validateLabels } from './validate-meta.ts'
import { isUnset, type Validator } from './validator.ts'

/** Services and Endpoints. Source: pkg/apis/core/validation/validation.go. */

const protocols = ['SCTP', 'TCP', 'UDP']
const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
/** Port of the kubelet, which a load balancer may not take. Source: pkg/master/ports/ports.go. */
const kubeletPort = 10_250
/** Source: pkg/apis/core/types.go, MaxClientIPServiceAffinitySeconds. */
const affinitySecondsMax = 86_400

/** Source: ValidateService. */
export function validateService(v: Validator, { spec = {} }: Service): void {
  const isHeadless = spec.clusterIP === 'None'
  const ports = spec.ports ?? []
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') v.required('spec.ports')
  validateByType(v, spec, ports)
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    validateServicePort(v, `spec.ports[${index}]`, port, ports.length > 1, names)
  }
  v.add(validateLabels(spec.selector, 'spec.selector', v.minor))
  validateAffinity(v, spec)
  if (!isUnset(spec.clusterIP) && !isHeadless && parseIp(spec.clusterIP) === undefined) {
    v.invalid('spec.clusterIP', spec.clusterIP, "must be empty, 'None', or a valid IP address")
  }
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const problems = ipAddress(ip, v.minor)
    v.each(`spec.externalIPs[${index}]`, ip, problems)
    if (problems.length === 0) validateNonSpecialIp(v, `spec.externalIPs[${index}]`, ip)
  }
  if (isUnset(spec.type)) v.required('spec.type')
  else if (!serviceTypes.includes(spec.type)) v.notSupported('spec.type', spec.type, serviceTypes)
  validatePorts(v, spec, ports)
  validateSourceRanges(v, spec)
  const policy = spec.externalTrafficPolicy
  if (!isUnset(policy) && policy !== 'Cluster' && policy !== 'Local') {
    v.invalid('spec.externalTrafficPolicy', policy, 'ExternalTrafficPolicy must be empty, Cluster or Local')
  }
  if ((spec.healthCheckNodePort ?? 0) < 0) {
    const text = 'HealthCheckNodePort must be not less than 0'
    v.invalid('spec.healthCheckNodePort', spec.healthCheckNodePort, text)
  }
}

function validateByType(v: Validator, spec: ServiceSpec, ports: readonly ServicePort[]): void {
  switch (spec.type) {
    case 'LoadBalancer':
      for (const [index, { port = 0 }] of ports.entries()) {
        if (port !== kubeletPort) continue
        const text = `may not expose port ${kubeletPort} externally since it is used by kubelet`
        v.invalid(`spec.ports[${index}]`, port, text)
      }
      if (spec.clusterIP === 'None') {
        v.invalid('spec.clusterIP', 'None', "may not be set to 'None' for LoadBalancer services")
      }
      break
    case 'NodePort':
      if (spec.clusterIP === 'None') {
        v.invalid('spec.clusterIP', 'None', "may not be set to 'None' for NodePort services")
      }
      break
    case 'ExternalName': {
      if (!isUnset(spec.clusterIP)) v.forbidden('spec.clusterIP', 'must be empty for ExternalName services')
      const name = (spec.externalName ?? '').replace(/\.$/, '')
      if (name === '') v.required('spec.externalName')
      else v.each('spec.externalName', name, dns1123Subdomain(name, v.minor))
      break
    }
    default:
  }
}

/** Source: validateServicePort. */
function validateServicePort(
  v: Validator,
  field: string,
  port: ServicePort,
  isNameRequired: boolean,
  names: Set<string>,
): void {
  if (isUnset(port.name)) {
    if (isNameRequired) v.required(`${field}.name`)
  } else {
    v.each(`${field}.name`, port.name, dns1123Label(port.name, v.minor))
    if (names.has(port.name)) v.duplicate(`${field}.name`, port.name)
    names.add(port.name)
  }
  v.each(`${field}.port`, port.port ?? 0, portNumber(port.port ?? 0))
  if (isUnset(port.protocol)) v.required(`${field}.protocol`)
  else if (!protocols.includes(port.protocol)) v.notSupported(`${field}.protocol`, port.protocol, protocols)
  validatePort(v, `${field}.targetPort`, port.targetPort)
  if (port.appProtocol !== undefined && !has(v.minor, apiServer.appProtocol)) {
    v.forbidden(`${field}.appProtocol`, 'This field can be enabled with the ServiceAppProtocol feature gate')
  }
}

function validateAffinity(v: Validator, spec: ServiceSpec): void {
  const { sessionAffinity = '', sessionAffinityConfig: config } = spec
  const field = 'spec.sessionAffinityConfig'
  const when = 'when session affinity type is ClientIP'
  if (sessionAffinity === '') v.required('spec.sessionAffinity')
  else if (sessionAffinity === 'None') {
    if (config !== undefined) v.forbidden(field, 'must not be set when session affinity is None')
  } else if (sessionAffinity !== 'ClientIP') {
    v.notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'])
  } else if (config === undefined) v.required(field, when)
  else if (config.clientIP === undefined) v.required(`${field}.clientIP`, when)
  else {
    const seconds = config.clientIP.timeoutSeconds
    if (seconds === undefined) v.required(`${field}.clientIP.timeoutSeconds`, when)
    else if (seconds <= 0 || seconds > affinitySecondsMax) {
      const text = `must be greater than 0 and less than ${affinitySecondsMax}`
      v.invalid(`${field}.clientIP.timeoutSeconds`, seconds, text)
    }
  }
}

function validatePorts(v: Validator, spec: ServiceSpec, ports: readonly ServicePort[]): void {
  const nodePorts = new Set<string>()
  const known = new Set<string>()
  const mixed = new Set<string>()
  for (const [index, { protocol = '', nodePort }] of ports.entries()) {
    if (spec.type === 'LoadBalancer') {
      if (protocols.includes(protocol)) mixed.add(protocol)
      else {
        const text = 'cannot create an external load balancer with non-TCP/UDP/SCTP ports'
        v.invalid(`spec.ports[${index}].protocol`, protocol, text)
      }
    }
    if (spec.type === 'ClusterIP' && nodePort) {
      v.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")
    }
  }
  if (mixed.size > 1) {
    const shown = `[]core.ServicePort{${ports.map(goPort).join(', ')}}`
    v.invalidGo('spec.ports', shown, 'cannot create an external load balancer with mix protocols')
  }
  for (const [index, { protocol = '', nodePort }] of ports.entries()) {
    if (!nodePort) continue
    const key = `${protocol}/${nodePort}`
    if (nodePorts.has(key)) v.duplicate(`spec.ports[${index}].nodePort`, nodePort)
    nodePorts.add(key)
  }
  for (const [index, { protocol = '', port = 0 }] of ports.entries()) {
    const key = `${protocol}/${port}`
    if (known.has(key)) {
      const body = `Duplicate value: ${goPort({ protocol, port })}`
      v.add([{ type: 'FieldValueDuplicate', field: `spec.ports[${index}]`, body }])
    }
    known.add(key)
  }
}

/** A port as `%#v` writes it. */
function goPort({ name = '', protocol = '', port = 0, targetPort = 0, nodePort = 0 }: ServicePort): string {
  const target =
    typeof targetPort === 'string'
      ? `intstr.IntOrString{Type:1, IntVal:0, StrVal:${goQuote(targetPort)}}`
      : `intstr.IntOrString{Type:0, IntVal:${targetPort}, StrVal:""}`
  return `core.ServicePort{Name:${goQuote(name)}, Protocol:${goQuote(protocol)}, AppProtocol:(*string)(nil), Port:${port}, TargetPort:${target}, NodePort:${nodePort}}`
}

function validateSourceRanges(v: Validator, spec: ServiceSpec): void {
  const ranges = spec.loadBalancerSourceRanges ?? []
  if (ranges.length === 0) return
  const field = 'spec.LoadBalancerSourceRanges'
  if (spec.type !== 'LoadBalancer') v.forbidden(field, "may only be used when `type` is 'LoadBalancer'")
  if (!ranges.every((range) => isCidr(range.trim()))) {
    const text = 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 '
    v.invalid(field, `[${ranges.join(' ')}]`, text)
  }
}

/** Source: ValidateServiceUpdate, metadata apart. */
export function validateServiceUpdate(v: Validator, next: Service, old: Service): void {
  const before = old.spec?.clusterIP ?? ''
  const now = next.spec?.clusterIP ?? ''
  const isNamed = next.spec?.type === 'ExternalName' || old.spec?.type === 'ExternalName'
  if (!isNamed && before !== '' && before !== now) v.invalid('spec.clusterIP', now, 'field is immutable')
}

/** Source: ValidateNonSpecialIP. */
/** Source: ValidateNonSpecialIP. */
export function validateNonSpecialIp(v: Validator, field: string, ip: string): void {
  const family = parseIp(ip)
  if (family === undefined) {
    v.invalid(field, ip, 'must be a valid IP address')
    return
  }
  const isSix = family === 6
  const lower = ip.toLowerCase()
  if (ip === '0.0.0.0' || lower === '::') v.invalid(field, ip, 'may not be unspecified (0.0.0.0)')
  if (isSix ? lower === '::1' : ip.startsWith('127.')) {
    v.invalid(field, ip, 'may not be in the loopback range (127.0.0.0/8)')
  }
  if (isSix ? /^fe[89ab]/.test(lower) : ip.startsWith('169.254.')) {
    v.invalid(field, ip, 'may not be in the link-local range (169.254.0.0/16)')
  }
  if (isSix ? /^ff[0-9a-f]2:/.test(lower) : ip.startsWith('224.0.0.')) {
    v.invalid(field, ip, 'may not be in the link-local multicast range (224.0.0.0/24)')
  }
}

/** SCTP is alpha until v1.19. Source: conditional_validation.go, ValidateConditionalService. */
export function validateServiceSctp(v: Validator, next: Service, old: Service | undefined): void {
  const isSctp = ({ protocol }: ServicePort) => protocol === 'SCTP'
  if (has(v.minor, apiServer.sctp) || (old?.spec?.ports ?? []).some(isSctp)) return
  for (const [index, port] of (next.spec?.ports ?? []).entries()) {
    if (isSctp(port)) v.notSupported(`spec.ports[${index}].protocol`, 'SCTP', ['TCP', 'UDP'])
  }
}

/** Source: validateEndpointSubsets. */
export function validateSubsets(v: Validator, subsets: readonly EndpointSubset[]): void {
  for (const [index, subset] of subsets.entries()) {
    const path = `subsets[${index}]`
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset
    if (addresses.length + notReadyAddresses.length === 0) {
      v.required(path, 'must specify `addresses` or `notReadyAddresses`')
    }
    for (const [member, listed] of [
      ['addresses', addresses],
      ['notReadyAddresses', notReadyAddresses],
    ] as const) {
      for (const [at, address] of listed.entries()) {
        const field = `${path}.${member}[${at}]`
        const { ip = '', hostname, nodeName } = address
        v.each(`${field}.ip`, ip, ipAddress(ip, v.minor))
        if (!isUnset(hostname)) v.each(`${field}.hostname`, hostname, dns1123Label(hostname, v.minor))
        if (nodeName !== undefined) v.each(`${field}.nodeName`, nodeName, dns1123Subdomain(nodeName, v.minor))
        validateNonSpecialIp(v, `${field}.ip`, ip)
      }
    }
    for (const [at, { name, port = 0, protocol }] of ports.entries()) {
      const field = `${path}.ports[${at}]`
      if (!isUnset(name)) v.each(`${field}.name`, name, dns1123Label(name, v.minor))
      else if (ports.length > 1) v.required(`${field}.name`)
      v.each(`${field}.port`, port, portNumber(port))
      if (isUnset(protocol)) v.required(`${field}.protocol`)
      else if (!protocols.includes(protocol)) v.notSupported(`${field}.protocol`, protocol, protocols)
    }
  }
}
