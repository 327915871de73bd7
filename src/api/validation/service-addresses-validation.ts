import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { shownList } from '../structs/shown.ts'
import type { ServiceSpec } from '../types/services.ts'
import { ipAddress, parseIp } from './formats.ts'
import { isUnset, type Validator } from './validator.ts'

/** Addresses of Services and their families. Source: pkg/apis/core/validation/validation.go. */

/** Whether no address is drawn for it: by its list of addresses once there is one. */
export function isHeadless({ clusterIP, clusterIPs }: ServiceSpec, minor: number): boolean {
  return has(minor, apiServer.servicesHaveClusterIps)
    ? clusterIPs?.length === 1 && clusterIPs[0] === 'None'
    : clusterIP === 'None'
}

const families = ['IPv4', 'IPv6']
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

/** Source: ValidateServiceClusterIPsRelatedFields; before v1.20 ValidateService. */
export function validateClusterIps(v: Validator, spec: ServiceSpec): void {
  if (!has(v.minor, apiServer.servicesHaveClusterIps)) {
    if (!isUnset(spec.clusterIP) && spec.clusterIP !== 'None' && parseIp(spec.clusterIP) === undefined) {
      v.invalid('spec.clusterIP', spec.clusterIP, "must be empty, 'None', or a valid IP address")
    }
    return
  }
  if (spec.type === 'ExternalName') return
  const { clusterIP = '', clusterIPs: ips = [], ipFamilyPolicy: policy } = spec
  const refuse = (detail: string) =>
    v.invalidGo('spec.clusterIPs', shownList(spec.clusterIPs, 'string', v.minor), detail)
  if (clusterIP === '') {
    if (ips.length > 0) refuse('must be empty when `clusterIP` is not specified')
  } else if (ips.length === 0) v.required('spec.clusterIPs')
  else if (ips[0] !== clusterIP) refuse('first value must match `clusterIP`')
  validateFamilies(v, spec)
  if (policy !== undefined && !familyPolicies.includes(policy)) {
    v.notSupported('spec.ipFamilyPolicy', policy, familyPolicies)
  }
  let isBad = false
  for (const [index, ip] of ips.entries()) {
    if (index === 0 && ip === 'None') {
      if (ips.length > 1) refuse("'None' must be the first and only value")
      isBad ||= ips.length > 1
      continue
    }
    const problems = ipAddress(ip, v.minor)
    isBad ||= problems.length > 0
    v.each(`spec.clusterIPs[${index}]`, ip, problems)
  }
  if (ips.length > 2) refuse('may only hold up to 2 values')
  if (isBad) return
  if (ips.length > 1 && new Set(ips.map(parseIp)).size < 2) refuse('may specify no more than one IP for each IP family')
  if (!isHeadless(spec, v.minor)) validateFamilyOfEach(v, spec)
}

function validateFamilies(v: Validator, { ipFamilies = [] }: ServiceSpec): void {
  const seen = new Set<string>()
  for (const [index, family] of ipFamilies.entries()) {
    if (!families.includes(family)) v.notSupported(`spec.ipFamilies[${index}]`, family, families)
    if (seen.has(family)) v.duplicate(`spec.ipFamilies[${index}]`, family)
    seen.add(family)
  }
}

function validateFamilyOfEach(v: Validator, { clusterIPs = [], ipFamilies = [] }: ServiceSpec): void {
  for (const [index, ip] of clusterIPs.entries()) {
    const family = ipFamilies[index]
    const isSix = parseIp(ip) === 6
    if ((family === 'IPv4' && isSix) || (family === 'IPv6' && !isSix)) {
      v.invalid(`spec.clusterIPs[${index}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``)
    }
  }
}

/** What was given once stays, unless the Service is or becomes a name. Source: validateUpgradeDowngradeClusterIPs and ...IPFamilies; before v1.20 ValidateServiceUpdate. */
export function validateAddressChange(v: Validator, next: ServiceSpec, old: ServiceSpec): void {
  if (next.type === 'ExternalName' || old.type === 'ExternalName') return
  if (!has(v.minor, apiServer.servicesHaveClusterIps)) {
    const before = old.clusterIP ?? ''
    const now = next.clusterIP ?? ''
    if (before !== '' && before !== now) v.invalid('spec.clusterIP', now, 'field is immutable')
    return
  }
  const [isNow, was] = [isHeadless(next, v.minor), isHeadless(old, v.minor)]
  if (!(isNow && was)) validateIpChange(v, next, old)
  if (!isNow && !was) validateFamilyChange(v, next, old)
}

const changed = 'may not change once set'

function validateIpChange(v: Validator, next: ServiceSpec, old: ServiceSpec): void {
  const [now, before] = [next.clusterIPs ?? [], old.clusterIPs ?? []]
  const refuse = (index: number, detail: string) =>
    v.invalidGo(`spec.clusterIPs[${index}]`, shownList(next.clusterIPs, 'string', v.minor), detail)
  if (before.length === now.length) {
    for (const [index, ip] of before.entries()) if (ip !== now[index]) refuse(index, changed)
    return
  }
  if (now.length === 0) refuse(0, 'primary clusterIP can not be unset')
  else if (before.length > 0 && now[0] !== before[0]) refuse(0, changed)
  if (before.length > now.length && now.length === 1 && next.ipFamilyPolicy !== 'SingleStack') {
    const why = "must be set to 'SingleStack' when releasing the secondary clusterIP"
    v.invalid('spec.ipFamilyPolicy', next.ipFamilyPolicy, why)
  }
}

function validateFamilyChange(v: Validator, next: ServiceSpec, old: ServiceSpec): void {
  const [now, before] = [next.ipFamilies ?? [], old.ipFamilies ?? []]
  const shownFamilies = shownList(next.ipFamilies, 'core.IPFamily', v.minor)
  const refuse = (shown: string, detail: string) => v.invalidGo('spec.ipFamilies[0]', shown, detail)
  if (before.length === now.length) {
    for (const [index, family] of before.entries()) if (family !== now[index]) refuse(shownFamilies, changed)
    return
  }
  const isLess = before.length > now.length
  if (isLess && (next.clusterIPs ?? []).length === 0) refuse(shownFamilies, 'primary ipFamily can not be unset')
  if (now.length > 0 && before.length > 0 && now[0] !== before[0]) {
    refuse(shownList(next.clusterIPs, 'string', v.minor), changed)
  }
  if (isLess && now.length === 1 && next.ipFamilyPolicy !== 'SingleStack') {
    const why = "must be set to 'SingleStack' when releasing the secondary ipFamily"
    v.invalid('spec.ipFamilyPolicy', next.ipFamilyPolicy, why)
  }
}
