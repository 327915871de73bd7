import type { KubeObject, LabelSelector } from '../../../api/types/meta.ts'
import type { LoadBalancerStatus } from '../../../api/types/services.ts'
import {
  cidr as cidrProblems,
  dns1035Label,
  dns1123Subdomain,
  isCidr,
  isHttpPath,
  isStrictSubset,
  parseIp,
  portNumber,
  regexText,
} from '../../../api/validation/formats.ts'
import {
  type IngressSpecV1,
  type ParametersReference,
  validateIngressHost,
  validateIngressPath,
  validateIngressV1,
  validateParametersReference,
} from '../../../api/validation/ingress-validation.ts'
import { validateLabelSelector } from '../../../api/validation/label-validation.ts'
import { annotation } from '../../../api/validation/pod-validation.ts'
import { validatePort } from '../../../api/validation/probe-validation.ts'
import { isUnset, type Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Strategy } from '../strategy.ts'
import { ingressClassColumns, ingressColumns, networkPolicyColumns } from './columns.ts'
import { addressesOf } from './services.ts'
import { errorsOf, withoutNulls } from './settings.ts'
import { ageCell, selectorCell } from './workload-rows.ts'

/** Source: pkg/apis/networking/validation/validation.go, pkg/apis/networking/{v1,v1beta1}/defaults.go. */

interface Backend {
  readonly serviceName?: string
  readonly servicePort?: number | string
  readonly resource?: unknown
}

interface IngressPath {
  readonly path?: string
  readonly pathType?: string
  readonly backend?: Backend
}

interface IngressRule {
  readonly host?: string
  readonly http?: { readonly paths?: readonly IngressPath[] }
}

interface Ingress extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string
    readonly backend?: Backend
    readonly tls?: readonly { readonly hosts?: readonly string[] }[]
    readonly rules?: readonly IngressRule[]
  }
  readonly status?: { readonly loadBalancer?: LoadBalancerStatus }
}

/** Source: validateIngressBackend. */
function validateBackend(v: Validator, field: string, backend: Backend = {}): void {
  const { serviceName = '', servicePort, resource } = backend
  const hasService = serviceName !== '' || (!isUnset(servicePort) && servicePort !== 0)
  if (resource !== undefined) {
    if (hasService) v.invalid(field, '', 'cannot set both resource and service backends')
    else v.forbidden(`${field}.resource`, 'not supported; only service backends are supported in this version')
    return
  }
  if (serviceName === '') {
    v.required(`${field}.serviceName`)
    return
  }
  v.each(`${field}.serviceName`, serviceName, dns1035Label(serviceName))
  validatePort(v, `${field}.servicePort`, servicePort)
}

/** Source: validateHTTPIngressPath. */
function validatePath(v: Validator, field: string, { path, pathType, backend }: IngressPath): void {
  if (validateIngressPath(v, field, path, pathType)) validateBackend(v, `${field}.backend`, backend)
}

/** From v1.22 on only the stable version is served, whose backends have another form. */
function validateIngress(v: Validator, { spec = {} }: Ingress): void {
  if (has(v.minor, apiServer.ingressesV1)) {
    validateIngressV1(v, withoutNulls(spec as IngressSpecV1)) // the schema of v1 decoded it
    return
  }
  const rules = spec.rules ?? []
  if (rules.length === 0 && spec.backend === undefined) {
    v.invalidGo('spec', '[]networking.IngressRule(nil)', 'either `backend` or `rules` must be specified')
  }
  if (spec.backend !== undefined) validateBackend(v, 'spec.backend', spec.backend)
  for (const [index, { host = '', http }] of rules.entries()) {
    const field = `spec.rules[${index}].host`
    if (host !== '') {
      if (parseIp(host) !== undefined) v.invalid(field, host, 'must be a DNS name, not an IP address')
      validateIngressHost(v, field, host)
      if (host.includes('*')) continue
    }
    if (http === undefined) continue
    const paths = http.paths ?? []
    // Always the first index: so it is in the original.
    if (paths.length === 0) v.required('spec.rules[0].http.paths')
    for (const [at, path] of paths.entries()) validatePath(v, `spec.rules[0].http.paths[${at}]`, path)
  }
  for (const { hosts = [] } of spec.tls ?? []) {
    for (const [at, host] of hosts.entries()) validateIngressHost(v, `spec.tls[${at}].hosts`, host)
  }
  const name = spec.ingressClassName
  if (name !== undefined) v.each('spec.ingressClassName', name, dns1123Subdomain(name, v.minor))
}

