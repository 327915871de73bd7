import type { EndpointSubset } from '../types/services.ts'
import { dns1123Label, dns1123Subdomain, ipAddress, parseIp, portNumber } from './formats.ts'
import { isUnset, type Validator } from './validator.ts'

/** What ports may speak, as refusals name it. Source: pkg/apis/core/validation/validation.go, supportedPortProtocols. */
export const protocols: readonly string[] = ['SCTP', 'TCP', 'UDP']

/** Addresses that lead to no other machine. Source: pkg/apis/core/validation/validation.go, ValidateNonSpecialIP. */
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
