import type { Pod } from '../../api/types/core.ts'
import { type Client, resources } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { isNotFound } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { eventReference, isPodReady } from '../objects.ts'

/** What it takes to tell Pods of their node. */
export interface UnreadyPodsContext {
  readonly client: Client
  readonly recorder: EventRecorder
  readonly minor: number
  readonly now: () => string
}

/** Pods of a node that is not ready are not ready either. Answers whether all could be told. Source: pkg/controller/util/node/controller_utils.go, MarkPodsNotReady. */
export function* markPodsNotReady(context: UnreadyPodsContext, affected: readonly Pod[]): Steps<boolean> {
  const { client, recorder, minor, now } = context
  let isDone = true
  for (const pod of affected) {
    if (!isPodReady(pod)) continue
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False' as const, lastTransitionTime: now() } : condition,
    )
    const next: Pod = { ...pod, status: { ...pod.status, conditions } }
    const written = yield* attempt(client.update<Pod>(resources.pods, next, { subresource: 'status' }))
    if (!written.ok && isNotFound(written.error)) continue
    if (!written.ok) isDone = false
    // Told to a Pod that is still there, since v1.20.
    if (!has(minor, controllers.podsHearOfUnreadyNodes)) continue
    recorder.event(
      eventReference(pod, { apiVersion: 'v1', kind: 'Pod' }),
      'Warning',
      'NodeNotReady',
      'Node is not ready',
    )
  }
  return isDone
}
