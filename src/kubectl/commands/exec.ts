import { textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failNotSimulated, failUsage } from '../cli/failure.ts'
import { bool, duration, flagSince, string } from '../cli/flags.ts'
import { failWith } from './container-refusal.ts'
import { checkContainer, defaultContainer, podOf } from './pick-pod.ts'

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

function* exec(call: Call): Steps<number> {
  const { session, flags, args } = call
  const dash = flags.argsAtDash
  const [target = ''] = args
  if (target === '' || dash === 0) fail('pod, type/name or --filename must be specified')
  const words = dash >= 0 ? args.slice(dash) : args.slice(1)
  if (dash < 0 && words.length > 0) {
    if (session.version.execNeedsDash)
      failUsage(call.path, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
    const name = session.version.execNamesItselfOnce ? 'kubectl' : 'kubectl kubectl'
    session.err(
      `kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use ${name} exec [POD] -- [COMMAND] instead.\n`,
    )
  }
  if (words.length === 0) fail('you must specify at least one command for the container')
  const pod = yield* podOf(session, target, 'attach')
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
