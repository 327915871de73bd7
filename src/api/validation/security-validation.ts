import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { shownValue } from '../structs/shown.ts'
import type { PodSpec, SecurityContext, WindowsSecurityContextOptions } from '../types/core.ts'
import { byteLength, dns1123Subdomain, userOrGroupId } from './formats.ts'
import { validateSeccompProfile } from './seccomp-validation.ts'
import { isUnset, type Validator } from './validator.ts'

/** Security contexts of Pods and containers. Source: pkg/apis/core/validation/validation.go. */

/** Source: ValidateSecurityContext. */
export function validateSecurityContext(v: Validator, field: string, context: SecurityContext): void {
  if (context.privileged === true && v.settings.allowPrivileged === false) {
    v.forbidden(`${field}.privileged`, 'disallowed by cluster policy')
  }
  for (const member of ['runAsUser', 'runAsGroup'] as const) {
    const id = context[member]
    if (id !== undefined) v.each(`${field}.${member}`, id, userOrGroupId(id))
  }
  const { procMount } = context
  if (procMount !== undefined && procMount !== 'Default' && procMount !== 'Unmasked') {
    v.notSupported(`${field}.procMount`, procMount, ['Default', 'Unmasked'])
  }
  if (procMount === 'Unmasked' && v.usesHostUsers && has(v.minor, apiServer.procMountsWantUsers)) {
    v.invalid(`${field}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`')
  }
  validateSeccompProfile(v, field, context)
  if (context.allowPrivilegeEscalation === false) {
    const refuse = (what: string) =>
      v.invalidGo(
        field,
        shownValue('core.SecurityContext', context, v.minor),
        `cannot set \`allowPrivilegeEscalation\` to false and ${what}`,
      )
    if (context.privileged === true) refuse('`privileged` to true')
    for (const capability of context.capabilities?.add ?? []) {
      if (capability === 'CAP_SYS_ADMIN') refuse('`capabilities.Add` CAP_SYS_ADMIN')
    }
  }
  validateWindowsOptions(v, `${field}.windowsOptions`, context.windowsOptions)
}

/** Source: ValidatePodSecurityContext. */
export function validatePodSecurityContext(v: Validator, field: string, spec: PodSpec): void {
  const context = spec.securityContext
  if (spec.hostNetwork === true) validateHostNetworkPorts(v, field, spec)
  if (context !== undefined) {
    for (const member of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
      const id = context[member]
      if (id !== undefined) v.each(`${field}.securityContext.${member}`, id, userOrGroupId(id))
    }
    for (const [index, id] of (context.supplementalGroups ?? []).entries()) {
      v.each(`${field}.securityContext.supplementalGroups[${index}]`, id, userOrGroupId(id))
    }
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const text = 'ShareProcessNamespace and HostPID cannot both be enabled'
    v.invalid(`${field}.securityContext.shareProcessNamespace`, true, text)
  }
  if (context === undefined) return
  if (context.sysctls !== undefined) validateSysctls(v, `${field}.securityContext.sysctls`, context.sysctls)
  const policy = context.fsGroupChangePolicy
  if (policy !== undefined && policy !== 'Always' && policy !== 'OnRootMismatch') {
    v.notSupported(`${field}.securityContext.fsGroupChangePolicy`, policy, ['Always', 'OnRootMismatch'])
  }
  validateSeccompProfile(v, `${field}.securityContext`, context)
  validateWindowsOptions(v, `${field}.securityContext.windowsOptions`, context.windowsOptions)
  const { supplementalGroupsPolicy: merging } = context
  if (merging !== undefined && merging !== 'Merge' && merging !== 'Strict')
    v.notSupported(`${field}.securityContext.supplementalGroupsPolicy`, merging, ['Merge', 'Strict'])
}

function validateHostNetworkPorts(v: Validator, field: string, spec: PodSpec): void {
  for (const [index, container] of (spec.containers ?? []).entries()) {
    for (const [position, port] of (container.ports ?? []).entries()) {
      if ((port.hostPort ?? 0) === (port.containerPort ?? 0)) continue
      const path = `${field}.containers[${index}].ports[${position}].containerPort`
      v.invalid(path, port.containerPort ?? 0, 'must match `hostPort` when `hostNetwork` is true')
    }
  }
}

const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const oldSysctls = `(${sysctlSegment}\\.)*${sysctlSegment}`
const sysctlFormats = {
  before: { pattern: new RegExp(`^${oldSysctls}$`), told: oldSysctls },
  since: sysctlsWithSlashes(`^(${sysctlSegment}[\\./])*${sysctlSegment}$`),
}

function sysctlsWithSlashes(told: string): { readonly pattern: RegExp; readonly told: string } {
  return { pattern: new RegExp(told), told }
}

function validateSysctls(v: Validator, field: string, sysctls: readonly { readonly name: string }[]): void {
  const names = new Set<string>()
  const { pattern, told } = sysctlFormats[has(v.minor, apiServer.sysctlsTakeSlashes) ? 'since' : 'before']
  for (const [index, { name = '' }] of sysctls.entries()) {
    const path = `${field}[${index}].name`
    if (name === '') v.required(path)
    else if (byteLength(name) > 253 || !pattern.test(name)) {
      v.invalid(path, name, `must have at most 253 characters and match regex ${told}`)
    } else if (names.has(name)) v.duplicate(path, name)
    names.add(name)
  }
}

const netBiosPattern = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const windowsLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const windowsDomainPattern = new RegExp(`^${windowsLabel}(?:\\.${windowsLabel})*$`)

/** Source: validateWindowsSecurityContextOptions. */
function validateWindowsOptions(v: Validator, field: string, options: WindowsSecurityContextOptions | undefined): void {
  if (options === undefined) return
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options
  if (gmsaCredentialSpecName !== undefined) {
    const problems = dns1123Subdomain(gmsaCredentialSpecName, v.minor)
    v.each(`${field}.gmsaCredentialSpecName`, gmsaCredentialSpecName, problems)
  }
  if (gmsaCredentialSpec !== undefined) {
    const path = `${field}.gmsaCredentialSpec`
    if (gmsaCredentialSpec === '') v.invalid(path, '', 'gmsaCredentialSpec cannot be an empty string')
    else if (byteLength(gmsaCredentialSpec) > 64 * 1024) {
      v.invalid(path, gmsaCredentialSpec, 'gmsaCredentialSpec size must be under 64 KiB')
    }
  }
  if (runAsUserName !== undefined) validateWindowsUser(v, `${field}.runAsUserName`, runAsUserName)
}

function validateWindowsUser(v: Validator, field: string, name: string): void {
  const wrong = (detail: string) => v.invalid(field, name, detail)
  if (isUnset(name)) {
    wrong('runAsUserName cannot be an empty string')
    return
  }
  if (/[\x00-\x1f\x7f]/.test(name)) {
    wrong('runAsUserName cannot contain control characters')
    return
  }
  const parts = name.split('\\')
  if (parts.length > 2) {
    wrong('runAsUserName cannot contain more than one backslash')
    return
  }
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined
  const user = parts.at(-1) ?? ''
  if (domain !== undefined) {
    if (byteLength(domain) >= 256) wrong("runAsUserName's Domain length must be under 256 characters")
    if (!netBiosPattern.test(domain) && !windowsDomainPattern.test(domain)) {
      wrong("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    }
  }
  if (user === '') wrong("runAsUserName's User cannot be empty")
  else if (byteLength(user) > 104) wrong("runAsUserName's User length must not be longer than 104 characters")
  if (/^[. ]+$/.test(user)) wrong("runAsUserName's User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    wrong('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]')
  }
}
