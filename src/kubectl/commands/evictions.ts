import { goDuration } from '../../go/duration-text.ts'
import { listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { type Failure, failureMessage, isReason } from '../cli/failure.ts'
import { until } from '../cli/until.ts'
import { isSkipped } from './drain-filters.ts'
import { dryRunOf } from './write.ts'

/** How the Pods of a node went. */
export interface Drained {
  readonly failure?: Failure
  /** What was said to have been done to a Pod last. */
  readonly verb?: string
}

/** Source: kubectl pkg/drain/drain.go: between two tries of an eviction, and between two looks whether a Pod is gone. */
const retryMs = 5000
const pollMs = 1000

/** Tries to evict all Pods at once, each on its own. Source: kubectl pkg/drain/drain.go, evictPods. */
export function* evictPods(call: Call, pods: readonly unknown[]): Steps<Drained> {
  const { host } = call.session
  const deadline = deadlineOf(call)
  const evictions = pods.map((pod) => new Eviction(call, pod, deadline))
  for (;;) {
    for (const eviction of evictions) if (eviction.dueAt <= host.now()) yield* eviction.step()
    const open = evictions.filter(({ isOver }) => !isOver)
    if (open.length === 0) break
    const next = Math.min(...open.map(({ dueAt }) => dueAt))
    yield* until(host, () => false, next - host.now())
  }
  const failed = evictions.filter(({ failure }) => failure !== undefined).sort((a, b) => a.dueAt - b.dueAt)
  const texts = [...new Set(failed.map(({ failure = '' }) => failure))]
  const verb = evictions.some(({ isEvicted }) => isEvicted) ? { verb: 'evicted' } : {}
  if (texts.length === 0) return verb
  const text = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
  return { ...verb, failure: { kind: 'message', text } }
}

/** Source: kubectl pkg/drain/drain.go, deletePods. */
export function* deletePods(call: Call, pods: readonly unknown[]): Steps<Drained> {
  const { session, flags } = call
  const { host, version } = session
  const options = deleteOptions(call)
  const timeoutMs = flags.durationMs('timeout')
  for (const pod of pods) {
    const body = JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', ...options })
    const gone = yield* session.rest.tryRequest('DELETE', podPath(pod), { body })
    if (!gone.ok && !isReason(gone.failure, 'NotFound')) return { failure: gone.failure }
  }
  if (dryRunOf(call) === 'server') return {}
  const end = timeoutMs === 0 ? Number.POSITIVE_INFINITY : host.now() + timeoutMs
  let left = pods
  let verb = {}
  for (;;) {
    const pending: unknown[] = []
    for (const pod of left) {
      const look = yield* lookFor(call, pod)
      if (typeof look === 'object') return { ...verb, failure: look }
      if (look === 'pending') pending.push(pod)
      if (look !== 'gone') continue
      session.out(`pod/${textAt(pod, 'metadata', 'name')} deleted\n`)
      verb = { verb: 'deleted' }
    }
    left = pending
    if (left.length === 0) return verb
    const now = host.now()
    if (now >= end) {
      const text = version.drainEndsWithItsContext ? 'context deadline exceeded' : 'timed out waiting for the condition'
      return { ...verb, failure: { kind: 'message', text } }
    }
    yield* until(host, () => false, Math.min(pollMs, end - now))
  }
}

/** One Pod's way out: evicted, tried again while a budget forbids it, then waited for. */
class Eviction {
  isOver = false
  isEvicted = false
  failure: string | undefined
  dueAt: number
  #isAccepted = false
  readonly #call: Call
  readonly #deadline: number
  readonly #name: string
  readonly #namespace: string
  #pod: unknown

  constructor(call: Call, pod: unknown, deadline: number) {
    this.#call = call
    this.#deadline = deadline
    this.#pod = pod
    this.#name = textAt(pod, 'metadata', 'name')
    this.#namespace = textAt(pod, 'metadata', 'namespace')
    this.dueAt = call.session.host.now()
  }

  *step(): Steps<void> {
    this.dueAt = this.#call.session.host.now()
    if (!this.#isAccepted) yield* this.#evict()
    if (this.#isAccepted && !this.isOver) yield* this.#wait()
  }

  #end(failure?: string): void {
    this.isOver = true
    this.failure = failure
  }

  *#evict(): Steps<void> {
    const { session } = this.#call
    const isTried = dryRunOf(this.#call) === 'server'
    session.out(`evicting pod ${this.#namespace}/${this.#name}${isTried ? ' (server dry run)' : ''}\n`)
    if (this.dueAt >= this.#deadline) {
      this.#end(`error when evicting ${this.#text()}: global timeout reached: ${timeoutText(this.#call)}`)
      return
    }
    const { policy, body } = this.#request()
    const path = `${podPath(this.#pod)}/eviction`
    const result = yield* session.rest.tryRequest('POST', path, { body: JSON.stringify({ ...policy, ...body }) })
    if (result.ok) this.#accepted()
    else if (isReason(result.failure, 'NotFound')) this.#end()
    else yield* this.#refused(result.failure)
  }

  #request(): { readonly policy: object; readonly body: object } {
    const version = this.#call.session.version.evictsByPolicyV1 ? 'policy/v1' : 'policy/v1beta1'
    const metadata = { name: this.#name, namespace: this.#namespace }
    return {
      policy: { kind: 'Eviction', apiVersion: version },
      body: { metadata, deleteOptions: deleteOptions(this.#call) },
    }
  }

  #accepted(): void {
    this.#isAccepted = true
    if (dryRunOf(this.#call) === 'server') this.#end()
  }

  *#refused(failure: Failure): Steps<void> {
    const { session } = this.#call
    const message = failureMessage(failure)
    const isTooMany = isReason(failure, 'TooManyRequests')
    const isClosing = isReason(failure, 'Forbidden') && session.version.drainNamesNamespaces && isTerminating(failure)
    if (isClosing && textAt(this.#pod, 'metadata', 'deletionTimestamp') !== '') {
      this.#accepted()
      return
    }
    if (!isTooMany && !isClosing) {
      this.#end(`error when evicting ${this.#text()}: ${message}`)
      return
    }
    const from = session.version.drainNamesNamespaceOfWaits
      ? ` from terminating namespace ${goQuote(this.#namespace)}`
      : ''
    const what = isTooMany ? this.#text() : `pod ${goQuote(this.#name)}${from}`
    session.err(`error when evicting ${what} (will retry after 5s): ${message}\n`)
    this.dueAt += retryMs
    const fresh = yield* session.rest.tryRequest('GET', podPath(this.#pod))
    if (fresh.ok) this.#pod = fresh.value
  }

  *#wait(): Steps<void> {
    const { session } = this.#call
    const look = yield* lookFor(this.#call, this.#pod)
    if (look === 'gone') {
      this.isEvicted = true
      session.out(`pod/${this.#name} evicted\n`)
    }
    if (look === 'gone' || look === 'skipped') {
      this.#end()
      return
    }
    if (typeof look === 'object') this.#endWaiting(failureMessage(look))
    else if (this.dueAt >= this.#deadline) {
      const isByContext = session.version.drainEndsWithItsContext
      this.#endWaiting(isByContext ? 'context deadline exceeded' : `global timeout reached: ${timeoutText(this.#call)}`)
    } else {
      const end = session.version.drainEndsWithItsContext ? this.#deadline : Number.POSITIVE_INFINITY
      this.dueAt = Math.min(this.dueAt + pollMs, end)
    }
  }

  #endWaiting(why: string): void {
    const pod = `pod ${goQuote(this.#name)}`
    const what = this.#call.session.version.drainNamesNamespaceOfWaits
      ? `${pod} in namespace ${goQuote(this.#namespace)} to terminate`
      : `${pod} terminating`
    this.#end(`error when waiting for ${what}: ${why}`)
  }

  #text(): string {
    return this.#call.session.version.drainNamesNamespaces
      ? `pods/${goQuote(this.#name)} -n ${goQuote(this.#namespace)}`
      : `pod ${goQuote(this.#name)}`
  }
}

/** Source: kubectl pkg/drain/drain.go, waitForDelete. */
function* lookFor(call: Call, pod: unknown): Steps<'gone' | 'pending' | 'skipped' | Failure> {
  const { session, flags } = call
  const found = yield* session.rest.tryRequest('GET', podPath(pod))
  if (!found.ok) return isReason(found.failure, 'NotFound') ? 'gone' : found.failure
  if (textAt(found.value, 'metadata', 'uid') !== textAt(pod, 'metadata', 'uid')) return 'gone'
  if (!isSkipped(call, found.value)) return 'pending'
  const limit = flags.int('skip-wait-for-delete-timeout')
  const name = goQuote(textAt(pod, 'metadata', 'name'))
  session.out(`pod ${name} has DeletionTimestamp older than ${limit} seconds, skipping\n`)
  return 'skipped'
}

function isTerminating(failure: Failure): boolean {
  return (
    failure.kind === 'status' &&
    listAt(failure.status, 'details', 'causes').some((cause) => textAt(cause, 'reason') === 'NamespaceTerminating')
  )
}

function podPath(pod: unknown): string {
  return `/api/v1/namespaces/${textAt(pod, 'metadata', 'namespace')}/pods/${textAt(pod, 'metadata', 'name')}`
}

/** Source: kubectl pkg/drain/drain.go, makeDeleteOptions. */
function deleteOptions(call: Call): object {
  const grace = call.flags.int('grace-period')
  return {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(dryRunOf(call) === 'server' ? { dryRun: ['All'] } : {}),
  }
}

function deadlineOf({ session, flags }: Call): number {
  const asked = flags.durationMs('timeout')
  return asked === 0 ? Number.POSITIVE_INFINITY : session.host.now() + asked
}

function timeoutText({ flags }: Call): string {
  return goDuration(flags.durationMs('timeout'))
}
