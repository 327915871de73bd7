import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { goStrings } from '../structs/syntax.ts'
import type { LabelSelector } from '../types/meta.ts'
import { dns1035Label, dns1123Subdomain, portNumber } from './formats.ts'
import { validateLabelSelector } from './label-validation.ts'
import { isUnset, type Validator } from './validator.ts'

/**
 * Webhooks of admission and of conversions. Expressions of matchConditions are not compiled, and of a URL only its parts are
 * looked at. Source: pkg/apis/admissionregistration/validation/validation.go, apiserver pkg/util/webhook/validation.go.
 */

interface WebhookService {
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly path?: string
  readonly port?: number
}

/** Where a webhook is: a URL, or a Service. */
export interface WebhookClientConfig {
  readonly url?: string
  readonly service?: WebhookService
}

/** Which requests a webhook is asked about. */
export interface WebhookRule {
  readonly operations?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
}

/** One webhook of either configuration; reinvocationPolicy only of mutating ones. */
export interface Webhook {
  readonly name?: string
  readonly clientConfig?: WebhookClientConfig
  readonly rules?: readonly WebhookRule[]
  readonly failurePolicy?: string
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly sideEffects?: string
  readonly timeoutSeconds?: number
  readonly admissionReviewVersions?: readonly string[]
  readonly reinvocationPolicy?: string
}

const sideEffects = ['None', 'NoneOnDryRun']
const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']
/** Source: AcceptedAdmissionReviewVersions, and their like of ConversionReviews. */
const reviewVersions = ['v1', 'v1beta1']

/** Source: validateValidatingWebhookConfiguration, validateMutatingWebhookConfiguration. */
export function validateWebhooks(v: Validator, webhooks: readonly Webhook[]): void {
  const names = new Set<string>()
  for (const [index, webhook] of webhooks.entries()) {
    const field = `webhooks[${index}]`
    validateWebhook(v, field, webhook)
    validateReviewVersions(v, `${field}.admissionReviewVersions`, webhook.admissionReviewVersions)
    const { name = '' } = webhook
    if (name !== '' && names.has(name)) v.duplicate(`${field}.name`, name)
    names.add(name)
  }
}

