import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'

/**
 * Names, keys, ports and the like: each function gives what is wrong with a value, as the API server words it, and an
 * empty list when nothing is. `minor` is the version whose words are used.
 * Source: k8s.io/apimachinery pkg/util/validation/validation.go.
 */

const none: readonly string[] = []

const labelFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`
const label1035Format = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedNameFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const underscoreFormat = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*'
const labelValueFormat = `(${qualifiedNameFormat})?`
const configKeyFormat = '[-._a-zA-Z0-9]+'
const envNameFormat = '[-._a-zA-Z][-._a-zA-Z0-9]*'
const wildcardFormat = `\\*\\.${subdomainFormat}`

/** `$` of a JavaScript pattern without flags is the very end of the text, as Go's is. */
const labelPattern = whole(labelFormat)
const subdomainPattern = whole(subdomainFormat)
const underscorePattern = whole(underscoreFormat)
const label1035Pattern = whole(label1035Format)
const qualifiedNamePattern = whole(qualifiedNameFormat)
const labelValuePattern = whole(labelValueFormat)
const configKeyPattern = whole(configKeyFormat)
const envNamePattern = whole(envNameFormat)
const wildcardPattern = whole(wildcardFormat)
const percentPattern = /^[0-9]+%$/
const headerPattern = /^[-A-Za-z0-9]+$/
const pathPattern = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/
/** Any printable ASCII character but `=`. Source: IsRelaxedEnvVarName, v1.30 and later. */
const relaxedEnvNamePattern = /^[ -<>-~]+$/

function whole(format: string): RegExp {
  return new RegExp(`^${format}$`)
}

/** Number of bytes of a text in UTF-8, which is what Go's `len` counts. */
export function byteLength(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x80) continue
    // A surrogate pair is two units and four bytes.
    bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2
  }
  return bytes
}

/** What is too long; from v1.35 on labels count bytes by name. Source: apimachinery pkg/api/validate/content/errors.go, MaxLenError. */
function maxLengthText(length: number, minor = 0): string {
  return `must be no more than ${length} ${has(minor, apiServer.labelsCountBytes) ? 'bytes' : 'characters'}`
}

/** `must be between %d and %d, inclusive`. */
export function rangeText(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`
}

/** The text about a pattern that does not match; the odd `'a',  or 'b', regex` is Go's. Source: RegexError. */
export function regexText(message: string, format: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${format}')`
  const listed = examples.map((example) => `'${example}', `).join(' or ')
  return `${message} (e.g. ${listed}regex used for validation is '${format}')`
}

/** From v1.20 on the texts name the RFC. */
function dnsWords(minor: number, what: 'label' | 'subdomain'): string {
  return has(minor, apiServer.namesItsRfc) ? `a lowercase RFC 1123 ${what}` : `a DNS-1123 ${what}`
}

/** Source: IsDNS1123Label. */
export function dns1123Label(value: string, minor: number): readonly string[] {
  if (value.length <= 63 && labelPattern.test(value)) return none
  const problems: string[] = []
  if (byteLength(value) > 63) problems.push(maxLengthText(63))
  if (has(minor, apiServer.labelsWithDotsAreTold) && !labelPattern.test(value) && subdomainPattern.test(value)) {
    // A subdomain that is no label: as its length was told already, it must be the dots. Source: commit cf894f11.
    problems.push('must not contain dots')
  } else if (!labelPattern.test(value)) {
    const message = `${dnsWords(minor, 'label')} must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character`
    problems.push(regexText(message, labelFormat, 'my-name', '123-abc'))
  }
  return problems
}

/** Source: IsDNS1123Subdomain. */
export function dns1123Subdomain(value: string, minor: number): readonly string[] {
  if (value.length <= 253 && subdomainPattern.test(value)) return none
  const problems: string[] = []
  if (byteLength(value) > 253) problems.push(maxLengthText(253))
  if (!subdomainPattern.test(value)) {
    const message = `${dnsWords(minor, 'subdomain')} must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`
    problems.push(regexText(message, subdomainFormat, 'example.com'))
  }
  return problems
}

/** Source: IsDNS1123SubdomainWithUnderscore. */
export function subdomainWithUnderscores(value: string): readonly string[] {
  const problems: string[] = []
  if (byteLength(value) > 253) problems.push(maxLengthText(253))
  if (!underscorePattern.test(value)) {
    const message =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
    problems.push(regexText(message, underscoreFormat, 'example.com'))
  }
  return problems
}

/** Source: IsDNS1035Label. */
export function dns1035Label(value: string): readonly string[] {
  const problems: string[] = []
  if (byteLength(value) > 63) problems.push(maxLengthText(63))
  if (!label1035Pattern.test(value)) {
    const message =
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
    problems.push(regexText(message, label1035Format, 'my-name', 'abc-123'))
  }
  return problems
}

/** Source: IsWildcardDNS1123Subdomain. */
export function wildcardDns1123Subdomain(value: string): readonly string[] {
  const problems: string[] = []
  if (byteLength(value) > 253) problems.push(maxLengthText(253))
  if (!wildcardPattern.test(value)) {
    const message =
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
    problems.push(regexText(message, wildcardFormat, '*.example.com'))
  }
  return problems
}

const qualifiedNameMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

function isPrefixed(value: string, slash: number, minor: number): boolean {
  const name = value.slice(slash + 1)
  if (name.length > 63 || !qualifiedNamePattern.test(name)) return false
  return dns1123Subdomain(value.slice(0, slash), minor).length === 0
}

/** A key of labels, annotations, taints and resources: `name` or `prefix/name`. Source: IsQualifiedName. */
export function qualifiedName(value: string, minor: number): readonly string[] {
  const slash = value.indexOf('/')
  if (slash < 0 && value.length <= 63 && qualifiedNamePattern.test(value)) return none
  if (slash > 0 && isPrefixed(value, slash, minor)) return none
  const explained = regexText(qualifiedNameMessage, qualifiedNameFormat, 'MyName', 'my.name', '123-abc')
  if (slash !== value.lastIndexOf('/')) {
    return [
      `a ${has(minor, apiServer.labelsCountBytes) ? 'valid label key' : 'qualified name'} ${explained} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const problems: string[] = []
  if (slash === 0) problems.push('prefix part must be non-empty')
  else if (slash > 0) {
    for (const text of dns1123Subdomain(value.slice(0, slash), minor)) problems.push(`prefix part ${text}`)
  }
  const name = value.slice(slash + 1)
  if (name === '') problems.push('name part must be non-empty')
  else if (byteLength(name) > 63) problems.push(`name part ${maxLengthText(63, minor)}`)
  if (!qualifiedNamePattern.test(name)) problems.push(`name part ${explained}`)
  return problems
}

/** Source: IsValidLabelValue. */
export function labelValue(value: string, minor: number): readonly string[] {
  if (value.length <= 63 && labelValuePattern.test(value)) return none
  const problems: string[] = []
  if (byteLength(value) > 63) problems.push(maxLengthText(63, minor))
  if (!labelValuePattern.test(value)) {
    const message =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
    problems.push(regexText(message, labelValueFormat, 'MyValue', 'my_value', '12345'))
  }
  return problems
}

/** Name of an environment variable. `relaxed` is the gate RelaxedEnvironmentVariableValidation. Source: IsEnvVarName. */
export function envVarName(value: string, relaxed = false): readonly string[] {
  if (relaxed) {
    if (value === '') return ['environment variable name must be non-empty']
    return relaxedEnvNamePattern.test(value)
      ? none
      : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
  }
  const climbing = changesDirectory(value)
  if (envNamePattern.test(value)) return climbing
  const message =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit"
  return [regexText(message, envNameFormat, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1'), ...climbing]
}

/** Key of a ConfigMap or Secret (C6). Source: IsConfigMapKey. */
export function configMapKey(value: string): readonly string[] {
  const climbing = changesDirectory(value)
  if (value.length <= 253 && configKeyPattern.test(value)) return climbing
  const problems: string[] = []
  if (byteLength(value) > 253) problems.push(maxLengthText(253))
  if (!configKeyPattern.test(value)) {
    const message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    problems.push(regexText(message, configKeyFormat, 'key.name', 'KEY_NAME', 'key-name'))
  }
  return [...problems, ...climbing]
}

/** Source: hasChDirPrefix. */
function changesDirectory(value: string): readonly string[] {
  if (value === '.') return ["must not be '.'"]
  if (value === '..') return ["must not be '..'"]
  return value.startsWith('..') ? ["must not start with '..'"] : none
}

/** Source: IsValidPortNum. */
export function portNumber(port: number): readonly string[] {
  return port >= 1 && port <= 65_535 ? none : [rangeText(1, 65_535)]
}

/** Source: IsValidPortName. */
export function portName(port: string, minor: number): readonly string[] {
  const problems: string[] = []
  if (byteLength(port) > 15) problems.push(maxLengthText(15))
  if (!/^[-a-z0-9]+$/.test(port)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  const few = has(minor, apiServer.portNamesWantALetter) ? 'letter (a-z)' : 'letter or number (a-z, 0-9)'
  if (!/[a-z]/.test(port)) problems.push(`must contain at least one ${few}`)
  if (port.includes('--')) problems.push('must not contain consecutive hyphens')
  if (port.startsWith('-') || port.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

/** Users and groups are numbers from 0 to 2^31-1. Source: IsValidUserID, IsValidGroupID. */
export function userOrGroupId(id: number): readonly string[] {
  return id >= 0 && id <= 2_147_483_647 ? none : [rangeText(0, 2_147_483_647)]
}

/** Source: IsValidPercent. */
export function percent(value: string): readonly string[] {
  if (percentPattern.test(value)) return none
  const message = "a valid percent string must be a numeric string followed by an ending '%'"
  return [regexText(message, '[0-9]+%', '1%', '93%')]
}

/** Source: IsHTTPHeaderName. */
export function httpHeaderName(value: string): readonly string[] {
  if (headerPattern.test(value)) return none
  const message = "a valid HTTP header must consist of alphanumeric characters or '-'"
  return [regexText(message, '[-A-Za-z0-9]+', 'X-Header-Name')]
}

/** Whether what follows a domain prefix is a path. Source: IsDomainPrefixedPath. */
export function isHttpPath(value: string): boolean {
  return pathPattern.test(value)
}

/** Source: IsValidIP; from v1.33 on IsValidIPForLegacyField, which is strict from v1.36 on. */
export function ipAddress(value: string, minor: number): readonly string[] {
  if (parseIp(value) !== undefined) return has(minor, apiServer.strictAddresses) ? looseness(value) : none
  const examples = has(minor, apiServer.addressesHaveTwoExamples) ? '10.9.8.7 or 2001:db8::ffff' : '10.9.8.7'
  return [`must be a valid IP address, (e.g. ${examples})`]
}

function looseness(value: string): readonly string[] {
  if (!value.includes(':')) return hasLeadingZeros(value) ? ['must not have leading 0s'] : none
  const mapped = isMapped(value)
  const four = value.slice(value.lastIndexOf(':') + 1)
  if (four.includes('.') && hasLeadingZeros(four)) return ['must not have leading 0s']
  return mapped ? ['must not be an IPv4-mapped IPv6 address'] : none
}

const hasLeadingZeros = (four: string) => four.split('.').some((part) => /^0\d/.test(part))
const isMapped = (six: string) => /^(?:::|(?:0{1,4}:){5})ffff:(?:\d+\.|[0-9a-f]{1,4}:[0-9a-f]{1,4}$)/i.test(six)

/** Source: IsValidCIDR (v1.30 on); from v1.33 on IsValidCIDRForLegacyField, which is strict from v1.36 on. */
export function cidr(value: string, minor: number): readonly string[] {
  if (!isCidr(value)) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']
  if (!has(minor, apiServer.strictAddresses)) return none
  const [address = '', bits = ''] = value.split('/')
  if (/^0\d/.test(bits) || (!address.includes(':') && hasLeadingZeros(address))) {
    return ['must not have leading 0s in IP or prefix length']
  }
  if (isMapped(address)) return ['must not have an IPv4-mapped IPv6 address']
  return hasBitsBeyond(address, Number(bits)) ? ['must not have bits set beyond the prefix length'] : none
}

function hasBitsBeyond(address: string, length: number): boolean {
  return addressBits(address).slice(length).includes('1')
}

/** The family of an IP address as Go's net.ParseIP takes it (leading zeros were taken before Go 1.17), or undefined. */
export function parseIp(value: string): 4 | 6 | undefined {
  if (value.includes(':')) return isIpv6(value) ? 6 : undefined
  return isIpv4(value) ? 4 : undefined
}

function isIpv4(value: string): boolean {
  const parts = value.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}

function isIpv6(value: string): boolean {
  if (value.length > 45) return false
  const halves = value.split('::')
  if (halves.length > 2) return false
  let groups = 0
  for (const [index, half] of halves.entries()) {
    if (half === '') continue
    const parts = half.split(':')
    for (const [position, part] of parts.entries()) {
      const isLast = index === halves.length - 1 && position === parts.length - 1
      if (isLast && part.includes('.')) {
        if (!isIpv4(part)) return false
        groups += 2
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups++
      else return false
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8
}

/** Whether Go's net.ParseCIDR takes the text. */
export function isCidr(value: string): boolean {
  const slash = value.indexOf('/')
  if (slash < 0) return false
  const family = parseIp(value.slice(0, slash))
  const bits = value.slice(slash + 1)
  return family !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/** Whether a range lies in another one and is smaller. Both are of the form that isCidr takes. Source: net.IPNet, Contains. */
export function isStrictSubset(inner: string, outer: string): boolean {
  const [innerIp = '', innerBits = ''] = inner.split('/')
  const [outerIp = '', outerBits = ''] = outer.split('/')
  const a = addressBits(innerIp)
  const b = addressBits(outerIp)
  const bits = Number(outerBits)
  return a.length === b.length && a.slice(0, bits) === b.slice(0, bits) && bits < Number(innerBits)
}

/** An address as a text of 32 or 128 digits. */
function addressBits(ip: string): string {
  if (!ip.includes(':'))
    return ip
      .split('.')
      .map((part) => bitsOf(Number(part), 8))
      .join('')
  const [head = '', tail] = ip.replace(/[\d.]+$/, lastAsGroups).split('::')
  const groups = (half: string) => half.split(':').filter((part) => part !== '')
  const before = groups(head)
  const after = groups(tail ?? '')
  const middle = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...middle, ...after].map((part) => bitsOf(Number.parseInt(part, 16), 16)).join('')
}

/** `1.2.3.4` at the end of an address of version 6 as `102:304`. */
function lastAsGroups(last: string): string {
  const parts = last.split('.').map(Number)
  if (parts.length !== 4) return last
  const [a = 0, b = 0, c = 0, d = 0] = parts
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

function bitsOf(value: number, width: number): string {
  return value.toString(2).padStart(width, '0')
}

/** A name or a prefix that will get a suffix: a trailing dash of a prefix does not count. Source: maskTrailingDash. */
export function maskTrailingDash(name: string, isPrefix: boolean): string {
  return isPrefix && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}
