import { at, isObject, listAt, textAt } from '../../go/json.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { failureMessage, isReason } from '../cli/failure.ts'
import { inTurn } from '../cli/in-turn.ts'

/** Whether a Pod is to go, and what is to be said of that. */
interface Verdict {
  readonly goes: boolean
  readonly level?: 'warning' | 'error'
  readonly message?: string
}

/** What becomes of the Pods of a node. */
export interface PodsToGo {
  readonly pods: readonly unknown[]
  /** What is told of those that go although, or stay because; empty for nothing. */
  readonly warnings: string
  /** Why nothing may go. */
  readonly errors: readonly string[]
}

type Filter = (call: Call, pod: unknown) => Verdict | Steps<Verdict>

const goes: Verdict = { goes: true }
const stays: Verdict = { goes: false }
const refused = (message: string): Verdict => ({ goes: false, level: 'error', message })
const warned = (message: string, isGoing = true): Verdict => ({ goes: isGoing, level: 'warning', message })

/** In this order; a Pod that stays meets no further one, and of several warnings the last is told. Source: kubectl pkg/drain/filters.go, makeFilters. */
const filters: readonly Filter[] = [skipDeleted, daemonSet, mirrorPod, localStorage, unmanaged]

/** Source: kubectl pkg/drain/drain.go, GetPodsForDeletion. */
export function* podsToGo(call: Call, nodeName: string): Steps<PodsToGo> {
  const { session, flags } = call
  const labelSelector = flags.string('pod-selector')
  const query = { fieldSelector: `spec.nodeName=${nodeName}`, ...(labelSelector === '' ? {} : { labelSelector }) }
  const listed = listAt(yield* session.rest.request('GET', '/api/v1/pods', { query }), 'items')
  const judged = yield* inTurn(listed, (pod) => judge(call, pod))
  const told = (level: Verdict['level']): readonly string[] => {
    const byMessage = new Map<string, string[]>()
    for (const { pod, verdict } of judged) {
      const { message = '' } = verdict
      if (verdict.level !== level) continue
      const names = byMessage.get(message) ?? []
      names.push(`${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`)
      byMessage.set(message, names)
    }
    return [...byMessage].map(([message, names]) => `${message}: ${names.join(', ')}`)
  }
  return {
    pods: judged.filter(({ verdict }) => verdict.goes).map(({ pod }) => pod),
    warnings: told('warning').join('; '),
    errors: told('error').map((text) => `cannot delete ${text}`),
  }
}

function* judge(call: Call, pod: unknown): Steps<{ readonly pod: unknown; readonly verdict: Verdict }> {
  let verdict = goes
  for (const filter of filters) {
    const judged = filter(call, pod)
    verdict = 'goes' in judged ? judged : yield* judged
    if (!verdict.goes) break
  }
  return { pod, verdict }
}

/** Whether its deletion began longer ago than drain waits for. */
export function isSkipped({ session, flags }: Call, pod: unknown): boolean {
  const limit = flags.int('skip-wait-for-delete-timeout')
  const deleted = textAt(pod, 'metadata', 'deletionTimestamp')
  return limit > 0 && deleted !== '' && Math.trunc((session.host.now() - (parseRfc3339(deleted) ?? 0)) / 1000) > limit
}

function skipDeleted(call: Call, pod: unknown): Verdict {
  return isSkipped(call, pod) ? stays : goes
}

function hasEnded(pod: unknown): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'))
}

function controllerOf(pod: unknown): unknown {
  return listAt(pod, 'metadata', 'ownerReferences').find((reference) => at(reference, 'controller') === true)
}

/** Those of a DaemonSet that is gone are orphans, which `--force` deletes. */
function* daemonSet({ session, flags }: Call, pod: unknown): Steps<Verdict> {
  const owner = controllerOf(pod)
  if (textAt(owner, 'kind') !== 'DaemonSet' || hasEnded(pod)) return goes
  const path = `/apis/apps/v1/namespaces/${textAt(pod, 'metadata', 'namespace')}/daemonsets/${textAt(owner, 'name')}`
  const found = yield* session.rest.tryRequest('GET', path)
  if (!found.ok) {
    const message = failureMessage(found.failure)
    return isReason(found.failure, 'NotFound') && flags.bool('force') ? warned(message) : refused(message)
  }
  if (!flags.bool('ignore-daemonsets')) return refused('DaemonSet-managed Pods (use --ignore-daemonsets to ignore)')
  return warned('ignoring DaemonSet-managed Pods', false)
}

function mirrorPod(_call: Call, pod: unknown): Verdict {
  return textAt(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') === '' ? goes : stays
}

function localStorage({ session, flags }: Call, pod: unknown): Verdict {
  const isLocal = listAt(pod, 'spec', 'volumes').some((volume) => isObject(at(volume, 'emptyDir')))
  if (!isLocal || hasEnded(pod)) return goes
  if (flags.bool('delete-local-data') || flags.bool('delete-emptydir-data'))
    return warned('deleting Pods with local storage')
  const flag = session.version.deleteEmptyDirData ? 'delete-emptydir-data' : 'delete-local-data'
  return refused(`Pods with local storage (use --${flag} to override)`)
}

function unmanaged({ session, flags }: Call, pod: unknown): Verdict {
  if (hasEnded(pod) || controllerOf(pod) !== undefined) return goes
  const { drainSaysNoController, drainSaysThat, drainSaysItOnce } = session.version
  const managers = 'Pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet'
  if (flags.bool('force'))
    return warned(`deleting ${drainSaysNoController ? 'Pods that declare no controller' : managers}`)
  const twice = drainSaysThat && !drainSaysItOnce ? 'cannot delete ' : ''
  const what = drainSaysNoController ? `${twice}Pods${drainSaysThat ? ' that' : ''} declare no controller` : managers
  return refused(`${what} (use --force to override)`)
}
