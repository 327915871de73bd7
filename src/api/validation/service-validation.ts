import { goQuote } from '../../go/quote.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { Service, ServicePort, ServiceSpec } from '../types/services.ts'
import { protocols, validateNonSpecialIp } from './endpoints-validation.ts'
import { cidr, dns1123Label, dns1123Subdomain, ipAddress, isCidr, portNumber, qualifiedName } from './formats.ts'
import { validatePort } from './probe-validation.ts'
import { isHeadless, validateAddressChange, validateClusterIps } from './service-addresses-validation.ts'
import { validateLabels } from './validate-meta.ts'
import { isUnset, type Validator } from './validator.ts'

/** Services. Source: pkg/apis/core/validation/validation.go. */

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
/** Port of the kubelet, which a load balancer may not take. Source: pkg/master/ports/ports.go. */
const kubeletPort = 10_250
/** Source: pkg/apis/core/types.go, MaxClientIPServiceAffinitySeconds. */
const affinitySecondsMax = 86_400

/** Source: ValidateService, metadata apart. */
export function validateService(v: Validator, { metadata, spec = {} }: Service): void {
  const ports = spec.ports ?? []
  if (ports.length === 0 && !isHeadless(spec, v.minor) && spec.type !== 'ExternalName') v.required('spec.ports')
  validateByType(v, spec, ports)
  const names = new Set<string>()
  for (const [index, port] of ports.entries()) {
    validateServicePort(v, `spec.ports[${index}]`, port, ports.length > 1, names)
  }
  v.add(validateLabels(spec.selector, 'spec.selector', v.minor))
  validateAffinity(v, spec)
  validateClusterIps(v, spec)
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const problems = ipAddress(ip, v.minor)
    v.each(`spec.externalIPs[${index}]`, ip, problems)
    if (problems.length === 0) validateNonSpecialIp(v, `spec.externalIPs[${index}]`, ip)
  }
  if (isUnset(spec.type)) v.required('spec.type')
  else if (!serviceTypes.includes(spec.type)) v.notSupported('spec.type', spec.type, serviceTypes)
  validatePorts(v, spec, ports)
  validateSourceRanges(v, spec, metadata.annotations)
  validateBalancerFields(v, spec)
  validateExternalPolicy(v, spec)
  validateInternalPolicy(v, spec)
}

function validateByType(v: Validator, spec: ServiceSpec, ports: readonly ServicePort[]): void {
  switch (spec.type) {
    case 'LoadBalancer':
      for (const [index, { port = 0 }] of ports.entries()) {
        if (port !== kubeletPort) continue
        const text = `may not expose port ${kubeletPort} externally since it is used by kubelet`
        v.invalid(`spec.ports[${index}]`, port, text)
      }
      validateNotHeadless(v, spec, 'LoadBalancer')
      break
    case 'NodePort':
      validateNotHeadless(v, spec, 'NodePort')
      break
    case 'ExternalName': {
      validateNoAddresses(v, spec)
      const name = (spec.externalName ?? '').replace(/\.$/, '')
      if (name === '') v.required('spec.externalName')
      else v.each('spec.externalName', name, dns1123Subdomain(name, v.minor))
      break
    }
    default:
  }
}

function validateNotHeadless(v: Validator, spec: ServiceSpec, type: string): void {
  if (!isHeadless(spec, v.minor)) return
  const field = has(v.minor, apiServer.servicesHaveClusterIps) ? 'spec.clusterIPs[0]' : 'spec.clusterIP'
  v.invalid(field, 'None', `may not be set to 'None' for ${type} services`)
}

function validateNoAddresses(
  v: Validator,
  { clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: ServiceSpec,
): void {
  if (!has(v.minor, apiServer.servicesHaveClusterIps)) {
    if (!isUnset(clusterIP)) v.forbidden('spec.clusterIP', 'must be empty for ExternalName services')
    return
  }
  const why = 'may not be set for ExternalName services'
  if (clusterIPs.length > 0) v.forbidden('spec.clusterIPs', why)
  if (ipFamilies.length > 0) v.forbidden('spec.ipFamilies', why)
  if (ipFamilyPolicy !== undefined) v.forbidden('spec.ipFamilyPolicy', why)
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
  if (port.appProtocol === undefined) return
  if (has(v.minor, apiServer.appProtocol)) {
    v.each(`${field}.appProtocol`, port.appProtocol, qualifiedName(port.appProtocol, v.minor))
  } else v.forbidden(`${field}.appProtocol`, 'This field can be enabled with the ServiceAppProtocol feature gate')
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
  if (!has(v.minor, apiServer.tellsMixedProtocolsLast)) validateBalancerProtocols(v, spec, ports)
  const nodePorts = new Set<string>()
  const known = new Set<string>()
  for (const [index, { nodePort }] of ports.entries()) {
    if (spec.type === 'ClusterIP' && nodePort) {
      v.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")
    }
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
      const shown = has(v.minor, apiServer.showsValuesAsJson) ? jsonPort(protocol, port) : goPort({ protocol, port })
      const body = `Duplicate value: ${shown}`
      v.add([{ type: 'FieldValueDuplicate', field: `spec.ports[${index}]`, body }])
    }
    known.add(key)
  }
}

