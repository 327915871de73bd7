import { at, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import {
  attempt,
  CommandFailure,
  type Failure,
  fail,
  failNotSimulated,
  failUsage,
  failureMessage,
  failureText,
} from '../cli/failure.ts'
import { bool, duration, flagSince, int, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { until } from '../cli/until.ts'
import { formatSelector } from '../describe/selectors.ts'
import { partition, select } from '../resource/select.ts'

/** Source: kubectl pkg/cmd/exec/exec.go. */
export const execCommand: Command = {
  name: 'exec',
  short: 'Execute a command in a container',
  flags: [
    string('container', 'c'),
    bool('stdin', 'i'),
    bool('tty', 't'),
    flagSince(21, bool('quiet', 'q')),
    string('pod', 'p'),
    string('filename', 'f'),
    duration('pod-running-timeout', '1m0s'),
  ],
  run: exec,
}

function exec(call: Call): number {
  const { session, flags, args } = call
  const dash = flags.argsAtDash
  const target = flags.string('pod') || (args[0] ?? '')
  if (target === '') fail('pod, type/name or --filename must be specified')
  const words = dash >= 0 ? args.slice(dash) : args.slice(flags.string('pod') === '' ? 1 : 0)
  if (dash < 0 && words.length > 0) {
    if (session.version.execNeedsDash)
      failUsage(call.path, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
    const name = session.version.execNamesItselfOnce ? 'kubectl' : 'kubectl kubectl'
    session.err(
      `kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use ${name} exec [POD] -- [COMMAND] instead.\n`,
    )
  }
  if (words.length === 0) fail('you must specify at least one command for the container')
  const pod = podOf(session, target)
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded' || phase === 'Failed')
    fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  if (flags.bool('tty')) session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  const container = flags.string('container') || defaultContainer(call, pod)
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
  if (!answer.ok) fail(answer.message)
  else {
    session.out(answer.stdout)
    session.err(answer.stderr)
    if (answer.exitCode !== 0) session.err(`command terminated with exit code ${answer.exitCode}\n`)
    return answer.exitCode
  }
  return 1
}

/** A Pod by name, or the first of a workload. Source: pkg/polymorphichelpers/attachablepodforobject.go. */
function podOf(session: Session, target: string): unknown {
  const { infos, failures } = partition(
    select(session, target.includes('/') ? { args: [target] } : { args: [target], defaultType: 'pods' }).entries,
  )
  const [failure] = failures
  if (failure !== undefined) throw new CommandFailure(failure)
  const [info] = infos
  if (info === undefined) return fail('resource name may not be empty')
  if (info.mapping.kind === 'Pod') return info.object
  const selector = formatSelector(at(info.object, 'spec', 'selector'))
  if (selector === '') fail(`cannot attach to ${info.mapping.kind}: selector for ${info.mapping.kind} not implemented`)
  const pods = session.rest.request('GET', `/api/v1/namespaces/${info.namespace}/pods`, {
    query: { labelSelector: selector },
  })
  return listAt(pods, 'items')[0] ?? fail('timed out waiting for the condition')
}

function containerNames(pod: unknown): readonly string[] {
  return listAt(pod, 'spec', 'containers').map((container) => textAt(container, 'name'))
}

function defaultContainer(call: Call, pod: unknown): string {
  const { session } = call
  const names = containerNames(pod)
  const [first = ''] = names
  const annotated = textAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container')
  if (annotated !== '' && session.version.defaultedContainer) return annotated
  if (names.length > 1 && !call.flags.bool('quiet')) {
    if (session.version.defaultedContainer)
      session.err(`Defaulted container ${goQuote(first)} out of: ${allNames(pod).join(', ')}\n`)
    else {
      const [name, namespace] = [textAt(pod, 'metadata', 'name'), textAt(pod, 'metadata', 'namespace')]
      session.err(
        `Defaulting container name to ${first}.\nUse 'kubectl describe pod/${name} -n ${namespace}' to see all of the containers in this pod.\n`,
      )
    }
  }
  return first
}

function allNames(pod: unknown): readonly string[] {
  return [
    ...containerNames(pod),
    ...listAt(pod, 'spec', 'initContainers').map((container) => `${textAt(container, 'name')} (init)`),
  ]
}

/** Source: kubectl pkg/cmd/logs/logs.go. */
export const logsCommand: Command = {
  name: 'logs',
  short: 'Print the logs for a container in a pod',
  flags: [
    string('container', 'c'),
    bool('all-containers'),
    bool('follow', 'f'),
    bool('previous', 'p'),
    bool('timestamps'),
    bool('prefix'),
    bool('ignore-errors'),
    bool('insecure-skip-tls-verify-backend'),
    string('since-time'),
    duration('since', '0s'),
    int('tail', '-1'),
    int('limit-bytes', '0'),
    int('max-log-requests', '5'),
    string('selector', 'l'),
    duration('pod-running-timeout', '20s'),
  ],
  run: logs,
}

interface LogTarget {
  readonly pod: unknown
  readonly container: string
}

function* logs(call: Call): Steps<number> {
  const { session, flags, args } = call
  const [target = '', inline] = args
  const selector = flags.string('selector')
  if (args.length === 0 && selector === '')
    failUsage(
      call.path,
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  if (selector !== '' && args.length > 0) failUsage(call.path, 'only a selector (-l) or a POD name is allowed')
  if (inline !== undefined && flags.string('container') !== '')
    fail('only one of -c or an inline [CONTAINER] arg is allowed')
  if (
    flags.bool('all-containers') &&
    (flags.string('container') || inline) !== undefined &&
    (flags.string('container') || inline || '') !== ''
  ) {
    fail(
      `--all-containers=true should not be specified with container name ${flags.string('container') || (inline ?? '')}`,
    )
  }
  if (flags.string('since-time') !== '' && flags.changed('since'))
    fail('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.int('tail') < -1) fail('--tail must be greater than or equal to -1')
  const pods =
    selector === ''
      ? [logPod(call, target)]
      : listAt(
          session.rest.request('GET', `/api/v1/namespaces/${session.namespace}/pods`, {
            query: { labelSelector: selector },
          }),
          'items',
        )
  if (pods.length === 0) session.err(`No resources found in ${session.namespace} namespace.\n`)
  const targets = pods.flatMap((pod) => logTargets(call, pod, flags.string('container') || (inline ?? '')))
  for (const one of targets) {
    try {
      yield* writeLogs(call, one)
    } catch (error) {
      if (!(error instanceof CommandFailure) || !flags.bool('ignore-errors')) throw error
      session.err(failureText(error.failure))
    }
  }
  return 0
}

function logPod(call: Call, target: string): unknown {
  const found = attempt(() => podOf(call.session, target))
  if (found.ok) return found.value
  throw new CommandFailure(wrapped(call.session, found.failure))
}

function wrapped(session: Session, failure: Failure): Failure {
  if (!session.version.wrapsLogErrors || failure.kind !== 'status' || failure.status.reason !== 'NotFound')
    return failure
  const text = `error from server (NotFound): ${failureMessage(failure)} in namespace ${goQuote(session.namespace)}`
  return { kind: 'message', text }
}

function logTargets(call: Call, pod: unknown, container: string): readonly LogTarget[] {
  const names = containerNames(pod)
  const init = listAt(pod, 'spec', 'initContainers').map((one) => textAt(one, 'name'))
  if (call.flags.bool('all-containers')) return [...init, ...names].map((name) => ({ pod, container: name }))
  if (container !== '') {
    if (![...init, ...names].includes(container))
      fail(`container ${container} is not valid for pod ${textAt(pod, 'metadata', 'name')}`)
    return [{ pod, container }]
  }
  if (names.length > 1 && !call.session.version.defaultedContainer) {
    const choices = `choose one of: [${names.join(' ')}]${init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''}`
    fail(`a container name must be specified for pod ${textAt(pod, 'metadata', 'name')}, ${choices}`)
  }
  return [
    { pod, container: names.length > 1 ? defaultContainer({ ...call, flags: call.flags }, pod) : (names[0] ?? '') },
  ]
}

/** How often a followed log is looked at; a real one streams. */
const followMs = 100

function* writeLogs(call: Call, { pod, container }: LogTarget): Steps<void> {
  const { session, flags } = call
  const { host } = session
  if (host.logs === undefined) {
    failNotSimulated('logs: no container runs here')
    return
  }
  const read = host.logs
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')]
  const since = flags.changed('since')
    ? host.now() - flags.durationMs('since')
    : parseRfc3339(flags.string('since-time'))
  const tail = flags.changed('tail') ? flags.int('tail') : flags.string('selector') === '' ? -1 : 10
  const request = {
    namespace,
    pod: name,
    container,
    previous: flags.bool('previous'),
    sinceMs: since,
    timestamps: flags.bool('timestamps'),
  }
  const prefix = flags.bool('prefix') ? `[pod/${name}/${container}] ` : ''
  const write = (text: string): void => session.out(prefix === '' ? text : text.replace(/^(?=.)/gm, prefix))
  const first = read({ ...request, tailLines: tail < 0 ? undefined : tail })
  if (!first.ok) {
    fail(first.reason === '' ? first.message : `Error from server (${first.reason}): ${first.message}`)
    return
  }
  const limit = flags.int('limit-bytes')
  write(limit > 0 ? first.text.slice(0, limit) : first.text)
  if (!flags.bool('follow')) return
  const whole = read({ ...request, tailLines: undefined })
  let seen = whole.ok ? whole.text.length : 0
  let ended = first.ended
  while (!ended) {
    let next = ''
    const grown = (): boolean => {
      const now = read({ ...request, tailLines: undefined })
      if (!now.ok) return true
      next = now.text.slice(seen)
      ended = now.ended
      return next !== '' || ended
    }
    yield* until(session.host, () => false, followMs)
    if (grown() && next !== '') {
      seen += next.length
      write(next)
    }
  }
}

/** Source: kubectl pkg/cmd/cp/cp.go; only out of a container, one file at a time. */
export const cpCommand: Command = {
  name: 'cp',
  short: 'Copy files and directories to and from containers.',
  flags: [string('container', 'c'), bool('no-preserve'), int('retries', '0')],
  run(call) {
    const { session, args, flags } = call
    const [source = '', destination = ''] = args
    if (args.length !== 2) {
      if (session.version.mistakesWithoutUsage) fail('source and destination are required')
      failUsage(call.path, 'cp <file-spec-src> <file-spec-dest> [-c container]')
    }
    const match = /^(?:([^/:]+)\/)?([^/:]+):(.*)$/.exec(source)
    if (match === null || destination.includes(':'))
      return failNotSimulated('cp into a container, or between containers')
    const namespace = match[1] ?? session.namespace
    const [pod, path] = [match[2] ?? '', match[3] ?? '']
    const object = session.rest.request('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`)
    if (session.host.exec === undefined) return failNotSimulated('cp: no container runs here')
    const container = flags.string('container') || (containerNames(object)[0] ?? '')
    const answer = session.host.exec({ namespace, pod, container, argv: ['cat', path], stdin: undefined, tty: false })
    if (!answer.ok) return fail(answer.message)
    if (answer.exitCode !== 0) {
      session.err(answer.stderr)
      return fail(`${source} no such file or directory`)
    }
    const target =
      session.host.files.kind(destination) === 'directory'
        ? `${destination.replace(/\/$/, '')}/${path.split('/').at(-1) ?? ''}`
        : destination
    session.host.files.write(
      target,
      Uint8Array.from(answer.stdout, (char) => char.codePointAt(0) ?? 0),
    )
    return 0
  },
}
