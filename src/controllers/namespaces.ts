import { change } from '../api/change.ts'
import type { Namespace, Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { type Client, type RequestError, resources } from '../client/client.ts'
import { errorText, isConflict, isNotFound } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { second } from '../kernel/time.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'
import { type Content, contentConditions, mergeConditions } from './namespace-conditions.ts'
import { compareText, epochOf } from './objects.ts'
import type { ApiResource } from './options.ts'

/** Source: namespace_controller.go, namespaceDeletionGracePeriod; nsControllerRateLimiter. */
const deletionGraceMs = 5 * second
const maxDelayMs = 60 * second

/** Source: namespaced_resources_deleter.go, finalizerEstimateSeconds. */
const finalizerEstimateSeconds = 15

/** Its own entry in spec.finalizers. Source: core/v1 types.go, FinalizerKubernetes. */
const finalizerToken = 'kubernetes'

/**
 * Empties namespaces that are being deleted, then lets them go.
 * Source: pkg/controller/namespace; facts/apiserver.md 7.2.
 */
export function createNamespaceController(context: ControllerContext): Controller {
  const { kernel, calendar, gates, options } = context
  const client = context.clientFor('namespace-controller')
  const namespaces = context.informer<Namespace>(resources.namespaces)
  const kinds = () =>
    [...options.apiResources, ...options.customResources()]
      .filter(({ namespaced }) => namespaced)
      .toSorted((a, b) => compareText(a.group, b.group) || compareText(a.resource, b.resource))

  /** Writes until there is no conflict. Source: retryOnConflictError. */
  const write = function* (
    namespace: Namespace,
    change: (namespace: Namespace) => Namespace,
    subresource: 'status' | 'finalize',
  ): Steps<Namespace | 'gone' | RequestError> {
    let current = namespace
    for (;;) {
      const next = change(current)
      if (next === current) return current
      const written = yield* attempt(client.update<Namespace>(resources.namespaces, next, { subresource }))
      if (written.ok) return written.value
      if (isNotFound(written.error)) return 'gone'
      if (!isConflict(written.error)) return written.error
      const { name, uid } = current.metadata
      const fresh = yield* attempt(client.get<Namespace>(resources.namespaces, { name }))
      if (!fresh.ok) return isNotFound(fresh.error) ? 'gone' : fresh.error
      if (fresh.value.metadata.uid !== uid) return written.error
      current = fresh.value
    }
  }

  /** Seconds until Pods may be expected to have ended; 0 when that time is over. */
  const podEstimate = function* (namespace: Namespace): Steps<number> {
    const { name, deletionTimestamp } = namespace.metadata
    const listed = yield* attempt(client.list<Pod>(resources.pods, { namespace: name }))
    if (!listed.ok) return 0
    const graces = listed.value.items
      .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
      .map(({ spec }) => spec.terminationGracePeriodSeconds ?? 0)
    const estimate = Math.max(0, ...graces)
    const sinceMs = calendar.at(kernel.now()) - (epochOf(deletionTimestamp) ?? 0)
    return sinceMs >= estimate * second ? 0 : estimate
  }

  const deleteAll = function* (namespace: Namespace): Steps<{ readonly estimate: number; readonly content: Content }> {
    const content: Content = { remaining: new Map(), finalizers: new Map(), errors: [] }
    let estimate = 0
    const isPods = ({ group, resource }: ApiResource) => group === '' && resource === 'pods'
    const all = kinds()
    // Pods first: what they use goes when none is left. Source: pkg/controller/namespace/deletion, since v1.33.
    const isOrdered = gates.OrderedNamespaceDeletion
    for (const kind of isOrdered ? [...all.filter(isPods), ...all.filter((each) => !isPods(each))] : all) {
      const own = isPods(kind) ? yield* podEstimate(namespace) : 0
      estimate = Math.max(estimate, yield* deleteKind(client, kind, namespace.metadata.name, own, content))
      if (isOrdered && isPods(kind) && content.remaining.size > 0) break
    }
    return { estimate, content }
  }

  const { queue, controller } = createQueue({
    context,
    informers: [namespaces],
    workers: 10,
    maxDelayMs,
    *sync(name): Steps<Outcome> {
      if (namespaces.get(undefined, name) === undefined) return 'done'
      const live = yield* attempt(client.get<Namespace>(resources.namespaces, { name }))
      if (!live.ok) return isNotFound(live.error) ? 'done' : 'retry'
      if (live.value.metadata.deletionTimestamp === undefined) return 'done'
      const namespace = yield* write(live.value, terminating, 'status')
      if (namespace === 'gone') return 'done'
      if ('kind' in namespace && !('metadata' in namespace)) return 'retry'
      if (isFinalized(namespace)) return 'done'
      const { estimate, content } = yield* deleteAll(namespace)
      const now = rfc3339(calendar.at(kernel.now()))
      const conditions = mergeConditions(namespace.status?.conditions ?? [], contentConditions(content, now), now)
      if (conditions !== undefined) {
        const next = { ...namespace, status: { ...namespace.status, conditions } }
        yield* attempt(client.update<Namespace>(resources.namespaces, next, { subresource: 'status' }))
      }
      if (content.errors.length > 0) return 'retry'
      if (estimate > 0) {
        queue.addAfter(name, (Math.floor(estimate / 2) + 1) * second)
        return 'keep'
      }
      const finalized = yield* write(namespace, withoutToken, 'finalize')
      return finalized === 'gone' || 'metadata' in finalized ? 'done' : 'retry'
    },
  })

  const enqueue = ({ metadata }: Namespace): void => {
    if (metadata.deletionTimestamp !== undefined) queue.addAfter(metadata.name, deletionGraceMs)
  }
  namespaces.addHandler({ add: enqueue, update: (_old, namespace) => enqueue(namespace) })
  return controller
}

/** Deletes all of one kind and notes what remains. Answers an estimate in seconds of how long that takes. */
function* deleteKind(
  client: Client,
  kind: ApiResource,
  namespace: string,
  estimate: number,
  content: Content,
): Steps<number> {
  const policy = { propagationPolicy: 'Background' } as const
  const deleted = yield* attempt(client.deleteCollection(kind, { namespace }, policy))
  if (!deleted.ok && !(isUnsupported(deleted.error) && (yield* deleteEach(client, kind, namespace, content)))) {
    if (!isUnsupported(deleted.error)) content.errors.push(errorText(deleted.error))
    return estimate
  }
  const listed = yield* attempt(client.list<KubeObject>(kind, { namespace }))
  if (!listed.ok) {
    if (!isUnsupported(listed.error)) content.errors.push(errorText(listed.error))
    return estimate
  }
  const { items } = listed.value
  if (items.length === 0) return 0
  content.remaining.set(`${kind.resource}.${kind.group}`, items.length)
  const finalizers = items.flatMap(({ metadata }) => metadata.finalizers ?? [])
  for (const finalizer of finalizers) content.finalizers.set(finalizer, (content.finalizers.get(finalizer) ?? 0) + 1)
  if (estimate !== 0) return estimate
  if (finalizers.length > 0) return finalizerEstimateSeconds
  const gvr = `${kind.group}/${kind.version}, Resource=${kind.resource}`
  content.errors.push(`unexpected items still remain in namespace: ${namespace} for gvr: ${gvr}`)
  return 0
}

/** For kinds that cannot be deleted as a collection, such as Services. False: it did not work. Source: deleteEachItem. */
function* deleteEach(client: Client, kind: ApiResource, namespace: string, content: Content): Steps<boolean> {
  const listed = yield* attempt(client.list<KubeObject>(kind, { namespace }))
  if (!listed.ok) {
    if (!isUnsupported(listed.error)) content.errors.push(errorText(listed.error))
    return false
  }
  for (const { metadata } of listed.value.items) {
    const key = { namespace, name: metadata.name }
    const policy = { propagationPolicy: 'Background' } as const
    const gone = yield* attempt(client.delete(kind, key, policy))
    if (gone.ok || isUnsupported(gone.error)) continue
    content.errors.push(errorText(gone.error))
    return false
  }
  return true
}

function isUnsupported(error: RequestError): boolean {
  return error.kind === 'status' && (error.status.code === 404 || error.status.code === 405)
}

function terminating(namespace: Namespace): Namespace {
  if (namespace.status?.phase === 'Terminating') return namespace
  return { ...namespace, status: { ...namespace.status, phase: 'Terminating' } }
}

function isFinalized({ spec }: Namespace): boolean {
  return (spec?.finalizers ?? []).length === 0
}

function withoutToken(namespace: Namespace): Namespace {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((one) => one !== finalizerToken).sort(compareText)
  return change(namespace, (draft) => {
    draft.spec = { ...draft.spec, finalizers }
  })
}
