import type { ConfigMap, Pod, Secret, VolumeProjection } from '../../../api/types/core.ts'
import { utf8Bytes } from '../../../bytes/bytes.ts'
import { joinPath } from '../../../fs/path.ts'
import { atOnce } from '../../../kernel/at-once.ts'
import { extended } from '../../../kernel/extended.ts'
import { mapped } from '../../../kernel/mapped.ts'
import type { Once } from '../../../kernel/once.ts'
import { process } from '../../../kernel/process.ts'
import { type Steps, wait } from '../../../kernel/steps.ts'
import { metadataField, resourceField } from '../../env/field-values.ts'
import type { ContentSource, MadeFrom, VolumeRef } from '../plugin.ts'
import type { Content, ContentKind, TokenMarks } from './content-volume.ts'
import { volumeFactsOf } from './facts.ts'
import type { Got, ObjectSource, TokenRequest, TokenResult, VolumeHost } from './host.ts'
import {
  aggregateErrors,
  configMapPayload,
  type FileProjection,
  type Payload,
  type PayloadOptions,
  type PayloadResult,
  secretPayload,
  sortedPayload,
} from './payload.ts'

/** Part of a volume's content, with the object that it came from. */
type Part =
  | { readonly ok: true; readonly payload: Payload; readonly source?: ContentSource; readonly staleAt?: number }
  | { readonly ok: false; readonly error: string }

/** How long a token lives if the Pod does not say. Source: pkg/apis/core, default of expirationSeconds. */
const defaultExpirationSeconds = 3600

/** Source: pkg/volume/secret/secret.go, SetUpAt. */
export function secretKind(host: VolumeHost): ContentKind {
  return {
    name: 'secret',
    inMemory: true,
    collect: (ref) => mapped(fetch(host.secrets, wantedSecret(ref)), contentOf),
    collectNow: (ref) => contentNow(fetchNow(host.secrets, wantedSecret(ref))),
    unchanged: ({ pod, sources }) => (areUnchanged(host, pod, sources) ? { sources } : undefined),
  }
}

/** On disk, not in memory. Source: pkg/volume/configmap/configmap.go, SetUpAt and wrappedVolumeSpec. */
export function configMapKind(host: VolumeHost): ContentKind {
  return {
    name: 'configmap',
    inMemory: false,
    collect: (ref) => mapped(fetch(host.configMaps, wantedConfigMap(ref)), contentOf),
    collectNow: (ref) => contentNow(fetchNow(host.configMaps, wantedConfigMap(ref))),
  }
}

/** Source: pkg/volume/downwardapi/downwardapi.go. */
export function downwardApiKind(host: VolumeHost): ContentKind {
  return {
    name: 'downward-api',
    inMemory: true,
    collect({ pod, volume }) {
      const { items, defaultMode } = volume.downwardAPI ?? {}
      return atOnce(() => contentOf(downwardFiles(host, pod, items, defaultMode)))
    },
  }
}

/** All sources in order into one payload; every source's error is told. Source: pkg/volume/projected/projected.go, collectData. */
export function projectedKind(host: VolumeHost): ContentKind {
  return {
    name: 'projected',
    inMemory: true,
    collect: (ref) => process(host.kernel, () => collectAll(host, ref)),
    collectNow: (ref) => collectAllNow(host, ref),
    unchanged: (ref, marks) => allUnchanged(host, ref, marks),
    marksOf: (ref) => marksOf(host, ref),
    renewed: (ref, payload) => renewed(host, ref, payload),
    forget: (pod) => host.tokens?.forget(pod.metadata.uid ?? ''),
  }
}

function* collectAll(host: VolumeHost, { pod, volume }: VolumeRef): Steps<Content> {
  const { sources = [], defaultMode } = volume.projected ?? {}
  const parts: Part[] = []
  for (const projection of sources) parts.push(yield* wait(project(host, pod, projection, defaultMode)))
  return merge(parts)
}

