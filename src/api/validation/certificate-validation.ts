import { encodeBase64, fromBase64 } from '../../bytes/bytes.ts'
import { goQuote } from '../../go/quote.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { dns1123Label, dns1123Subdomain } from './formats.ts'
import type { Validator } from './validator.ts'

/** CertificateSigningRequests. Source: pkg/apis/certificates/validation/validation.go. */

/** The spec; expirationSeconds in seconds. */
export interface SigningRequestSpec {
  /** Base64 of PEM. */
  readonly request?: string
  readonly username?: string
  readonly groups?: readonly string[]
  readonly signerName?: string
  readonly usages?: readonly string[]
  readonly expirationSeconds?: number
}

/** Source: allValidUsages, sorted. */
const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

/** The signer of requests of v1beta1 that name none. */
const legacySigner = 'kubernetes.io/legacy-unknown'

/**
 * Whether the bytes hold a block of the right type is looked at; neither its content nor the signature are.
 * Source: validateCertificateSigningRequest, ParseCSR.
 */
export function validateSigningRequest(v: Validator, spec: SigningRequestSpec): void {
  // Nothing and an empty text are the same here, after decoding.
  const bytes = spec.request ? fromBase64(spec.request) : undefined
  const isStrict = has(v.minor, apiServer.requestsAreV1)
  const type = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n/.exec(textOf(bytes))?.[1]
  if (type !== 'CERTIFICATE REQUEST') {
    v.invalidGo('spec.request', goBytes(bytes, v.minor), 'PEM block type must be CERTIFICATE REQUEST')
  }
  const given = spec.usages ?? []
  const isPlain = has(v.minor, apiServer.signingRequestsMissPlainly)
  if (given.length === 0) v.required('spec.usages', isPlain ? '' : 'usages must be provided')
  if (isStrict) validateUsages(v, given)
  const { signerName = '', expirationSeconds: seconds } = spec
  if (isStrict && signerName === legacySigner) {
    v.invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version')
  } else if (signerName !== '') validateSignerName(v, 'spec.signerName', signerName)
  else if (isStrict) v.required('spec.signerName', isPlain ? '' : 'signerName must be provided')
  if (seconds !== undefined && seconds < 600) {
    v.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 600 seconds (10 minutes)')
  }
}

function validateUsages(v: Validator, given: readonly string[]): void {
  for (const [index, usage] of given.entries()) {
    if (!usages.includes(usage)) v.notSupported(`spec.usages[${index}]`, usage, usages)
  }
  for (const [index, usage] of given.entries()) {
    if (given.indexOf(usage) < index) v.duplicate(`spec.usages[${index}]`, usage)
  }
}

/** Source: ValidateCertificateSigningRequestSignerName. */
function validateSignerName(v: Validator, field: string, signerName: string): void {
  const segments = signerName.split('/')
  const [domain = '', path = ''] = segments
  if (segments.length !== 2) {
    v.invalid(field, signerName, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
    return
  }
  if (domain.length > 253) v.tooLong(field, 253)
  const labels = domain.split('.')
  validateSegments(v, field, domain, (label) => dns1123Label(label, v.minor))
  if (labels.length < 2) v.invalid(field, domain, 'should be a domain with at least two segments separated by dots')
  validateSegments(v, field, path, (label) => dns1123Subdomain(label, v.minor))
  if (signerName.length > 571) v.tooLong(field, 571)
}

/** The first part that is wrong is told, as it may be wrong in several ways. */
function validateSegments(
  v: Validator,
  field: string,
  value: string,
  problemsOf: (label: string) => readonly string[],
): void {
  for (const label of value.split('.')) {
    const problems = problemsOf(label)
    for (const problem of problems) v.invalid(field, value, `validating label "${label}": ${problem}`)
    if (problems.length > 0) return
  }
}

function textOf(bytes: Uint8Array | undefined): string {
  let text = ''
  for (const byte of bytes ?? []) text += String.fromCharCode(byte)
  return text
}

/** As refusals show them. */
function goBytes(bytes: Uint8Array | undefined, minor: number): string {
  if (has(minor, apiServer.showsValuesAsJson)) return bytes === undefined ? 'null' : goQuote(encodeBase64(bytes))
  if (bytes === undefined) return '[]byte(nil)'
  return `[]byte{${[...bytes].map((byte) => `0x${byte.toString(16)}`).join(', ')}}`
}