function validateBalancerProtocols(v: Validator, spec: ServiceSpec, ports: readonly ServicePort[]): void {
  if (spec.type !== 'LoadBalancer') return
  const mixed = new Set<string>()
  for (const [index, { protocol = '' }] of ports.entries()) {
    if (protocols.includes(protocol)) mixed.add(protocol)
    else {
      const text = 'cannot create an external load balancer with non-TCP/UDP/SCTP ports'
      v.invalid(`spec.ports[${index}].protocol`, protocol, text)
    }
  }
  if (mixed.size > 1)
    v.invalidGo('spec.ports', goPorts(ports), 'cannot create an external load balancer with mix protocols')
}

/**
 * A load balancer of one protocol does not come to have two, before v1.24.
 * Source: conditional_validation.go, validateMixedProtocolLBService; pkg/features/kube_features.go, MixedProtocolLBService (beta).
 */
export function validateMixedProtocols(v: Validator, { spec = {} }: Service, old: Service | undefined): void {
  if (!has(v.minor, apiServer.tellsMixedProtocolsLast) || has(v.minor, apiServer.balancersMixProtocols)) return
  if (spec.type !== 'LoadBalancer') return
  const protocolsOf = (ports: readonly ServicePort[] = []) => new Set(ports.map(({ protocol }) => protocol)).size
  if (protocolsOf(spec.ports) < 2 || protocolsOf(old?.spec?.ports) > 1) return
  v.invalidGo(
    'spec.ports',
    goPorts(spec.ports ?? []),
    "may not contain more than 1 protocol when type is 'LoadBalancer'",
  )
}

const goPorts = (ports: readonly ServicePort[]) => `[]core.ServicePort{${ports.map(goPort).join(', ')}}`

const jsonPort = (protocol: string, port: number) =>
  JSON.stringify({ Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 })

/** A port as `%#v` writes it. */
function goPort({ name = '', protocol = '', port = 0, targetPort = 0, nodePort = 0 }: ServicePort): string {
  const target =
    typeof targetPort === 'string'
      ? `intstr.IntOrString{Type:1, IntVal:0, StrVal:${goQuote(targetPort)}}`
      : `intstr.IntOrString{Type:0, IntVal:${targetPort}, StrVal:""}`
  return `core.ServicePort{Name:${goQuote(name)}, Protocol:${goQuote(protocol)}, AppProtocol:(*string)(nil), Port:${port}, TargetPort:${target}, NodePort:${nodePort}}`
}

/** Source: pkg/apis/core/annotation_key_constants.go, AnnotationLoadBalancerSourceRangesKey. */
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges'

function validateSourceRanges(
  v: Validator,
  spec: ServiceSpec,
  annotations: Readonly<Record<string, string>> = {},
): void {
  const ranges = spec.loadBalancerSourceRanges ?? []
  const annotated = annotations[rangesAnnotation]
  if (ranges.length === 0 && annotated === undefined) return
  const field = ranges.length > 0 ? 'spec.LoadBalancerSourceRanges' : `metadata.annotations[${rangesAnnotation}]`
  if (spec.type !== 'LoadBalancer') v.forbidden(field, "may only be used when `type` is 'LoadBalancer'")
  const all = ranges.length > 0 ? ranges : (annotated?.trim() || '0.0.0.0/0').split(',')
  if (has(v.minor, apiServer.addressesAreToldAlike)) {
    for (const [index, range] of all.entries()) {
      v.each(ranges.length > 0 ? `${field}[${index}]` : field, range.trim(), cidr(range.trim(), v.minor))
    }
  } else if (!all.every((range) => isCidr(range.trim()))) {
    const text = 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 '
    v.invalid(field, ranges.length > 0 ? `[${ranges.join(' ')}]` : annotated, text)
  }
}

/** Source: ValidateService and validateLoadBalancerClassField. */
function validateBalancerFields(v: Validator, spec: ServiceSpec): void {
  const { type, allocateLoadBalancerNodePorts: allocates, loadBalancerClass: name } = spec
  const why = "may only be used when `type` is 'LoadBalancer'"
  const isBalancer = type === 'LoadBalancer'
  if (allocates !== undefined && !isBalancer) v.forbidden('spec.allocateLoadBalancerNodePorts', why)
  if (allocates === undefined && isBalancer && has(v.minor, apiServer.balancersMayGoWithoutPorts)) {
    v.required('allocateLoadBalancerNodePorts')
  }
  if (name === undefined) return
  if (isBalancer) v.each('spec.loadBalancerClass', name, qualifiedName(name, v.minor))
  else v.forbidden('spec.loadBalancerClass', why)
}