function validateWebhook(v: Validator, field: string, webhook: Webhook): void {
  validateQualifiedName(v, `${field}.name`, webhook.name ?? '')
  for (const [index, rule] of (webhook.rules ?? []).entries()) validateRule(v, `${field}.rules[${index}]`, rule)
  validateOneOf(v, `${field}.failurePolicy`, webhook.failurePolicy, ['Fail', 'Ignore'])
  validateOneOf(v, `${field}.matchPolicy`, webhook.matchPolicy, ['Equivalent', 'Exact'])
  if (webhook.sideEffects === undefined) {
    v.required(`${field}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`)
  } else validateOneOf(v, `${field}.sideEffects`, webhook.sideEffects, sideEffects)
  const seconds = webhook.timeoutSeconds
  if (seconds !== undefined && (seconds > 30 || seconds < 1)) {
    v.invalid(`${field}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds')
  }
  validateLabelSelector(v, `${field}.namespaceSelector`, webhook.namespaceSelector)
  validateLabelSelector(v, `${field}.objectSelector`, webhook.objectSelector)
  validateOneOf(v, `${field}.reinvocationPolicy`, webhook.reinvocationPolicy, ['IfNeeded', 'Never'])
  validateClientConfig(v, `${field}.clientConfig`, webhook.clientConfig ?? {})
}

function validateOneOf(v: Validator, field: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value)) v.notSupported(field, value, known)
}

/** Source: apimachinery pkg/util/validation/validation.go, IsFullyQualifiedName. */
function validateQualifiedName(v: Validator, field: string, name: string): void {
  const problems = dns1123Subdomain(name, v.minor)
  if (name === '') v.required(field)
  else if (problems.length > 0) v.invalid(field, name, problems.join(','))
  else if (name.split('.').length < 3) {
    v.invalid(field, name, 'should be a domain with at least three segments separated by dots')
  }
}

/** Source: validateRuleWithOperations, validateRule. */
function validateRule(v: Validator, field: string, rule: WebhookRule): void {
  validateWild(v, `${field}.operations`, rule.operations, '[]admissionregistration.OperationType', 'operations')
  for (const [index, operation] of (rule.operations ?? []).entries()) {
    validateOneOf(v, `${field}.operations[${index}]`, operation, operations)
  }
  validateWild(v, `${field}.apiGroups`, rule.apiGroups, '[]string', 'API groups')
  validateWild(v, `${field}.apiVersions`, rule.apiVersions, '[]string', 'API versions')
  for (const [index, version] of (rule.apiVersions ?? []).entries()) {
    if (version === '') v.required(`${field}.apiVersions[${index}]`)
  }
  validateResourceNames(v, `${field}.resources`, rule.resources ?? [])
  validateOneOf(v, `${field}.scope`, rule.scope, scopes)
}

function validateWild(v: Validator, field: string, values: readonly string[] = [], type: string, what: string): void {
  if (values.length === 0) v.required(field)
  if (values.length > 1 && values.includes('*')) {
    v.invalidGo(field, goStrings(type, values), `if '*' is present, must not specify other ${what}`)
  }
}

/** Source: validateResources. */
function validateResourceNames(v: Validator, field: string, resources: readonly string[]): void {
  if (resources.length === 0) v.required(field)
  const allParts = new Set<string>()
  const allResources = new Set<string>()
  for (const [index, name] of resources.entries()) {
    const path = `${field}[${index}]`
    if (name === '') v.required(path)
    const slash = name.indexOf('/')
    if (slash < 0) continue
    const resource = name.slice(0, slash)
    const part = name.slice(slash + 1)
    if (allParts.has(resource)) v.invalid(path, name, `if '${resource}/*' is present, must not specify ${name}`)
    if (allResources.has(part)) v.invalid(path, name, `if '*/${part}' is present, must not specify ${name}`)
    if (part === '*') allParts.add(resource)
    if (resource === '*') allResources.add(part)
  }
  const shown = goStrings('[]string', resources)
  if (resources.length > 1 && resources.includes('*/*')) {
    v.invalidGo(field, shown, "if '*/*' is present, must not specify other resources")
  }
  // Of the names without a part only the last one counts: so it is in the original.
  const last = resources.filter((name) => name !== '' && !name.includes('/')).at(-1)
  if (resources.includes('*') && last !== undefined && last !== '*') {
    v.invalidGo(field, shown, "if '*' is present, must not specify other resources without subresources")
  }
}

/** Source: validateAdmissionReviewVersions. */
function validateReviewVersions(v: Validator, field: string, versions: readonly string[] = []): void {
  if (versions.length === 0) {
    v.required(field, `must specify one of ${reviewVersions.join(', ')}`)
    return
  }
  const seen = new Set<string>()
  for (const [index, version] of versions.entries()) {
    if (seen.has(version)) v.invalid(`${field}[${index}]`, version, 'duplicate version')
    else v.each(`${field}[${index}]`, version, dns1035Label(version))
    seen.add(version)
  }
  if (!reviewVersions.some((version) => seen.has(version))) {
    const text = `must include at least one of ${reviewVersions.join(', ')}`
    v.invalidGo(field, goStrings('[]string', versions), text)
  }
}

function validateClientConfig(v: Validator, field: string, { url, service }: WebhookClientConfig): void {
  if ((url === undefined) === (service === undefined)) {
    v.required(field, 'exactly one of url or service is required')
  } else if (url !== undefined) validateWebhookUrl(v, `${field}.url`, url)
  // The original passes both the wrong way round.
  else validateWebhookService(v, `${field}.service`, { ...service, name: service?.namespace, namespace: service?.name })
}

/** Source: ValidateWebhookURL; a text that is no URL at all is taken. */
function validateWebhookUrl(v: Validator, field: string, url: string): void {
  const match =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/.exec(url)
  const [, scheme = '', user, host = '', query = '', fragment = ''] = match ?? []
  const form = '; desired format: https://host[/path]'
  const lower = scheme.toLowerCase()
  if (lower !== 'https') v.invalid(field, lower, `'https' is the only allowed URL scheme${form}`)
  if (host === '') v.invalid(field, host, `host must be provided${form}`)
  if (user !== undefined) v.invalid(field, user, 'user information is not permitted in the URL')
  if (fragment !== '') v.invalid(field, fragment, 'fragments are not permitted in the URL')
  if (query !== '') v.invalid(field, query, 'query parameters are not permitted in the URL')
}

/** Source: ValidateWebhookService. */
function validateWebhookService(v: Validator, field: string, service: WebhookService): void {
  const { name, namespace, path = '', port = 0 } = service
  const isPlain = has(v.minor, apiServer.missesPlainly)
  if (isUnset(name)) v.required(`${field}.name`, isPlain ? '' : 'service name is required')
  if (isUnset(namespace)) v.required(`${field}.namespace`, isPlain ? '' : 'service namespace is required')
  const problems = portNumber(port)
  if (problems.length > 0) v.invalid(`${field}.port`, port, `port is not valid: ${problems.join(', ')}`)
  if (path !== '' && path !== '/') validateServicePath(v, `${field}.path`, path)
}

function validateServicePath(v: Validator, field: string, path: string): void {
  if (path === '//') {
    v.invalid(field, path, 'segment[0] may not be empty')
    return
  }
  if (!path.startsWith('/')) v.invalid(field, path, "must start with a '/'")
  // The first byte goes, whatever it is.
  const rest = path.slice(1).replace(/\/$/, '')
  for (const [index, step] of rest.split('/').entries()) {
    if (step === '') v.invalid(field, path, `segment[${index}] may not be empty`)
    else for (const problem of dns1123Subdomain(step, v.minor)) v.invalid(field, path, `segment[${index}]: ${problem}`)
  }
}
