import type { SigningCondition, SigningRequest } from '../api/types/certificates.ts'
import { decodeBase64, encodeBase64, utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import type { Client } from '../client/client.ts'
import type { Informer } from '../client/informer.ts'
import { isNotFound } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { certificateDer, type Extension, parseRequest } from '../go/tls/certificate.ts'
import { bigInteger, derSequence, pemBlocks } from '../go/tls/der.ts'
import { element, objectId, sequence } from '../go/tls/der-writer.ts'
import { isSignedBy, makeKey, type PrivateKey, pem } from '../go/tls/private-key.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { hour, minute } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'

type Spec = NonNullable<SigningRequest['spec']>

/** Flag `--cluster-signing-duration`. */
const longestMs = 8760 * hour

/**
 * Signs requests that were approved, with a key of its own that nothing else is signed with. Source: pkg/controller/certificates/signer/signer.go.
 */
export function createSigningController(context: ControllerContext): Controller {
  const signer = new Signer(context)
  const { requests } = signer
  const { queue, controller } = createQueue({ context, informers: [requests], sync: (name) => signer.sync(name) })
  const add = ({ metadata }: SigningRequest): void => queue.add(metadata.name)
  requests.addHandler({ add, update: (_old, request) => add(request) })
  return controller
}

class Signer {
  readonly requests: Informer<SigningRequest>
  readonly #context: ControllerContext
  readonly #client: Client
  readonly #resource: { readonly group: string; readonly version: string; readonly resource: string }
  readonly #tellsFailures: boolean
  #authority: PrivateKey | undefined

  constructor(context: ControllerContext) {
    this.#context = context
    this.#tellsFailures = has(context.minor, controllers.signsThroughV1)
    const version = this.#tellsFailures ? 'v1' : 'v1beta1'
    this.#resource = { group: 'certificates.k8s.io', version, resource: 'certificatesigningrequests' }
    this.#client = context.clientFor('certificate-controller')
    this.requests = context.informer<SigningRequest>(this.#resource)
  }

  *sync(name: string): Steps<Outcome> {
    const { kernel, calendar } = this.#context
    const cached = this.requests.get(undefined, name)
    if (cached === undefined || !isToBeSigned(cached)) return 'done'
    const request = readRequest(cached.spec?.request ?? '')
    if (request === undefined) return 'done'
    const next = this.#answered(cached, request, calendar.at(kernel.now()))
    if (next === undefined) return 'done'
    const written = yield* attempt(this.#client.update<SigningRequest>(this.#resource, next, { subresource: 'status' }))
    return written.ok || isNotFound(written.error) ? 'done' : 'retry'
  }

  /** With its certificate, or why there is none; undefined: nobody is told. */
  #answered(cached: SigningRequest, request: Request, nowMs: number): SigningRequest | undefined {
    const { spec = {}, status = {} } = cached
    const problem = problemOf(spec, request)
    if (problem !== undefined && !this.#tellsFailures) return undefined
    const bytes = (count: number): Uint8Array => this.#bytes(count)
    this.#authority ??= makeKey('ec', 256, bytes)
    if (problem === undefined)
      return {
        ...cached,
        status: { ...status, certificate: signed(spec, request, { key: this.#authority, nowMs, bytes }) },
      }
    const conditions = [...(status.conditions ?? []), failed(problem, rfc3339(nowMs))]
    return { ...cached, status: { ...status, conditions } }
  }

  #bytes(count: number): Uint8Array {
    const stream = this.#context.random.stream('controllers/csr-signing')
    return Uint8Array.from({ length: count }, () => stream.integer(0, 256))
  }
}

const legacySigner = 'kubernetes.io/legacy-unknown'
const signers: ReadonlySet<string> = new Set([
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/kubelet-serving',
  legacySigner,
])

function isToBeSigned({ spec = {}, status = {} }: SigningRequest): boolean {
  const told = new Set((status.conditions ?? []).map(({ type }) => type))
  const isOpen = told.has('Approved') && !told.has('Denied') && !told.has('Failed')
  return isOpen && (status.certificate ?? '') === '' && signers.has(spec.signerName ?? '')
}

type Request = NonNullable<ReturnType<typeof parseRequest>>

/** A request that its own key has signed; undefined for what podsim does not read as one. */
function readRequest(base64: string): Request | undefined {
  const decoded = decodeBase64(base64)
  const [block] = decoded.ok ? pemBlocks(utf8Text(decoded.bytes)) : []
  const request = block === undefined ? undefined : parseRequest(block.bytes)
  if (block === undefined || request === undefined) return undefined
  const [body, , signature] = derSequence(block.bytes) ?? []
  if (body === undefined || signature === undefined) return undefined
  const isOwn = isSignedBy(request.publicKey, sequence(body.content), signature.content.subarray(1))
  return isOwn ? request : undefined
}

/** What its signer does not sign. Source: validAPIServerClientUsages; pkg/apis/certificates/helpers.go, ValidateKubeletClientCSR, ValidateKubeletServingCSR. */
function problemOf({ signerName, usages = [] }: Spec, { subject }: Request): string | undefined {
  if (signerName === legacySigner) return undefined
  if (signerName === 'kubernetes.io/kube-apiserver-client') {
    const wrong = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage))
    if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`
    return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
  }
  const valuesOf = (wanted: string) => subject.flatMap(([type, value]) => (type === wanted ? [value] : []))
  if (valuesOf('O').join('\n') !== 'system:nodes') return 'subject organization is not system:nodes'
  const isNode = valuesOf('CN').at(-1)?.startsWith('system:node:') === true
  return isNode ? undefined : 'subject common name does not begin with system:node: '
}

function failed(message: string, now: string): SigningCondition {
  return {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message,
    lastUpdateTime: now,
    lastTransitionTime: now,
  }
}

interface Signing {
  readonly key: PrivateKey
  readonly nowMs: number
  readonly bytes: (count: number) => Uint8Array
}

/** The certificate as the status has it. Source: authority/authority.go, Sign; policies.go, PermissiveSigningPolicy. */
function signed(spec: Spec, request: Request, { key, nowMs, bytes }: Signing): string {
  const now = Math.floor(nowMs / 1000) * 1000
  const lifeMs = durationMs(spec.expirationSeconds)
  const backMs = 5 * minute
  const names = request.extensions.filter(({ id }) => id === '2.5.29.17')
  const fields = {
    serial: bigInteger(bytes(16)),
    issuer: [['CN', 'kubernetes']] as const,
    subject: request.subject,
    notBefore: now - backMs,
    notAfter: now + lifeMs - (lifeMs < 8 * hour ? 0 : backMs),
    publicKey: request.publicKey,
    extensions: [...usageExtensions(spec.usages ?? []), ...names],
  }
  return encodeBase64(utf8Bytes(pem('CERTIFICATE', certificateDer(fields, key), encodeBase64)))
}

/** Source: signer.go, duration. */
function durationMs(seconds: number | undefined): number {
  if (seconds === undefined) return longestMs
  return Math.min(longestMs, Math.max(10 * minute, seconds * 1000))
}

/** Bits of keyUsage. Source: authority/policies.go, keyUsageDict. */
const keyUsages: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
}

/** Last number of the identifiers below id-kp. Source: authority/policies.go, extKeyUsageDict. */
const extendedUsages: Readonly<Record<string, number>> = {
  'server auth': 1,
  'client auth': 2,
  'code signing': 3,
  'email protection': 4,
  's/mime': 4,
  'ipsec end system': 5,
  'ipsec tunnel': 6,
  'ipsec user': 7,
  timestamping: 8,
  'ocsp signing': 9,
}

/** In the order in which Go writes them. Source: crypto/x509, buildCertExtensions. */
function usageExtensions(usages: readonly string[]): readonly Extension[] {
  const known = [...new Set(usages)].sort()
  const flags = known.flatMap((usage) => keyUsages[usage] ?? [])
  const purposes = known.flatMap((usage) => extendedUsages[usage] ?? [])
  const byte = flags.reduce((sum, bit) => sum | (0x80 >> bit), 0)
  const keyUsage = element(0x03, Uint8Array.of(7 - Math.max(...flags, 0), byte))
  const purpose = sequence(...purposes.map((last) => objectId(`1.3.6.1.5.5.7.3.${last}`)))
  return [
    ...(flags.length === 0 ? [] : [{ id: '2.5.29.15', critical: true, value: keyUsage }]),
    ...(purposes.length === 0 ? [] : [{ id: '2.5.29.37', critical: false, value: purpose }]),
    { id: '2.5.29.19', critical: true, value: sequence() },
  ]
}