/** Whether a balancer asks the node whether it has a Pod of the Service. Source: pkg/api/service/util.go, NeedsHealthCheck. */
export function needsHealthCheck({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

/** Whether traffic may come from without. Source: needsExternalTrafficPolicy; from v1.29 pkg/api/service/util.go, ExternallyAccessible (#119150). */
export function isExternal({ type, externalIPs = [] }: ServiceSpec, minor: number): boolean {
  if (type === 'LoadBalancer' || type === 'NodePort') return true
  return type === 'ClusterIP' && externalIPs.length > 0 && has(minor, apiServer.externalIpsHavePolicies)
}

/** Source: validateServiceExternalTrafficPolicy; before v1.23 ValidateServiceExternalTrafficFieldsValue. */
function validateExternalPolicy(v: Validator, spec: ServiceSpec): void {
  const { externalTrafficPolicy: policy, healthCheckNodePort: port = 0 } = spec
  const field = 'spec.externalTrafficPolicy'
  if (!has(v.minor, apiServer.externalPoliciesFitTypes)) {
    if (!isUnset(policy) && !trafficPolicies.includes(policy)) {
      v.invalid(field, policy, 'ExternalTrafficPolicy must be empty, Cluster or Local')
    }
    if (port < 0) v.invalid('spec.healthCheckNodePort', port, 'HealthCheckNodePort must be not less than 0')
    return
  }
  if (!isExternal(spec, v.minor)) {
    const where = has(v.minor, apiServer.externalIpsHavePolicies)
      ? 'may only be set for externally-accessible services'
      : "may only be set when `type` is 'NodePort' or 'LoadBalancer'"
    if (!isUnset(policy)) v.invalid(field, policy, where)
  } else if (isUnset(policy)) v.required(field)
  else if (!trafficPolicies.includes(policy)) v.notSupported(field, policy, trafficPolicies)
  if (!needsHealthCheck(spec)) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    if (port !== 0) v.invalid('spec.healthCheckNodePort', port, why)
  } else if (port === 0) v.required('spec.healthCheckNodePort')
  else v.each('spec.healthCheckNodePort', port, portNumber(port))
}

const trafficPolicies = ['Cluster', 'Local']

/** Source: validateServiceInternalTrafficFieldsValue; from v1.24 not of a name (#104846). */
const policiedTypes: ReadonlySet<string> = new Set(['ClusterIP', 'LoadBalancer', 'NodePort'])

function validateInternalPolicy(v: Validator, { type, internalTrafficPolicy: policy }: ServiceSpec): void {
  if (!has(v.minor, apiServer.servicesHaveInternalPolicies)) return
  const isFree = !policiedTypes.has(type ?? '') && has(v.minor, apiServer.namesHaveNoInternalPolicy)
  if (policy === undefined) {
    if (!isFree) v.required('spec.internalTrafficPolicy')
  } else if (!trafficPolicies.includes(policy)) v.notSupported('spec.internalTrafficPolicy', policy, trafficPolicies)
}

/** Source: ValidateServiceUpdate, metadata apart. */
export function validateServiceUpdate(v: Validator, next: Service, old: Service): void {
  validateAddressChange(v, next.spec ?? {}, old.spec ?? {})
  const { spec = {} } = next
  const before = old.spec ?? {}
  if (has(v.minor, apiServer.externalPoliciesFitTypes)) {
    validateClassChange(v, spec, before)
    const isChecked = needsHealthCheck(before) && needsHealthCheck(spec)
    if (isChecked && before.healthCheckNodePort !== spec.healthCheckNodePort) {
      v.forbidden('spec.healthCheckNodePort', 'field is immutable')
    }
  }
  validateService(v, next)
}

/** Source: validateLoadBalancerClassField, which ValidateService asks once more without the old one. */
function validateClassChange(v: Validator, spec: ServiceSpec, old: ServiceSpec): void {
  const name = spec.loadBalancerClass
  if (spec.type === 'LoadBalancer') {
    if (old.type === 'LoadBalancer' && old.loadBalancerClass !== name) {
      v.invalid('spec.loadBalancerClass', name, 'may not change once set')
    }
    if (name !== undefined) v.each('spec.loadBalancerClass', name, qualifiedName(name, v.minor))
  } else if (name !== undefined) v.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")
}

/** SCTP is alpha until v1.19. Source: conditional_validation.go, ValidateConditionalService. */
export function validateServiceSctp(v: Validator, next: Service, old: Service | undefined): void {
  const isSctp = ({ protocol }: ServicePort) => protocol === 'SCTP'
  if (has(v.minor, apiServer.sctp) || (old?.spec?.ports ?? []).some(isSctp)) return
  for (const [index, port] of (next.spec?.ports ?? []).entries()) {
    if (isSctp(port)) v.notSupported(`spec.ports[${index}].protocol`, 'SCTP', ['TCP', 'UDP'])
  }
}
