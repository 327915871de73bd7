import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { PodSpec } from '../types/core.ts'
import { dns1123Subdomain, qualifiedName } from './formats.ts'
import { isUnset, type Validator } from './validator.ts'

/** Members that specs of Pods have since v1.24. Source: pkg/apis/core/validation/validation.go. */

/** Source: validateSchedulingGates, whose paths name no member. */
export function validateSchedulingGates(
  v: Validator,
  field: string,
  gates: NonNullable<PodSpec['schedulingGates']>,
): void {
  const seen = new Set<string>()
  for (const [index, { name = '' }] of gates.entries()) {
    v.each(`${field}[${index}]`, name, qualifiedName(name, v.minor))
    if (seen.has(name)) v.duplicate(`${field}[${index}]`, name)
    seen.add(name)
  }
}

/** A Pod with users of its own. The capitals in these paths are the original's. Source: validateHostUsers. */
export function validateHostUsers(v: Validator, field: string, spec: PodSpec): void {
  if (spec.hostUsers !== false) return
  const text = 'when `hostUsers` is false'
  if (spec.hostNetwork === true) v.forbidden(`${field}.hostNetwork`, text)
  if (spec.hostPID === true) v.forbidden(`${field}.HostPID`, text)
  if (spec.hostIPC === true) v.forbidden(`${field}.HostIPC`, text)
  if (!has(v.minor, apiServer.ownUsersHaveNoDevices)) return
  for (const member of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const [index, { volumeDevices = [] }] of (spec[member] ?? []).entries())
      if (volumeDevices.length > 0) v.forbidden(`${field}.${member}[${index}].volumeDevices`, text)
}

/** Source: validatePodHostName. */
export function validateHostnameOverride(v: Validator, field: string, spec: PodSpec): void {
  const { hostnameOverride: name } = spec
  if (name === undefined) return
  const path = `${field}.hostnameOverride`
  if (spec.setHostnameAsFQDN === true) v.forbidden(path, 'may not be specified when setHostnameAsFQDN is true')
  if (spec.hostNetwork === true) v.forbidden(path, 'may not be specified when hostNetwork is true')
  if (name.length > 64) v.tooLong(path, 64)
  v.each(path, name, dns1123Subdomain(name, v.minor))
}

/** Source: validateOS, validateLinux. */
export function validateOs(v: Validator, field: string, spec: PodSpec): void {
  if (spec.os === undefined) return
  const { name = '' } = spec.os
  if (name === '') v.required(`${field}.os.name`, has(v.minor, apiServer.systemsMissPlainly) ? '' : 'cannot be empty')
  else if (name !== 'linux' && name !== 'windows') v.notSupported(`${field}.os`, name, ['linux', 'windows'])
  else if (name === 'linux') forbidWindowsOptions(v, field, spec)
}

function forbidWindowsOptions(v: Validator, field: string, spec: PodSpec): void {
  const text = 'windows options cannot be set for a linux pod'
  if (!isUnset(spec.securityContext?.windowsOptions)) v.forbidden(`${field}.securityContext.windowsOptions`, text)
  for (const member of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const [index, { securityContext }] of (spec[member] ?? []).entries())
      if (!isUnset(securityContext?.windowsOptions))
        v.forbidden(`${field}.${member}[${index}].securityContext.windowsOptions`, text)
}
