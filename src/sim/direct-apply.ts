import { isObject } from '../api/json.ts'
import type { ResourceInfo } from '../api/schema/discovery.ts'
import { type Definition, schemaOf } from '../api/schema/schema.ts'
import type { Pod, ServiceAccount } from '../api/types/core.ts'
import type { KubeObject, Status } from '../api/types/meta.ts'
import { authenticated } from '../apiserver/auth/users.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import { notPlain, typedValue } from '../apiserver/decoding/typed-value.ts'
import { storedName } from '../apiserver/registry/resource-table.ts'
import { apiServerFact } from '../apiserver/version-facts.ts'
import { adminUser } from '../cluster/control-plane.ts'
import { extended } from '../kernel/extended.ts'
import { failureText } from '../kubectl/cli/failure.ts'
import { clientVersion } from '../kubectl/client-version.ts'
import { configurationText, lastApplied } from '../kubectl/resource/last-applied.ts'
import { resolveFeatureGates } from '../versions/feature-gates.ts'

export interface DirectApplyWorld {
  readonly server: RunningApiServer
  readonly minor: number
  readonly kubectl: string
  /** Nobody is in the way of requests, nor refuses what is right. */
  readonly isUndisturbed: () => boolean
  /** Namespace of kubectl's present context. */
  readonly namespace: () => string
}

/** Applied; or refused, with what kubectl prints; or an object whose text kubectl has to read. */
export type Applied = { readonly kind: 'applied' | 'text' } | { readonly kind: 'refused'; readonly stderr: string }

/**
 * Does with an object that does not exist yet what `kubectl apply -f -` does with its text (a GET, then a POST with the
 * annotation of what was applied), without writing and reading texts: a tenth of the cost. What kubectl would have a word
 * to say about goes its way. The journal is the same either way, which a test holds.
 */
export function createDirectApply(world: DirectApplyWorld): (manifest: object) => Applied {
  const user = authenticated(adminUser)
  const version = clientVersion(world.kubectl)
  const { server, minor } = world
  const schema = schemaOf(minor)
  const needsToken = !resolveFeatureGates(minor).BoundServiceAccountTokenVolume
  return (manifest) => {
    const target = world.isUndisturbed() ? targetOf(world, manifest) : undefined
    const definition = target === undefined ? undefined : schema.kind(target.info)
    if (target === undefined || definition === undefined) return { kind: 'text' }
    const { info, namespace, name } = target
    if (info.kind === 'Pod' && !hasAccount(server, namespace, manifest, needsToken)) return { kind: 'text' }
    const body = bodyOf(manifest, target, definition, minor)
    if (body === undefined) return { kind: 'text' }
    const { group, version: apiVersion, resource } = info
    const ref = { group, version: apiVersion, resource }
    const place = info.namespaced ? { namespace } : {}
    server.handle({ user, verb: 'get', resource: ref, ...place, name })
    // Whether it is the namespace that is missing. Source: cli-runtime pkg/resource/visitor.go, Info.Get.
    if (info.namespaced && namespace !== 'default') {
      server.handle({ user, verb: 'get', resource: namespaces, name: namespace })
    }
    const fieldManager = version.sendsFieldManager ? 'kubectl-client-side-apply' : 'kubectl'
    const answer = server.handle({ user, verb: 'create', resource: ref, ...place, body, fieldManager })
    return answer.ok ? { kind: 'applied' } : { kind: 'refused', stderr: refusal(answer.status, version) }
  }
}

/** Without its account, or the account's token, a Pod may have to wait, which only kubectl does. */
function hasAccount({ store }: RunningApiServer, namespace: string, pod: object, needsToken: boolean): boolean {
  const { spec } = pod as Partial<Pod> // read only
  const name = spec?.serviceAccountName || 'default'
  const account = store.collection('serviceaccounts').get(namespace, name) as ServiceAccount | undefined // by its resource
  return account !== undefined && (!needsToken || (account.secrets ?? []).length > 0)
}

const namespaces = { group: '', version: 'v1', resource: 'namespaces' } as const

interface Target {
  readonly info: ResourceInfo
  readonly namespace: string
  readonly name: string
}

/** Names that stand in a path as they are. */
const plainName = /^[a-zA-Z0-9][a-zA-Z0-9.-]*$/

/** Where the object is to be created; undefined if that needs more than a look at it, or if it is there. */
function targetOf(world: DirectApplyWorld, manifest: object): Target | undefined {
  const { apiVersion, kind, metadata } = manifest as Partial<KubeObject> // looked at member by member
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isObject(metadata)) return undefined
  const { name, namespace: given = '' } = metadata as Partial<KubeObject['metadata']> // as above
  if (typeof name !== 'string' || !plainName.test(name)) return undefined
  if (typeof given !== 'string' || (given !== '' && !plainName.test(given))) return undefined
  const { store, discovery } = world.server
  const info = discovery.resources.find(
    (candidate) => candidate.kind === kind && apiVersionOf(candidate) === apiVersion,
  )
  if (info === undefined || !info.verbs.includes('get') || !info.verbs.includes('create')) return undefined
  const namespace = info.namespaced ? given || world.namespace() : ''
  if (given !== namespace && given !== '') return undefined
  if (info.namespaced && store.collection('namespaces').get('', namespace) === undefined) return undefined
  const exists = store.collection(storedName(info)).get(namespace, name) !== undefined
  return exists ? undefined : { info, namespace, name }
}

function apiVersionOf({ group, version }: ResourceInfo): string {
  return group === '' ? version : `${group}/${version}`
}

/** Longer texts are left to whoever measures them in bytes. */
const textMaxLength = 100_000

/** The object as the server decodes what kubectl sends; undefined if the server might say no to its text. */
function bodyOf(
  manifest: object,
  { info, namespace }: Target,
  definition: Definition,
  minor: number,
): object | undefined {
  const { metadata } = manifest as KubeObject // targetOf looked at it
  const placed = info.namespaced ? { ...manifest, metadata: extended(metadata, { namespace }) } : manifest
  const text = configurationText(placed)
  if (text.length > textMaxLength) return undefined
  const annotations = { ...metadata.annotations, [lastApplied]: text }
  const whole = { ...placed, metadata: extended((placed as KubeObject).metadata, { annotations }) }
  const typed = typedValue(whole, definition, { omitsTimes: apiServerFact('omitsEmptyTimes', minor) })
  return typed === notPlain ? undefined : typed
}

function refusal(status: Status, { invalidTellsMessage }: { readonly invalidTellsMessage: boolean }): string {
  const message = `error when creating "STDIN": ${status.message ?? ''}`
  return failureText({ kind: 'status', status, message }, invalidTellsMessage)
}