/** Source: ValidateIngressCreate. */
function validateClassAnnotation(v: Validator, { metadata, spec }: Ingress): void {
  const given = annotation(metadata.annotations, 'kubernetes.io/ingress.class')
  const named = spec?.ingressClassName
  if (given === undefined || named === undefined) return
  const mayBeSame = has(v.minor, apiServer.ingressesMayNameTheirClassTwice)
  if (mayBeSame && given === named) return
  const text = mayBeSame
    ? 'must match `ingressClassName` when both are specified'
    : 'can not be set when the class field is also set'
  v.invalid('annotations.kubernetes.io/ingress.class', given, text)
}

function defaultRule(rule: IngressRule): IngressRule {
  if (rule.http?.paths === undefined) return rule
  const paths = rule.http.paths.map((path) => ({ ...path, pathType: path.pathType ?? 'ImplementationSpecific' }))
  return { ...rule, http: { ...rule.http, paths } }
}

export const ingressStrategy: Strategy<Ingress> = {
  resource: { group: 'networking.k8s.io', version: 'v1beta1', resource: 'ingresses' },
  kind: 'Ingress',
  errorGroup: (minor) => (has(minor, apiServer.networkKindsHaveTheirGroup) ? undefined : 'extensions'),
  namespaced: true,
  hasStatus: true,
  countsGeneration: true,
  defaults: (ingress, { minor }) => ({
    ...ingress,
    spec: {
      ...ingress.spec,
      ...(ingress.spec?.rules === undefined
        ? {}
        : { rules: has(minor, apiServer.ingressesV1) ? ingress.spec.rules : ingress.spec.rules.map(defaultRule) }),
    },
    status: { ...ingress.status, loadBalancer: ingress.status?.loadBalancer ?? {} },
  }),
  prepareForCreate: (ingress) => ({ ...ingress, status: { loadBalancer: {} } }),
  validate: (ingress, context) =>
    errorsOf(context, (v) => {
      validateIngress(v, ingress)
      validateClassAnnotation(v, ingress)
    }),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validateIngress(v, next)),
  table: {
    columns: ingressColumns,
    row: (ingress, context) => [
      ingress.metadata.name,
      ingress.spec?.ingressClassName ?? '<none>',
      hostsCell(ingress.spec?.rules ?? []),
      addressesOf(ingress.status?.loadBalancer).join(','),
      (ingress.spec?.tls ?? []).length > 0 ? '80, 443' : '80',
      ageCell(ingress, context),
    ],
  },
}

/** At most three are listed. Source: formatHosts. */
function hostsCell(rules: readonly IngressRule[]): string {
  const listed: string[] = []
  for (const { host = '' } of rules) if (listed.length < 3 && host !== '') listed.push(host)
  if (listed.length === 0) return '*'
  const hasMore = listed.length === 3 && rules.length > 3
  return hasMore ? `${listed.join(',')} + ${rules.length - 3} more...` : listed.join(',')
}

interface IngressClass extends KubeObject {
  readonly spec?: {
    readonly controller?: string
    readonly parameters?: ParametersReference
  }
}

