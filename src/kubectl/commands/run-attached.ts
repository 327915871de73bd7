import { at, listAt, numberAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { exitSilently, fail } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { until } from '../cli/until.ts'
import { deleteObject, type Info } from '../resource/info.ts'
import { attachTo, promptHint } from './attach.ts'
import { deletedFrom } from './delete.ts'
import { followLog } from './logs.ts'

/** How often the Pod is looked at; a real kubectl watches it. */
const pollMs = 100

/** `run --attach` and `-i`: waits for the Pod, shows what it writes, ends as it does. Source: kubectl pkg/cmd/run/run.go, Run, handleAttachPod. */
export function* runAttached(call: Call, name: string): Steps<number> {
  const { session, flags } = call
  const path = `/api/v1/namespaces/${session.namespace}/pods/${name}`
  const read = (): Steps<unknown> => session.rest.request('GET', path)
  try {
    const begun = yield* podWhen(session, read, hasBegun, flags.durationMs('pod-running-timeout'))
    const target = {
      namespace: session.namespace,
      pod: name,
      container: textAt(listAt(begun, 'spec', 'containers')[0], 'name'),
    }
    if (isOver(begun)) yield* followLog(session, target)
    else {
      if (flags.bool('tty')) session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
      if (!flags.bool('quiet')) session.err(promptHint(session))
      yield* attachTo(session, target, flags.bool('stdin') ? (session.host.stdin ?? new Uint8Array()) : undefined)
    }
    const restart = flags.string('restart')
    if (flags.bool('leave-stdin-open') || (restart !== 'Never' && restart !== 'OnFailure')) return 0
    const isDone = (pod: unknown): boolean =>
      textAt(pod, 'status', 'phase') === 'Succeeded' || (restart === 'Never' && isOver(pod))
    return ended(session, yield* podWhen(session, read, isDone, flags.durationMs('pod-running-timeout')))
  } finally {
    if (flags.bool('rm')) yield* remove(call, name)
  }
}

function isOver(pod: unknown): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'))
}

/** Source: run.go, podRunningAndReady. */
function hasBegun(pod: unknown): boolean {
  return (
    isOver(pod) ||
    listAt(pod, 'status', 'conditions').some(
      (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
    )
  )
}

function* podWhen(
  session: Session,
  read: () => Steps<unknown>,
  condition: (pod: unknown) => boolean,
  timeoutMs: number,
): Steps<unknown> {
  const deadline = session.host.now() + timeoutMs
  for (;;) {
    const pod = yield* read()
    if (condition(pod)) return pod
    const left = deadline - session.host.now()
    if (left <= 0) return fail('timed out waiting for the condition')
    yield* until(session.host, () => false, Math.min(pollMs, left))
  }
}

function ended(session: Session, pod: unknown): number {
  const name = `pod ${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`
  if (textAt(pod, 'status', 'phase') === 'Succeeded') return 0
  const terminated = at(listAt(pod, 'status', 'containerStatuses')[0], 'state', 'terminated')
  const code = numberAt(terminated, ['exitCode'])
  if (code === 0) return fail(`${name} failed with unknown exit code`)
  const text = `${name} terminated (${textAt(terminated, 'reason')})\n${textAt(terminated, 'message')}`
  session.err(text.endsWith('\n') ? text : `${text}\n`)
  return exitSilently(code)
}

function* remove(call: Call, name: string): Steps<void> {
  const { session } = call
  const mapping = yield* session.discovery.forKind('v1', 'Pod')
  const info: Info = { mapping, namespace: session.namespace, name, source: '', object: undefined }
  yield* deleteObject(session, info, { propagationPolicy: 'Background' }, { dryRun: false })
  if (!call.flags.bool('quiet')) session.out(`pod "${name}" deleted${deletedFrom(call, info)}\n`)
}
