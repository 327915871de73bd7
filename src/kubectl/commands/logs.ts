import type { Unsubscribable } from 'rxjs'
import { listAt, textAt } from '../../go/json.ts'
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
import { bool, duration, type FlagValues, flagSince, int, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { untilOver } from '../cli/until-over.ts'
import type { LogRequest } from '../host.ts'
import { failWith } from './container-refusal.ts'
import { allContainerNames, containerNames, defaultContainer, podOf, podsOf } from './pick-pod.ts'

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
    flagSince(31, bool('all-pods')),
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

const usageText =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"

interface LogTarget {
  readonly pod: unknown
  readonly container: string
}

function* logs(call: Call): Steps<number> {
  const { session, flags, args } = call
  const [target = '', inline] = args
  const selector = flags.string('selector')
  if (args.length === 0 && selector === '') failUsage(call.path, usageText)
  if (args.length > 2) failUsage(call.path, usageText)
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
  const sinceTime = flags.string('since-time')
  if (sinceTime !== '' && parseRfc3339(sinceTime) === undefined) fail(unreadableTime(sinceTime))
  if (flags.int('limit-bytes') < 0) fail('--limit-bytes must be greater than 0')
  if (flags.durationMs('since') < 0) fail('--since must be greater than 0')
  if (flags.int('tail') < -1) fail('--tail must be greater than or equal to -1')
  const pods =
    selector === ''
      ? yield* logPods(call, target)
      : listAt(
          yield* session.rest.request('GET', `/api/v1/namespaces/${session.namespace}/pods`, {
            query: { labelSelector: selector },
          }),
          'items',
        )
  if (pods.length === 0 && session.version.logsTellOfNoPods)
    session.err(`No resources found in ${session.namespace} namespace.\n`)
  const targets = pods.flatMap((pod) => logTargets(call, pod, flags.string('container') || (inline ?? '')))
  const most = flags.int('max-log-requests')
  if (flags.bool('follow') && targets.length > 1 && targets.length > most)
    fail(
      `you are attempting to follow ${targets.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    )
  const followed: FollowedLog[] = []
  try {
    for (const one of targets) {
      try {
        followed.push(...writeLogs(call, one))
      } catch (error) {
        if (!(error instanceof CommandFailure) || !flags.bool('ignore-errors')) throw error
        session.err(failureText(error.failure))
      }
    }
    if (followed.length > 0) yield* untilOver(session, () => followed.every(({ hasEnded }) => hasEnded))
  } finally {
    for (const each of followed) each.leave()
  }
  return 0
}

/** Source: Go time/format.go, ParseError: a time that fails at its first digit, which is where texts that are no times do. */
function unreadableTime(text: string): string {
  return `parsing time ${goQuote(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${goQuote(text)} as "2006"`
}

function* logPods(call: Call, target: string): Steps<readonly unknown[]> {
  const found = yield* attempt(wantedPods(call, target))
  if (found.ok) return found.value
  throw new CommandFailure(wrapped(call.session, found.failure))
}

/** Source: pkg/polymorphichelpers/logsforobject.go, logsForObjectWithClient. */
function* wantedPods({ session, flags }: Call, target: string): Steps<readonly unknown[]> {
  if (!hasAllPods(flags)) return [yield* podOf(session, target, 'logs')]
  return (yield* podsOf(session, target, 'logs')).pods
}

function hasAllPods(flags: FlagValues): boolean {
  return flags.has('all-pods') && flags.bool('all-pods')
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
  const all = [...init, ...names, ...listAt(pod, 'spec', 'ephemeralContainers').map((one) => textAt(one, 'name'))]
  if (call.flags.bool('all-containers')) return all.map((name) => ({ pod, container: name }))
  if (container !== '') {
    if (!all.includes(container)) {
      const known = call.session.version.listsContainersOfPod ? ` out of: ${allContainerNames(pod).join(', ')}` : ''
      fail(`container ${container} is not valid for pod ${textAt(pod, 'metadata', 'name')}${known}`)
    }
    return [{ pod, container }]
  }
  if (names.length > 1 && !call.session.version.logsDefaultContainer) {
    const choices = `choose one of: [${names.join(' ')}]${init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''}`
    fail(`a container name must be specified for pod ${textAt(pod, 'metadata', 'name')}, ${choices}`)
  }
  const isAlone = names.length + init.length === 1
  return [{ pod, container: isAlone ? (names[0] ?? '') : loggedByDefault(call.session, pod) }]
}

/** From 1.24 on as `exec` chooses; before, a Pod of one container and init containers has only one choice. */
function loggedByDefault(session: Session, pod: unknown): string {
  return session.version.logsDefaultContainer ? defaultContainer(session, pod, false) : (containerNames(pod)[0] ?? '')
}

/** What there is, and with --follow what comes. */
function writeLogs(call: Call, { pod, container }: LogTarget): readonly FollowedLog[] {
  const { session, flags } = call
  const { host } = session
  if (host.logs === undefined) {
    failNotSimulated('logs: no container runs here')
    return []
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
  const prefix = flags.bool('prefix') || hasAllPods(flags) ? `[pod/${name}/${container}] ` : ''
  const write = (text: string): void => session.out(prefix === '' ? text : text.replace(/^(?=.)/gm, prefix))
  const first = read({ ...request, tailLines: tail < 0 ? undefined : tail })
  if (!first.ok) {
    failWith(first)
    return []
  }
  const limit = flags.int('limit-bytes')
  write(limit > 0 ? first.text.slice(0, limit) : first.text)
  return flags.bool('follow') && !first.ended ? [new FollowedLog(session, request, write)] : []
}

/** All that a container has written and writes until it ends. */
export function* followLog(
  session: Session,
  target: { readonly namespace: string; readonly pod: string; readonly container: string },
): Steps<void> {
  const request = { ...target, previous: false, sinceMs: undefined, tailLines: undefined, timestamps: false }
  if (session.host.logs === undefined) failNotSimulated('attach: no container runs here')
  const first = session.host.logs?.(request)
  if (first?.ok !== true) return
  session.out(first.text)
  if (first.ended) return
  const followed = new FollowedLog(session, request, (text) => session.out(text))
  try {
    yield* untilOver(session, () => followed.hasEnded)
  } finally {
    followed.leave()
  }
}

/** A log that somebody follows, from now on. A class: closures would keep the simulation alive (docs/decisions/0011-what-is-made-in-crowds.md). */
class FollowedLog {
  hasEnded = false
  readonly #following: Unsubscribable | undefined

  constructor(session: Session, request: Omit<LogRequest, 'tailLines'>, write: (text: string) => void) {
    this.#following = session.host.followLogs?.({ ...request, tailLines: undefined }, (text) => {
      if (text === undefined) this.hasEnded = true
      else write(text)
    })
    if (this.#following === undefined) this.hasEnded = true
  }

  leave(): void {
    this.#following?.unsubscribe()
  }
}