/** Source: validateIngressClassSpec; apimachinery validation.go, IsDomainPrefixedPath. */
function validateIngressClass(v: Validator, { spec = {} }: IngressClass): void {
  const { controller = '', parameters } = spec
  const field = 'spec.controller'
  if (controller.length > 250) v.tooLong(field, 250)
  const slash = controller.indexOf('/')
  if (controller === '') v.required(field)
  else if (slash <= 0 || slash === controller.length - 1) {
    v.invalid(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')
  } else {
    const host = controller.slice(0, slash)
    const path = controller.slice(slash + 1)
    v.each(field, host, dns1123Subdomain(host, v.minor))
    if (!isHttpPath(path)) {
      v.invalid(field, path, regexText('Invalid path', "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"))
    }
  }
  if (parameters) validateParametersReference(v, 'spec.parameters', withoutNulls(parameters))
}

export const ingressClassStrategy: Strategy<IngressClass> = {
  resource: { group: 'networking.k8s.io', version: 'v1beta1', resource: 'ingressclasses' },
  kind: 'IngressClass',
  namespaced: false,
  countsGeneration: true,
  defaults: (ingressClass, { minor }) => {
    const parameters = ingressClass.spec?.parameters
    if (!parameters || typeof parameters.scope === 'string') return ingressClass
    if (!has(minor, apiServer.ingressClassesHaveScopes)) return ingressClass
    // Source: pkg/apis/networking/v1/defaults.go, SetDefaults_IngressClass.
    return { ...ingressClass, spec: { ...ingressClass.spec, parameters: { ...parameters, scope: 'Cluster' } } }
  },
  validate: (ingressClass, context) => errorsOf(context, (v) => validateIngressClass(v, ingressClass)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      if (next.spec?.controller !== old.spec?.controller) {
        v.invalid('spec.controller', next.spec?.controller ?? '', 'field is immutable')
      }
      validateIngressClass(v, next)
    }),
  table: {
    columns: ingressClassColumns,
    row: (ingressClass, context) => {
      const { controller = '', parameters } = ingressClass.spec ?? {}
      const kind = parameters?.apiGroup === undefined ? parameters?.kind : `${parameters.kind}.${parameters.apiGroup}`
      const named = parameters === undefined ? '<none>' : `${kind}/${parameters.name}`
      return [ingressClass.metadata.name, controller, named, ageCell(ingressClass, context)]
    },
  },
}

interface PolicyPort {
  readonly protocol?: string
  readonly port?: number | string
  readonly endPort?: number
}

interface Peer {
  readonly podSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly ipBlock?: { readonly cidr?: string; readonly except?: readonly string[] }
}

interface PolicyRule {
  readonly ports?: readonly PolicyPort[]
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
}

interface NetworkPolicy extends KubeObject {
  readonly spec?: {
    readonly podSelector?: LabelSelector
    readonly ingress?: readonly PolicyRule[]
    readonly egress?: readonly PolicyRule[]
    readonly policyTypes?: readonly string[]
  }
}

function rangeProblems(value: string, minor: number): readonly string[] {
  return has(minor, apiServer.addressesAreToldAlike)
    ? cidrProblems(value, minor)
    : isCidr(value)
      ? []
      : ['not a valid CIDR']
}

function validatePeer(v: Validator, field: string, { podSelector, namespaceSelector, ipBlock }: Peer): void {
  validateLabelSelector(v, `${field}.podSelector`, podSelector)
  validateLabelSelector(v, `${field}.namespaceSelector`, namespaceSelector)
  if (ipBlock !== undefined) {
    const { cidr = '', except = [] } = ipBlock
    if (cidr === '') v.required(`${field}.ipBlock.cidr`)
    else v.each(`${field}.ipBlock.cidr`, cidr, rangeProblems(cidr, v.minor))
    if (isCidr(cidr)) {
      for (const [index, part] of except.entries()) {
        const path = `${field}.ipBlock.except[${index}]`
        v.each(path, part, rangeProblems(part, v.minor))
        if (!isCidr(part)) break
        if (!isStrictSubset(part, cidr)) v.invalid(path, part, 'must be a strict subset of `cidr`')
      }
    }
  }
  const peers = [podSelector, namespaceSelector, ipBlock].filter((peer) => peer !== undefined).length
  if (peers === 0) v.required(field, 'must specify a peer')
  else if (peers > 1 && ipBlock !== undefined) v.forbidden(field, 'may not specify both ipBlock and another peer')
}

