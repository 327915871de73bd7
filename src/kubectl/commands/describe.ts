import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, type Failure, fail, failAll, failureMessage, isReason } from '../cli/failure.ts'
import { bool, flagSince, int, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { describeObject } from '../describe/registry.ts'
import { filenameFlags, namesFiles, readFiles } from '../resource/files.ts'
import { type Info, tryToGet } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'

/** Source: kubectl pkg/cmd/describe/describe.go. */
export const describeCommand: Command = {
  name: 'describe',
  short: 'Show details of a specific resource or group of resources',
  flags: [
    ...filenameFlags,
    string('selector', 'l'),
    bool('all-namespaces', 'A'),
    bool('show-events', undefined, 'true'),
    flagSince(21, int('chunk-size', '500')),
  ],
  run: describe,
}

function* describe(call: Call): Steps<number> {
  const { session, flags, args } = call
  if (args.length === 0 && !namesFiles(flags)) {
    fail(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    )
  }
  const { entries } = namesFiles(flags)
    ? { entries: yield* readFiles(session, flags, {}) }
    : yield* select(session, {
        args,
        typeMeansAll: true,
        labelSelector: flags.string('selector'),
        allNamespaces: flags.bool('all-namespaces'),
      })
  const { infos, failures } = partition(entries)
  const [failure] = failures
  if (failure !== undefined && failures.length === 1 && isReason(failure, 'NotFound') && args.length === 2) {
    return yield* describeMatching(call, failure)
  }
  const all: Failure[] = [...failures]
  const showsEvents = isAlone(infos, failures, session) || flags.changed('show-events')
  let first = true
  for (const info of infos) {
    // What a file names is read when its turn comes.
    const found = namesFiles(flags) ? yield* tryToGet(session, info) : { ok: true as const, value: info.object }
    if (found.ok) {
      session.out(`${first ? '' : '\n\n'}${yield* textOf(call, { ...info, object: found.value }, showsEvents)}`)
      first = false
    } else if (!all.some((one) => failureMessage(one) === failureMessage(found.failure))) all.push(found.failure)
  }
  if (infos.length === 0 && failures.length === 0) {
    session.err(
      flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`,
    )
  }
  if (namesFiles(flags) && all.length > 0) throw new CommandFailure({ kind: 'several', failures: all })
  failAll(all)
  return 0
}

/** Of several objects newer kubectls tell no events, nor of what a name begins with. Source: describe.go, Run. */
function isAlone(infos: readonly Info[], failures: readonly Failure[], { version }: Session): boolean {
  return !version.describesEventsOfOne || (infos.length <= 1 && failures.length === 0)
}

function textOf({ session, flags }: Call, info: Info, showsEvents: boolean): Steps<string> {
  return describeObject(session, info.mapping, info.object, showsEvents && flags.bool('show-events'))
}

/** A name that is none may begin several. Source: describe.go, DescribeMatchingResources. */
function* describeMatching(call: Call, original: Failure): Steps<number> {
  const { session, args } = call
  const [type = '', prefix = ''] = args
  const { infos, failures } = partition(
    (yield* select(session, { args: [type], typeMeansAll: true, singleType: true })).entries,
  )
  failAll(failures)
  const found = infos.filter(({ name }) => name.startsWith(prefix))
  const showsEvents = !session.version.describesEventsOfOne || call.flags.changed('show-events')
  for (const info of found) session.out(`${yield* textOf(call, info, showsEvents)}\n`)
  if (found.length > 0) return 0
  throw new CommandFailure(original)
}
