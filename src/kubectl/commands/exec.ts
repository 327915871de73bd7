import { listAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, fail, failAll, failNotSimulated, failUsage, failureMessage, isReason } from '../cli/failure.ts'
import { bool, duration, flagSince, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { failuresOf, namesFiles, readFiles, singleFile, untilFirstFailure } from '../resource/files.ts'
import { type Info, tryToGet } from '../resource/info.ts'
import { failWith } from './container-refusal.ts'
import { checkContainer, defaultContainer, podOf, podOfObject } from './pick-pod.ts'

/** Source: kubectl pkg/cmd/exec/exec.go. */
export const execCommand: Command = {
  name: 'exec',
  short: 'Execute a command in a container',
  flags: [
    string('container', 'c'),
    bool('stdin', 'i'),
    bool('tty', 't'),
    flagSince(21, bool('quiet', 'q')),
    string('filename', 'f'),
    duration('pod-running-timeout', '1m0s'),
  ],
  run: exec,
}

/** The Pod that a file names, or one of its workload: as it stands there, what is a Pod is not read from the server. Source: exec.go, Run. */
function* podOfFile({ session, flags }: Call, target: string): Steps<unknown> {
  if (target !== '') fail('name cannot be provided when a path is specified')
  const entries = untilFirstFailure(yield* readFiles(session, flags, { isTyped: true }))
  failAll(failuresOf(entries))
  const [only] = entries
  const isOne = entries.length === 1 && only?.place?.list === undefined && singleFile(session, flags)
  if (only?.ok !== true || !isOne)
    return fail(
      session.version.execRefusesLists
        ? 'cannot exec into multiple objects at a time'
        : 'cannot attach to *v1.List: selector for *v1.List not implemented',
    )
  const pod = yield* podOfObject(session, only.info, 'attach')
  if (only.info.mapping.kind === 'Pod') yield* mustExist(session, only.info)
  const [name, namespace] = [textAt(pod, 'metadata', 'name'), textAt(pod, 'metadata', 'namespace')]
  if (listAt(pod, 'spec', 'containers').length === 0 && flags.string('container') === '')
    fail(`pod ${namespace}/${name} does not have any containers`)
  return pod
}

/** What is not there cannot be entered, in the words of the way to it. */
function* mustExist(session: Session, info: Info): Steps<void> {
  const found = yield* tryToGet(session, info)
  if (found.ok || !isReason(found.failure, 'NotFound')) return
  if (!session.version.streamsByWebSocket) throw new CommandFailure(found.failure)
  fail(`unable to upgrade connection: ${failureMessage(found.failure)}`)
}

function* exec(call: Call): Steps<number> {
  const { session, flags, args } = call
  const dash = flags.argsAtDash
  const isFile = namesFiles(flags)
  const target = dash === 0 || (dash < 0 && isFile) ? '' : (args[0] ?? '')
  const words = dash >= 0 ? args.slice(dash) : args.slice(isFile ? 0 : 1)
  if (dash < 0 && words.length > 0) {
    if (session.version.execNeedsDash)
      failUsage(call.path, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
    const name = session.version.execNamesItselfOnce ? 'kubectl' : 'kubectl kubectl'
    session.err(
      `kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use ${name} exec [POD] -- [COMMAND] instead.\n`,
    )
  }
  if (target === '' && !isFile) fail('pod, type/name or --filename must be specified')
  if (words.length === 0) fail('you must specify at least one command for the container')
  const pod = isFile ? yield* podOfFile(call, target) : yield* podOf(session, target, 'attach')
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded' || phase === 'Failed')
    fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = flags.string('container') || defaultContainer(session, pod, flags.bool('quiet'))
  if (session.version.listsContainersOfPod) checkContainer(pod, container)
  if (flags.bool('tty')) session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  const { host } = session
  if (host.exec === undefined) return failNotSimulated('exec: no container runs here')
  const answer = host.exec({
    namespace: textAt(pod, 'metadata', 'namespace'),
    pod: textAt(pod, 'metadata', 'name'),
    container,
    argv: words,
    stdin: flags.bool('stdin') ? host.stdin : undefined,
    tty: false,
  })
  if (!answer.ok) failWith(answer)
  else {
    session.out(answer.stdout, answer.stdoutBytes)
    session.err(answer.stderr)
    if (answer.exitCode !== 0) session.err(`command terminated with exit code ${answer.exitCode}\n`)
    return answer.exitCode
  }
  return 1
}
