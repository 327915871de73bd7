import { textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, type Failure, failAll, failureMessage } from '../cli/failure.ts'
import { bool, duration, type FlagSpec, flagSince, flagUntil, int, string } from '../cli/flags.ts'
import { podsToGo } from './drain-filters.ts'
import { type Drained, deletePods, evictPods } from './evictions.ts'
import { cordon, nodesOf } from './nodes.ts'
import { dryRunFlag, dryRunOf, dryRunSuffix } from './write.ts'

/** Source: kubectl pkg/cmd/drain/drain.go, NewCmdDrain. */
const emptyDirData: FlagSpec = {
  ...bool('delete-local-data'),
  deprecated: 'This option is deprecated and will be deleted. Use --delete-emptydir-data.',
}

export const drainCommand: Command = {
  name: 'drain',
  short: 'Drain node in preparation for maintenance',
  flags: [
    dryRunFlag,
    string('selector', 'l'),
    string('pod-selector'),
    bool('force'),
    bool('ignore-daemonsets'),
    flagUntil(20, bool('delete-local-data')),
    flagSince(20, flagUntil(31, emptyDirData)),
    flagSince(20, bool('delete-emptydir-data')),
    bool('disable-eviction'),
    int('grace-period', '-1'),
    duration('timeout', '0s'),
    int('skip-wait-for-delete-timeout', '0'),
    flagSince(22, int('chunk-size', '500')),
    flagSince(22, flagUntil(23, bool('ignore-errors'))),
  ],
  run: drain,
}

/** Source: kubectl pkg/cmd/drain/drain.go, RunDrain: from 1.23 on a node that cannot be drained does not keep the next one. */
function* drain(call: Call): Steps<number> {
  const { session } = call
  const { drainGoesOn, drainSpacesItsErrors, saysDrained } = session.version
  const infos = yield* nodesOf(call)
  for (const info of infos) yield* cordon(call, info, true)
  const failures: Failure[] = []
  const pending: string[] = []
  /** The printer of v1.18 says of a node what was done to a Pod last. */
  let verb = 'drained'
  for (const [position, { name }] of infos.entries()) {
    const outcome = yield* drainNode(call, name)
    verb = saysDrained ? verb : (outcome.verb ?? verb)
    if (outcome.failure === undefined) {
      session.out(`node/${name} ${verb}${dryRunSuffix(dryRunOf(call))}\n`)
      continue
    }
    failures.push(outcome.failure)
    if (!drainGoesOn) {
      session.err(`error: unable to drain node ${goQuote(name)}, aborting command...\n\n`)
      pending.push(...infos.slice(position).map((info) => info.name))
      break
    }
    const why = `${drainSpacesItsErrors ? ' ' : ''}${failureMessage(outcome.failure)}`
    session.err(`error: unable to drain node ${goQuote(name)} due to error:${why}, continuing command...\n`)
    pending.push(name)
  }
  if (pending.length > 0)
    session.err(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`)
  failAll(failures)
  return 0
}

/** Source: kubectl pkg/cmd/drain/drain.go, deleteOrEvictPodsSimple. */
function* drainNode(call: Call, name: string): Steps<Drained> {
  const { session, flags } = call
  const { pods, warnings, errors } = yield* podsToGo(call, name)
  if (errors.length > 0) return { failure: reasons(errors, session.version.drainGoesOn) }
  if (warnings !== '') session.err(`${session.version.drainWarnsInWords ? 'Warning' : 'WARNING'}: ${warnings}\n`)
  if (dryRunOf(call) === 'client') {
    for (const pod of pods)
      session.out(`evicting pod ${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')} (dry run)\n`)
    return {}
  }
  const outcome = yield* flags.bool('disable-eviction') ? deletePods(call, pods) : evictPods(call, pods)
  if (outcome.failure !== undefined) yield* tellPending(call, name, outcome.failure)
  return outcome
}

/** Source: pkg/cmd/util/helpers.go, checkErr: one of one is told as itself, but since drain goes on it is one of one of one. */
function reasons(texts: readonly string[], isNested: boolean): Failure {
  const failures = texts.map((text): Failure => ({ kind: 'message', text }))
  const [first] = failures
  return first !== undefined && failures.length === 1 && !isNested ? first : { kind: 'several', failures }
}

function* tellPending(call: Call, name: string, failure: Failure): Steps<void> {
  const { session } = call
  const found = yield* attempt(podsToGo(call, name))
  const left = found.ok ? found.value : { pods: [], errors: [failureMessage(found.failure)] }
  if (left.pods.length > 0) {
    session.err(`There are pending pods in node ${goQuote(name)} when an error occurred: ${failureMessage(failure)}\n`)
    for (const pod of left.pods) session.err(`pod/${textAt(pod, 'metadata', 'name')}\n`)
  }
  if (left.errors.length > 0)
    session.err(
      `Following errors occurred while getting the list of pods to delete:\n${failureMessage(aggregate(left.errors))}`,
    )
}

/** Source: apimachinery pkg/util/errors/errors.go, aggregate.Error. */
function aggregate(texts: readonly string[]): Failure {
  const [first = ''] = texts
  return { kind: 'message', text: texts.length === 1 ? first : `[${texts.join(', ')}]` }
}
