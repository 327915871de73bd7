import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  parseIp,
  portName,
  portNumber,
  wildcardDns1123Subdomain,
} from './formats.ts'
import { pathSegmentName } from './validate-meta.ts'
import { isUnset, type Validator } from './validator.ts'

/** Ingresses of networking.k8s.io/v1, and what an IngressClass refers to. Source: pkg/apis/networking/validation/validation.go. */

/** An object in the same namespace, or of the cluster. */
export interface TypedReference {
  readonly apiGroup?: string
  readonly kind?: string
  readonly name?: string
}

/** Where requests go: a port of a Service, by name or number, or another object. */
export interface IngressBackendV1 {
  readonly service?: {
    readonly name?: string
    readonly port?: { readonly name?: string; readonly number?: number }
  }
  readonly resource?: TypedReference
}

/** A path and where its requests go. */
export interface IngressPathV1 {
  readonly path?: string
  readonly pathType?: string
  readonly backend?: IngressBackendV1
}

/** The spec as v1 has it. */
export interface IngressSpecV1 {
  readonly ingressClassName?: string
  readonly defaultBackend?: IngressBackendV1
  readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[]
  readonly rules?: readonly {
    readonly host?: string
    readonly http?: { readonly paths?: readonly IngressPathV1[] }
  }[]
}

/** What the parameters of an IngressClass are, and where. */
export interface ParametersReference extends TypedReference {
  readonly scope?: string
  readonly namespace?: string
}

/** Source: ValidateIngressSpec; what an old object already had wrong is not forgiven on updates. */
export function validateIngressV1(v: Validator, spec: IngressSpecV1): void {
  const { rules = [], defaultBackend, ingressClassName } = spec
  if (rules.length === 0 && defaultBackend === undefined) {
    const shown = spec.rules === undefined ? '[]networking.IngressRule(nil)' : '[]networking.IngressRule{}'
    v.invalidGo('spec', shown, 'either `defaultBackend` or `rules` must be specified')
  }
  if (defaultBackend !== undefined) validateBackendV1(v, 'spec.defaultBackend', defaultBackend)
  for (const [index, { host = '', http }] of rules.entries()) {
    const field = `spec.rules[${index}]`
    if (host !== '') validateRuleHost(v, `${field}.host`, host)
    if (http === undefined) continue
    const paths = http.paths ?? []
    if (paths.length === 0) v.required(`${field}.http.paths`)
    for (const [at, path] of paths.entries()) validatePathV1(v, `${field}.http.paths[${at}]`, path)
  }
  for (const [index, { hosts = [], secretName = '' }] of (spec.tls ?? []).entries()) {
    for (const [at, host] of hosts.entries()) validateIngressHost(v, `spec.tls[${index}].hosts[${at}]`, host)
    if (secretName !== '') {
      v.each(`spec.tls[${index}].secretName`, secretName, dns1123Subdomain(secretName, v.minor))
    }
  }
  if (ingressClassName !== undefined) {
    v.each('spec.ingressClassName', ingressClassName, dns1123Subdomain(ingressClassName, v.minor))
  }
}

function validateRuleHost(v: Validator, field: string, host: string): void {
  if (parseIp(host) !== undefined) v.invalid(field, host, 'must be a DNS name, not an IP address')
  validateIngressHost(v, field, host)
}

/** A name, or one that begins with `*.`. */
export function validateIngressHost(v: Validator, field: string, host: string): void {
  v.each(field, host, host.includes('*') ? wildcardDns1123Subdomain(host) : dns1123Subdomain(host, v.minor))
}

/** How a path is compared. */
const pathTypes: readonly string[] = ['Exact', 'ImplementationSpecific', 'Prefix']

/** Source: validateHTTPIngressPath, the backend apart; false when it has no type, so that nothing else is looked at. */
export function validateIngressPath(v: Validator, field: string, path = '', pathType: string | undefined): boolean {
  if (pathType === undefined) {
    v.required(`${field}.pathType`, 'pathType must be specified')
    return false
  }
  const isAbsolute = path.startsWith('/')
  if (!pathTypes.includes(pathType)) v.notSupported(`${field}.pathType`, pathType, pathTypes)
  else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !isAbsolute) v.invalid(`${field}.path`, path, 'must be an absolute path')
  } else {
    if (!isAbsolute) v.invalid(`${field}.path`, path, 'must be an absolute path')
    for (const part of ['//', '/./', '/../', '%2f', '%2F']) {
      if (path.includes(part)) v.invalid(`${field}.path`, path, `must not contain '${part}'`)
    }
    for (const end of ['/..', '/.']) {
      if (path.endsWith(end)) v.invalid(`${field}.path`, path, `cannot end with '${end}'`)
    }
  }
  return true
}

function validatePathV1(v: Validator, field: string, { path, pathType, backend }: IngressPathV1): void {
  if (validateIngressPath(v, field, path, pathType)) validateBackendV1(v, `${field}.backend`, backend ?? {})
}

/** Source: validateIngressBackend. */
function validateBackendV1(v: Validator, field: string, { service, resource }: IngressBackendV1): void {
  if (resource !== undefined && service !== undefined) {
    v.invalid(field, '', 'cannot set both resource and service backends')
  } else if (resource !== undefined) validateTypedReference(v, `${field}.resource`, resource)
  else if (service === undefined) v.invalid(field, '', 'resource or service backend is required')
  else {
    const { name = '', port = {} } = service
    if (name === '') v.required(`${field}.service.name`)
    else
      v.each(
        `${field}.service.name`,
        name,
        has(v.minor, apiServer.servicesHaveLabelNames) ? dns1123Label(name, v.minor) : dns1035Label(name),
      )
    validateBackendPort(v, field, port.name ?? '', port.number ?? 0)
  }
}

function validateBackendPort(v: Validator, field: string, name: string, number: number): void {
  if (name !== '' && number !== 0) v.invalid(field, '', 'cannot set both port name & port number')
  else if (name !== '') v.each(`${field}.service.port.name`, name, portName(name, v.minor))
  else if (number !== 0) v.each(`${field}.service.port.number`, number, portNumber(number))
  else v.required(field, 'port name or number is required')
}

/** Source: validateIngressTypedLocalObjectReference. */
function validateTypedReference(v: Validator, field: string, { apiGroup, kind, name }: TypedReference): void {
  if (apiGroup !== undefined) v.each(`${field}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup, v.minor))
  for (const [member, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (isUnset(value))
      v.required(`${field}.${member}`, has(v.minor, apiServer.missesPlainly) ? '' : `${member} is required`)
    else v.each(`${field}.${member}`, value, pathSegmentName(value, false))
  }
}

/** Source: validateIngressClassParametersReference. */
export function validateParametersReference(v: Validator, field: string, parameters: ParametersReference): void {
  validateTypedReference(v, field, parameters)
  if (!has(v.minor, apiServer.ingressClassesHaveScopes)) return
  const { scope, namespace } = parameters
  const scopes = ['Cluster', 'Namespace']
  if (scope === undefined) v.required(`${field}.scope`)
  else if (!scopes.includes(scope)) v.notSupported(`${field}.scope`, scope, scopes)
  else if (scope === 'Cluster') {
    if (namespace !== undefined) v.forbidden(`${field}.namespace`, "`parameters.scope` is set to 'Cluster'")
  } else if (namespace === undefined) v.required(`${field}.namespace`, "`parameters.scope` is set to 'Namespace'")
  else v.each(`${field}.namespace`, namespace, dns1123Label(namespace, v.minor))
}