/** Source: ValidateNetworkPolicyPort. */
function validatePolicyPort(v: Validator, field: string, { protocol, port, endPort: given }: PolicyPort): void {
  const known = ['TCP', 'UDP', 'SCTP']
  if (protocol !== undefined && !known.includes(protocol)) v.notSupported(`${field}.protocol`, protocol, known)
  const endPort = has(v.minor, apiServer.policiesHaveEndPorts) ? given : undefined
  const end = `${field}.endPort`
  if (endPort !== undefined && port === undefined) {
    v.invalid(end, endPort, 'may not be specified when `port` is not specified')
  }
  if (endPort !== undefined && typeof port === 'string') {
    v.invalid(end, endPort, 'may not be specified when `port` is non-numeric')
  }
  if (port !== undefined) validatePort(v, `${field}.port`, port)
  if (endPort === undefined || typeof port !== 'number') return
  // Told with the value of `port`: so it is in the original.
  if (endPort < port) v.invalid(end, port, 'must be greater than or equal to `port`')
  v.each(end, endPort, portNumber(endPort))
}

function validateNetworkPolicy(v: Validator, { spec = {} }: NetworkPolicy): void {
  validateLabelSelector(v, 'spec.podSelector', spec.podSelector)
  for (const [direction, member] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [index, rule] of (spec[direction] ?? []).entries()) {
      const path = `spec.${direction}[${index}]`
      for (const [at, port] of (rule.ports ?? []).entries())
        validatePolicyPort(v, `${path}.ports[${at}]`, withoutNulls(port))
      for (const [at, peer] of (rule[member] ?? []).entries()) validatePeer(v, `${path}.${member}[${at}]`, peer)
    }
  }
  for (const [index, type] of (spec.policyTypes ?? []).entries()) {
    const known = ['Ingress', 'Egress']
    if (!known.includes(type)) v.notSupported(`spec.policyTypes[${index}]`, type, known)
  }
}

function defaultPolicyRule(rule: PolicyRule): PolicyRule {
  if (rule.ports === undefined) return rule
  return { ...rule, ports: rule.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) }
}

export const networkPolicyStrategy: Strategy<NetworkPolicy> = {
  resource: { group: 'networking.k8s.io', version: 'v1', resource: 'networkpolicies' },
  kind: 'NetworkPolicy',
  errorGroup: (minor) => (has(minor, apiServer.networkKindsHaveTheirGroup) ? undefined : 'extensions'),
  namespaced: true,
  countsGeneration: true,
  defaults: (policy) => {
    const { spec = {} } = policy
    const types = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
    return {
      ...policy,
      spec: {
        ...spec,
        podSelector: spec.podSelector ?? {},
        ...(spec.ingress === undefined ? {} : { ingress: spec.ingress.map(defaultPolicyRule) }),
        ...(spec.egress === undefined ? {} : { egress: spec.egress.map(defaultPolicyRule) }),
        policyTypes: (spec.policyTypes ?? []).length === 0 ? types : (spec.policyTypes ?? []),
      },
    }
  },
  validate: (policy, context) => errorsOf(context, (v) => validateNetworkPolicy(v, policy)),
  validateUpdate: (next, _old, context) =>
    errorsOf(context, (v) => {
      validateNetworkPolicy(v, next)
      validateNetworkPolicy(v, next) // as such, and as an update
    }),
  table: {
    columns: networkPolicyColumns,
    row: (policy, context) => [policy.metadata.name, selectorCell(policy.spec?.podSelector), ageCell(policy, context)],
  },
}
