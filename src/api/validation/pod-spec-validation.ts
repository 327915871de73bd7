import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { goStrings } from '../structs/syntax.ts'
import type { PodSpec } from '../types/core.ts'
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './container-validation.ts'
import {
  byteLength,
  dns1123Label,
  dns1123Subdomain,
  ipAddress,
  parseIp,
  qualifiedName,
  rangeText,
  subdomainWithUnderscores,
} from './formats.ts'
import {
  validateHostnameOverride,
  validateHostUsers,
  validateOs,
  validateSchedulingGates,
} from './later-spec-validation.ts'
import { validateResources } from './resource-validation.ts'
import { validateAffinity, validateTolerations } from './scheduling-validation.ts'
import { validatePodSecurityContext } from './security-validation.ts'
import { validateSpreadConstraints } from './spread-validation.ts'
import { validateLabels } from './validate-meta.ts'
import { isUnset, type Validator } from './validator.ts'
import { validateVolumes } from './volume-validation.ts'

/** Spec of a Pod and of a Pod template. Source: pkg/apis/core/validation/validation.go, ValidatePodSpec. */
export function validatePodSpec(v: Validator, field: string, spec: PodSpec): void {
  const volumes = validateVolumes(v, `${field}.volumes`, spec.volumes ?? [])
  const around = { spec, volumes }
  v.usesHostUsers = Reflect.get(spec, 'hostUsers') !== false
  validateContainers(v, `${field}.containers`, spec.containers ?? [], around)
  validateInitContainers(v, `${field}.initContainers`, spec.initContainers ?? [], around)
  if (spec.ephemeralContainers !== undefined)
    validateEphemeralContainers(v, `${field}.ephemeralContainers`, spec.ephemeralContainers, around)
  validateChoice(v, `${field}.restartPolicy`, spec.restartPolicy, restartPolicies)
  validateChoice(v, `${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies)
  v.add(validateLabels(spec.nodeSelector, `${field}.nodeSelector`, v.minor))
  validatePodSecurityContext(v, field, spec)
  validateAffinity(v, `${field}.affinity`, spec.affinity)
  validateDnsConfig(v, `${field}.dnsConfig`, spec)
  for (const [index, { conditionType = '' }] of (spec.readinessGates ?? []).entries()) {
    v.each(`${field}.readinessGates[${index}].conditionType`, conditionType, qualifiedName(conditionType, v.minor))
  }
  if (spec.schedulingGates !== undefined) validateSchedulingGates(v, `${field}.schedulingGates`, spec.schedulingGates)
  if (spec.topologySpreadConstraints !== undefined) {
    validateSpreadConstraints(v, `${field}.topologySpreadConstraints`, spec.topologySpreadConstraints)
  }
  validateHostUsers(v, field, spec)
  validateHostnameOverride(v, field, spec)
  validateNamesOf(v, field, spec)
  validateOs(v, field, spec)
}

const restartPolicies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

function validateChoice(v: Validator, field: string, value: string | undefined, choices: readonly string[]): void {
  if (isUnset(value)) v.required(field)
  else if (!choices.includes(value)) v.notSupported(field, value, choices)
}

function validateNamesOf(v: Validator, field: string, spec: PodSpec): void {
  for (const member of ['serviceAccountName', 'nodeName'] as const) {
    const name = spec[member]
    if (!isUnset(name)) v.each(`${field}.${member}`, name, dns1123Subdomain(name, v.minor))
  }
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > 2_147_483_647)) {
    v.invalid(`${field}.activeDeadlineSeconds`, deadline, rangeText(1, 2_147_483_647))
  }
  for (const member of ['hostname', 'subdomain'] as const) {
    const name = spec[member]
    if (!isUnset(name)) v.each(`${field}.${member}`, name, dns1123Label(name, v.minor))
  }
  if (spec.tolerations !== undefined) validateTolerations(v, `${field}.tolerations`, spec.tolerations)
  validateHostAliases(v, `${field}.hostAliases`, spec)
  for (const member of ['priorityClassName', 'runtimeClassName'] as const) {
    const name = spec[member]
    const isGiven = member === 'runtimeClassName' ? name !== undefined : !isUnset(name)
    if (isGiven) v.each(`${field}.${member}`, name, dns1123Subdomain(name ?? '', v.minor))
  }
  const { preemptionPolicy } = spec
  if (preemptionPolicy !== undefined) {
    validateChoice(v, `${field}.preemptionPolicy`, preemptionPolicy, ['PreemptLowerPriority', 'Never'])
  }
  if (spec.overhead !== undefined) validateResources(v, `${field}.overhead`, { limits: spec.overhead })
}

/** Source: ValidateHostAliases. */
function validateHostAliases(v: Validator, field: string, { hostAliases = [] }: PodSpec): void {
  const isIndexed = has(v.minor, apiServer.addressesAreToldAlike)
  for (const [index, { ip = '', hostnames = [] }] of hostAliases.entries()) {
    validateAddress(v, isIndexed ? `${field}[${index}].ip` : `${field}.ip`, ip)
    for (const [at, name] of hostnames.entries()) {
      const path = isIndexed ? `${field}[${index}].hostnames[${at}]` : `${field}.hostnames`
      v.each(path, name, dns1123Subdomain(name, v.minor))
    }
  }
}

function validateAddress(v: Validator, field: string, ip: string): void {
  if (has(v.minor, apiServer.addressesAreToldAlike)) v.each(field, ip, ipAddress(ip, v.minor))
  else if (parseIp(ip) === undefined) v.invalid(field, ip, 'must be valid IP address')
}

/** Source: validatePodDNSConfig. */
function validateSearch(v: Validator, field: string, search: string): void {
  const isRelaxed = has(v.minor, apiServer.searchesTakeUnderscores)
  if (isRelaxed && search === '.') return
  const name = search.endsWith('.') ? search.slice(0, -1) : search
  v.each(field, name, isRelaxed ? subdomainWithUnderscores(name) : dns1123Subdomain(name, v.minor))
}

/** Limits of resolv.conf. Source: MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars; wider since v1.22. */
function validateDnsConfig(v: Validator, field: string, { dnsConfig, dnsPolicy }: PodSpec): void {
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) {
      v.required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')
      return
    }
    if ((dnsConfig.nameservers ?? []).length === 0) {
      const text = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
      v.required(`${field}.nameservers`, text)
      return
    }
  }
  if (dnsConfig === undefined) return
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  if (nameservers.length > 3) {
    v.invalidGo(`${field}.nameservers`, goStrings('[]string', nameservers), 'must not have more than 3 nameservers')
  }
  for (const [index, server] of nameservers.entries()) {
    validateAddress(v, `${field}.nameservers[${index}]`, server)
  }
  const [maxPaths, maxChars] = has(v.minor, apiServer.longSearchPaths) ? [32, 2048] : [6, 256]
  const shown = goStrings('[]string', searches)
  if (searches.length > maxPaths) {
    v.invalidGo(`${field}.searches`, shown, `must not have more than ${maxPaths} search paths`)
  }
  if (byteLength(searches.join(' ')) > maxChars) {
    const text = `must not have more than ${maxChars} characters (including spaces) in the search list`
    v.invalidGo(`${field}.searches`, shown, text)
  }
  for (const [index, search] of searches.entries()) {
    validateSearch(v, `${field}.searches[${index}]`, search)
  }
  for (const [index, { name }] of options.entries()) {
    if (isUnset(name)) v.required(`${field}.options[${index}]`, 'must not be empty')
  }
}
