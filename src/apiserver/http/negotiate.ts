import { failure } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'

/** Which form an answer takes. Source: apiserver pkg/endpoints/handlers/negotiation/negotiate.go. */
export interface Output {
  readonly format: 'json' | 'yaml' | 'protobuf'
  /** `as=Table;v=v1;g=meta.k8s.io`. */
  readonly as:
    | { readonly kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'; readonly version: string }
    | undefined
}

/** The media type of protobuf. */
export const protobufType = 'application/vnd.kubernetes.protobuf'

const accepted = ['application/json', 'application/yaml', protobufType]

/** What most ask for, and who asks for nothing. */
const plainJson: Output = { format: 'json', as: undefined }

/** What there is to choose from. */
export interface Offered {
  /** The route has watches. */
  readonly streams: boolean
  /** Objects of custom resources have no messages; their metadata has. */
  readonly hasMessages: boolean
  readonly minor: number
}

/** Of clauses that cannot be served the next is tried; with none left the answer is 406. */
export function negotiateOutput(accept: string | undefined, { streams, hasMessages, minor }: Offered): Output | Status {
  if (accept === undefined || accept === 'application/json') return plainJson
  const clauses = inTurn(
    accept
      .split(',')
      .map((clause) => clause.trim())
      .filter((clause) => clause !== ''),
  )
  if (clauses.length === 0) return plainJson
  let isKnown = false
  for (const clause of clauses) {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim())
    if (type !== '*/*' && !accepted.includes(type)) continue
    isKnown = true
    const as = transformOf(new Map(parameters.map((parameter) => splitParameter(parameter))))
    if (as === 'unknown') continue
    if (type !== protobufType) return { format: type === 'application/yaml' ? 'yaml' : 'json', as }
    // Source: apiserver pkg/endpoints/handlers/rest.go, AllowsMediaTypeTransform: no tables.
    if (as === undefined ? hasMessages : as.kind !== 'Table') return { format: 'protobuf', as }
  }
  // The web framework in front answers for types that no route produces.
  if (!isKnown) return failure(406, 'NotAcceptable', `406: Not Acceptable${representations(streams, minor)}`, {})
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)
}

/** Clauses in the order in which they are tried. Source: github.com/munnerz/goautoneg, ParseAccept: sort.Sort puts in so few one by one. */
function inTurn(clauses: readonly string[]): readonly string[] {
  const sorted: string[] = []
  for (const clause of clauses) {
    let at = sorted.length
    while (at > 0 && isBefore(clause, sorted[at - 1] ?? '')) at--
    sorted.splice(at, 0, clause)
  }
  return sorted
}

/** What is wanted more comes first, and what is named before what may be anything, however much that is wanted. */
function isBefore(one: string, other: string): boolean {
  return qualityOf(one) > qualityOf(other) || (!isAnything(one) && isAnything(other))
}

const isAnything = (clause: string): boolean => clause.startsWith('*/*')

/** 1 unless it says something else; what is no number is 0. */
function qualityOf(clause: string): number {
  const given = /;\s*q=([^;]*)/.exec(clause)?.[1]
  return given === undefined ? 1 : /^[+-]?(\d+\.?\d*|\.\d+)$/.test(given) ? Number(given) : 0
}

/** From go-restful v3.8 on (Kubernetes v1.25) what there is instead is told; `streams`: the route has watches. */
function representations(streams: boolean, minor: number): string {
  if (!has(minor, apiServer.tellsRepresentations)) return ''
  const watches = streams ? ['application/json;stream=watch', `${protobufType};stream=watch`] : []
  return `\n\nAvailable representations: ${[...accepted, ...watches].join(', ')}`
}

function splitParameter(parameter: string): [string, string] {
  const equals = parameter.indexOf('=')
  return equals < 0 ? [parameter, ''] : [parameter.slice(0, equals), parameter.slice(equals + 1)]
}

function transformOf(parameters: ReadonlyMap<string, string>): Output['as'] | 'unknown' {
  const kind = parameters.get('as')
  if (kind === undefined) return undefined
  const version = parameters.get('v') ?? ''
  const isMeta = parameters.get('g') === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1')
  if (!isMeta) return 'unknown'
  return kind === 'Table' || kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList'
    ? { kind, version: `meta.k8s.io/${version}` }
    : 'unknown'
}

/** Type of a request's body; undefined when nobody can read it. */
export function inputFormat(contentType: string | undefined): 'json' | 'yaml' | undefined {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? ''
  if (type === '' || type === 'application/json') return 'json'
  return type === 'application/yaml' ? 'yaml' : undefined
}

/** Source: negotiation/errors.go, errUnsupportedMediaType. */
export function unsupportedMediaType(types: readonly string[] = accepted): Status {
  const message = `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`
  return failure(415, 'UnsupportedMediaType', message)
}
