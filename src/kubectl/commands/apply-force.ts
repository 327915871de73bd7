import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failureMessage, isReason } from '../cli/failure.ts'
import { until } from '../cli/until.ts'
import type { DryRun } from '../create/dry-run.ts'
import { createObject, deleteObject, type Info, tryToGet } from '../resource/info.ts'
import { deletionOf } from './apply-prune.ts'
import { managerOf } from './write.ts'

/** `apply --force`: what cannot be patched is deleted and made anew. Source: kubectl pkg/cmd/apply/patcher.go. */

/** Source: apply.go, Validate. */
export function checkForce({ session, flags }: Call, dryRun: DryRun): void {
  if (!flags.bool('force') || !session.version.forceIsChecked) return
  if (flags.bool('server-side')) fail('--force cannot be used with --server-side')
  if (dryRun === 'server') fail('--dry-run=server cannot be used with --force')
}

/** Whether a patch that the server refused is one that `--force` is for. */
export function mayForce({ flags }: Call, failure: Failure): boolean {
  return flags.bool('force') && (isReason(failure, 'Conflict') || isReason(failure, 'Invalid'))
}

const pollMs = 1000

/** The new object; one that cannot be made gives its place back to the one before. Source: deleteAndCreate. */
export function* recreate(call: Call, info: Info, before: unknown): Steps<unknown> {
  const { session } = call
  const options = { fieldManager: managerOf(call, 'kubectl-client-side-apply') }
  yield* deleteObject(session, info, deletionOf(call))
  yield* untilGone(call, info)
  const made = yield* attempt(createObject(session, info, options))
  if (made.ok) return made.value
  const restored = yield* attempt(createObject(session, { ...info, object: before }, options))
  if (restored.ok) throw new CommandFailure(made.failure)
  return fail(
    `An error occurred force-replacing the existing object with the newly provided one:\n\n${failureMessage(made.failure)}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${failureMessage(restored.failure)}`,
  )
}

/** Looks each second; from 1.32 on a timeout of 0, which nobody need give, is one that is over at once. */
function* untilGone({ session, flags }: Call, info: Info): Steps<void> {
  const { forcedWaitEndsAtOnce } = session.version
  const timeoutMs = flags.durationMs('timeout')
  const deadline = timeoutMs === 0 && !forcedWaitEndsAtOnce ? Number.POSITIVE_INFINITY : session.host.now() + timeoutMs
  for (;;) {
    const found = yield* tryToGet(session, info)
    if (!found.ok && isReason(found.failure, 'NotFound')) return
    if (!found.ok) throw new CommandFailure(found.failure)
    const left = deadline - session.host.now()
    if (left > 0) yield* until(session.host, () => false, Math.min(pollMs, left))
    if (left <= pollMs) fail(forcedWaitEndsAtOnce ? 'context deadline exceeded' : 'timed out waiting for the condition')
  }
}