function collectAllNow(host: VolumeHost, { pod, volume }: VolumeRef): Content | undefined {
  const { sources = [], defaultMode } = volume.projected ?? {}
  // Looked at first, for whoever answers notes that it was asked.
  if (host.secrets.getNow === undefined || host.configMaps.getNow === undefined) return undefined
  const parts: Part[] = []
  for (const projection of sources) {
    const part = projectNow(host, pod, projection, defaultMode)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return merge(parts)
}

/** Asks for each object as a refresh does; whether all are those that the volume was made from. */
function areUnchanged(host: VolumeHost, { metadata: { namespace = '' } }: Pod, sources: MadeFrom['sources']): boolean {
  if (sources.length === 0) return false
  for (const { kind, name, resourceVersion } of sources) {
    const got = (kind === 'Secret' ? host.secrets : host.configMaps).getNow?.(namespace, name)
    if (got?.ok !== true || got.object.metadata.resourceVersion !== resourceVersion) return false
  }
  return true
}

/** Fields that stay what they are for as long as there is the Pod. */
const fixedFields: readonly (string | undefined)[] = ['metadata.name', 'metadata.namespace', 'metadata.uid']

function allUnchanged(host: VolumeHost, ref: VolumeRef & MadeFrom, marks: TokenMarks): MadeFrom | undefined {
  const { pod, volume, sources } = ref
  let staleAt: number | undefined
  let tokens = 0
  for (const { downwardAPI, serviceAccountToken } of volume.projected?.sources ?? []) {
    if (downwardAPI?.items?.some(({ fieldRef }) => !fixedFields.includes(fieldRef?.fieldPath)) === true)
      return undefined
    if (serviceAccountToken === undefined) continue
    const request = tokenRequestOf(serviceAccountToken)
    const mark = marks?.[tokens++]
    const end = host.tokens?.staleAt?.(pod, request)
    if (mark === undefined || end === undefined || host.tokens?.markOf?.(pod, request) !== mark) return undefined
    staleAt = Math.min(staleAt ?? end, end)
  }
  const isTokensAlone = tokens > 0 && sources.length === 0
  return isTokensAlone || areUnchanged(host, pod, sources) ? { sources, staleAt } : undefined
}

function marksOf(host: VolumeHost, { pod, volume }: VolumeRef): TokenMarks {
  const marks: object[] = []
  for (const { serviceAccountToken } of volume.projected?.sources ?? []) {
    if (serviceAccountToken === undefined) continue
    const mark = host.tokens?.markOf?.(pod, tokenRequestOf(serviceAccountToken))
    if (mark === undefined) return undefined
    marks.push(mark)
  }
  return marks
}

/** The same files with the tokens that the kubelet holds. */
function renewed(host: VolumeHost, { pod, volume }: VolumeRef, payload: Payload): Payload {
  const { sources = [], defaultMode } = volume.projected ?? {}
  const files = new Map(payload)
  for (const { serviceAccountToken } of sources) {
    if (serviceAccountToken === undefined) continue
    const token = host.tokens?.lookAt?.(pod, tokenRequestOf(serviceAccountToken))
    if (token !== undefined) files.set(serviceAccountToken.path, tokenFile(host, pod, token, defaultMode))
  }
  return files
}

type TokenProjection = NonNullable<VolumeProjection['serviceAccountToken']>

/** What a kubelet asks for, of what a volume says. */
export function tokenRequestOf({
  audience = '',
  expirationSeconds = defaultExpirationSeconds,
}: TokenProjection): TokenRequest {
  return { audience, expirationSeconds }
}

function contentOf(part: Part): Content {
  if (!part.ok) return part
  const { payload, source, staleAt } = part
  return {
    ok: true,
    payload,
    sources: source === undefined ? noSources : aloneOf(source),
    ...(staleAt !== undefined && { staleAt }),
  }
}

const noSources: readonly ContentSource[] = []

/** How many lists are remembered: what the volumes of a Pod come from, so that the next Pod with the same finds them. */
const remembered = 8
const lists: (readonly [ContentSource])[] = []
let next = 0

/** A list of one source: the very one of a volume that was made from the same not long ago, for tens of thousands rest. */
function aloneOf(source: ContentSource): readonly [ContentSource] {
  const { kind, name, resourceVersion } = source
  const known = lists.find(
    ([each]) => each.name === name && each.resourceVersion === resourceVersion && each.kind === kind,
  )
  if (known !== undefined) return known
  const list = [source] as const
  lists[next] = list
  next = (next + 1) % remembered
  return list
}

function contentNow(part: Part | undefined): Content | undefined {
  return part && contentOf(part)
}

function merge(parts: readonly Part[]): Content {
  const error = aggregateErrors(parts.flatMap((part) => (part.ok ? [] : [part.error])))
  if (error !== undefined) return { ok: false, error }
  const payload = new Map<string, FileProjection>()
  const sources: ContentSource[] = []
  let staleAt: number | undefined
  for (const part of parts) {
    if (!part.ok) continue
    for (const [path, file] of part.payload) payload.set(path, file)
    if (part.source !== undefined) sources.push(part.source)
    if (part.staleAt !== undefined) staleAt = Math.min(staleAt ?? part.staleAt, part.staleAt)
  }
  return { ok: true, payload: sortedPayload(payload), sources, ...(staleAt !== undefined && { staleAt }) }
}

function project(
  host: VolumeHost,
  pod: Pod,
  { secret, configMap, downwardAPI, serviceAccountToken }: VolumeProjection,
  defaultMode: number | undefined,
): Once<Part> {
  if (secret !== undefined) return fetch(host.secrets, projectedSecret(pod, secret, defaultMode))
  if (configMap !== undefined) return fetch(host.configMaps, projectedConfigMap(pod, configMap, defaultMode))
  if (downwardAPI !== undefined) return atOnce(() => downwardFiles(host, pod, downwardAPI.items, defaultMode))
  if (serviceAccountToken !== undefined) return projectToken(host, pod, serviceAccountToken, defaultMode)
  return atOnce(() => ({ ok: true, payload: new Map() }))
}

/** The same where it is on the node. */
function projectNow(
  host: VolumeHost,
  pod: Pod,
  { secret, configMap, downwardAPI, serviceAccountToken }: VolumeProjection,
  defaultMode: number | undefined,
): Part | undefined {
  if (secret !== undefined) return fetchNow(host.secrets, projectedSecret(pod, secret, defaultMode))
  if (configMap !== undefined) return fetchNow(host.configMaps, projectedConfigMap(pod, configMap, defaultMode))
  if (downwardAPI !== undefined) return downwardFiles(host, pod, downwardAPI.items, defaultMode)
  if (serviceAccountToken === undefined) return { ok: true, payload: new Map() }
  const result = host.tokens?.getNow?.(pod, tokenRequestOf(serviceAccountToken))
  return result && tokenPart(host, pod, result, serviceAccountToken.path, defaultMode)
}

function projectedSecret(
  pod: Pod,
  { name = '', items, optional = false }: NonNullable<VolumeProjection['secret']>,
  defaultMode: number | undefined,
): Wanted<Secret> {
  return { kind: 'Secret', pod, name, options: { items, defaultMode, optional }, payloadOf: secretPayload }
}

function projectedConfigMap(
  pod: Pod,
  { name = '', items, optional = false }: NonNullable<VolumeProjection['configMap']>,
  defaultMode: number | undefined,
): Wanted<ConfigMap> {
  return { kind: 'ConfigMap', pod, name, options: { items, defaultMode, optional }, payloadOf: configMapPayload }
}

function projectToken(
  host: VolumeHost,
  pod: Pod,
  projection: TokenProjection,
  defaultMode: number | undefined,
): Once<Part> {
  if (host.tokens === undefined)
    return atOnce(() => ({
      ok: false,
      error: 'failed to fetch token: the server could not find the requested resource',
    }))
  return mapped(host.tokens.get(pod, tokenRequestOf(projection)), (result) =>
    tokenPart(host, pod, result, projection.path, defaultMode),
  )
}

function tokenPart(
  host: VolumeHost,
  pod: Pod,
  result: TokenResult,
  path: string,
  defaultMode: number | undefined,
): Part {
  if (!result.ok) return result
  const payload = new Map([[path, tokenFile(host, pod, result.token, defaultMode)]])
  return { ok: true, payload, ...(result.staleAt !== undefined && { staleAt: result.staleAt }) }
}

/** Who may read a token: its user alone, or the group, or everybody in the container. Source: projected.go, collectData. */
function tokenFile(host: VolumeHost, pod: Pod, token: string, defaultMode = 0o644): FileProjection {
  const data = utf8Bytes(token)
  if (!volumeFactsOf(host.minor).tokenModeFollowsUser) return { data, mode: 0o600 }
  const uid = commonUser(pod)
  const restricted = uid !== undefined || pod.spec.securityContext?.fsGroup !== undefined
  return { data, mode: restricted ? 0o600 : defaultMode, ...(uid !== undefined && { uid }) }
}

/** The user that all containers of a Pod run as, if they agree. Source: pkg/volume/util, FsUserFrom. */
function commonUser(pod: Pod): number | undefined {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
  const users = new Set(
    all.map(({ securityContext }) => securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser),
  )
  return users.size === 1 ? [...users][0] : undefined
}

/** An object that a volume's files come from, and what is made of it. */
interface Wanted<T> {
  readonly kind: ContentSource['kind']
  readonly pod: Pod
  readonly name: string
  readonly options: PayloadOptions
  readonly payloadOf: (object: T | undefined, options: PayloadOptions) => PayloadResult
}

function wantedSecret({ pod, volume }: VolumeRef): Wanted<Secret> {
  const { secretName = '', items, defaultMode, optional = false } = volume.secret ?? {}
  return { kind: 'Secret', pod, name: secretName, options: { items, defaultMode, optional }, payloadOf: secretPayload }
}

function wantedConfigMap({ pod, volume }: VolumeRef): Wanted<ConfigMap> {
  const { name = '', items, defaultMode, optional = false } = volume.configMap ?? {}
  return { kind: 'ConfigMap', pod, name, options: { items, defaultMode, optional }, payloadOf: configMapPayload }
}

type Versioned = { readonly metadata: { readonly resourceVersion?: string } }

function fetch<T extends Versioned>(source: ObjectSource<T>, wanted: Wanted<T>): Once<Part> {
  return mapped(source.get(wanted.pod.metadata.namespace ?? '', wanted.name), (got) => partOf(got, wanted))
}

function fetchNow<T extends Versioned>(source: ObjectSource<T>, wanted: Wanted<T>): Part | undefined {
  const got = source.getNow?.(wanted.pod.metadata.namespace ?? '', wanted.name)
  return got && partOf(got, wanted)
}

function partOf<T extends Versioned>(got: Got<T>, { kind, name, options, payloadOf }: Wanted<T>): Part {
  if (!got.ok && !(got.error.isNotFound && options.optional)) return { ok: false, error: got.error.message }
  const object = got.ok ? got.object : undefined
  const made = payloadOf(object, options)
  return made.ok ? extended(made, { source: { kind, name, resourceVersion: object?.metadata.resourceVersion } }) : made
}

interface DownwardItem {
  readonly path: string
  readonly mode?: number
  readonly fieldRef?: { readonly fieldPath: string }
  readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string; readonly divisor?: string }
}

/** Source: downwardapi.go, CollectData. */
function downwardFiles(
  host: VolumeHost,
  pod: Pod,
  items: readonly DownwardItem[] = [],
  defaultMode: number | undefined,
): Part {
  if (defaultMode === undefined) return { ok: false, error: 'No defaultMode used, not even the default value for it' }
  const errors: string[] = []
  const payload = new Map<string, FileProjection>()
  for (const { path, mode, fieldRef, resourceFieldRef } of items) {
    const value =
      fieldRef !== undefined
        ? metadataField(pod, fieldRef.fieldPath)
        : resourceFieldRef !== undefined
          ? resourceField(pod, resourceFieldRef, undefined, host.allocatable())
          : ({ ok: true, value: '' } as const)
    if (!value.ok) errors.push(value.error)
    payload.set(joinPath(path), { data: utf8Bytes(value.ok ? value.value : ''), mode: mode ?? defaultMode })
  }
  const error = aggregateErrors(errors)
  return error === undefined ? { ok: true, payload: sortedPayload(payload) } : { ok: false, error }
}
