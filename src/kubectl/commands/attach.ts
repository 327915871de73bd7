import { textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { bytesToByteText, fromByteText } from '../../shell/byte-text.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failNotSimulated } from '../cli/failure.ts'
import { bool, duration, flagSince, string, unsupported } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { untilOver } from '../cli/until-over.ts'
import { failWith } from './container-refusal.ts'
import { allContainerNames, containerNames, defaultContainer, isContainerOf, podOf } from './pick-pod.ts'

/** Source: kubectl pkg/cmd/attach/attach.go. What is typed is what stands on standard input. */
export const attachCommand: Command = {
  name: 'attach',
  short: 'Attach to a running container',
  flags: [
    string('container', 'c'),
    bool('stdin', 'i'),
    bool('tty', 't'),
    flagSince(21, bool('quiet', 'q')),
    flagSince(36, unsupported(string('detach-keys'))),
    duration('pod-running-timeout', '1m0s'),
  ],
  run: attach,
}

function* attach(call: Call): Steps<number> {
  const { session, flags, args } = call
  if (args.length === 0) fail('at least 1 argument is required for attach')
  if (args.length > 2)
    fail(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`)
  const pod = yield* podOf(session, args.length === 2 ? args.join('/') : (args[0] ?? ''), 'attach')
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded' || phase === 'Failed')
    fail(`cannot attach a container in a completed pod; current phase is ${phase}`)
  const container = attachedContainer(call, pod)
  if (flags.bool('tty')) session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  if (!flags.bool('quiet')) session.err(promptHint(session))
  const target = {
    namespace: textAt(pod, 'metadata', 'namespace'),
    pod: textAt(pod, 'metadata', 'name'),
    container,
  }
  yield* attachTo(session, target, flags.bool('stdin') ? (session.host.stdin ?? new Uint8Array()) : undefined)
  return 0
}

/** What stands before the first output. Source: attach.go, Run. */
export function promptHint({ version }: Session): string {
  const recorded = version.attachWarnsOfLogs
    ? 'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n'
    : ''
  return `${recorded}If you don't see a command prompt, try pressing enter.\n`
}

/** Hands on what a container writes from now on until it ends, and what is typed into it. */
export function* attachTo(
  session: Session,
  target: { readonly namespace: string; readonly pod: string; readonly container: string },
  stdin: Uint8Array | undefined,
): Steps<void> {
  const { host } = session
  if (host.attach === undefined) failNotSimulated('attach: no container runs here')
  let isOver = false
  const answer = host.attach?.(target, {
    write(stream, bytes) {
      if (stream === 'stdout') session.out(fromByteText(bytes), bytes)
      else session.err(fromByteText(bytes))
    },
    ended() {
      isOver = true
    },
  })
  if (answer === undefined) return
  if (!answer.ok) failWith(answer)
  else {
    if (stdin !== undefined) {
      answer.attachment.type(bytesToByteText(stdin))
      answer.attachment.endInput()
    }
    try {
      yield* untilOver(session, () => isOver)
    } finally {
      answer.attachment.leave()
    }
  }
}

/** Source: attach.go, containerToAttachTo. */
function attachedContainer({ session, flags }: Call, pod: unknown): string {
  const name = flags.string('container')
  if (name === '')
    return session.version.defaultedContainer
      ? defaultContainer(session, pod, flags.bool('quiet'))
      : first(session, pod)
  if (isContainerOf(pod, name)) return name
  if (!session.version.defaultedContainer) fail(`cannot attach to the container: container not found (${name})`)
  const podName = textAt(pod, 'metadata', 'name')
  const words = session.version.listsContainersOfPod
    ? `is not valid for pod ${podName} out of: ${allContainerNames(pod).join(', ')}`
    : `not found in pod ${podName}`
  return fail(`cannot attach to the container: container ${name} ${words}`)
}

/** Before 1.21 it always says which one. */
function first(session: Session, pod: unknown): string {
  const [name = ''] = containerNames(pod)
  const [podName, namespace] = [textAt(pod, 'metadata', 'name'), textAt(pod, 'metadata', 'namespace')]
  session.err(
    `Defaulting container name to ${name}.\nUse 'kubectl describe pod/${podName} -n ${namespace}' to see all of the containers in this pod.\n`,
  )
  return name
}
