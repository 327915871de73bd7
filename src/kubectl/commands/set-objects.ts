/** What the subcommands of `set` do alike: read objects, change each, send or show them. Source: kubectl pkg/cmd/set/helper.go, CalculatePatches. */
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import {
  type Attempt,
  attempt,
  attemptNow,
  CommandFailure,
  type Failure,
  fail,
  failAll,
  failureMessage,
} from '../cli/failure.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { DryRun } from '../create/dry-run.ts'
import { namesFiles } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { changePatch, sendChange } from './change.ts'
import { recorded } from './change-cause.ts'
import { targetsOf } from './workloads.ts'
import { createReport, dryRunOf, type Report } from './write.ts'

/** What a subcommand changes, and in which words it tells so. */
export interface SetChange {
  readonly done: string
  /** Before what the server says; undefined: it stands alone. */
  readonly problem?: string
  /** Whether objects that stay as they are are told, too. */
  readonly tellsUnchanged?: boolean
  /** Whether what cannot be changed is told with its name. */
  readonly namesFailed?: boolean
  /** Whether the others are changed when one cannot be read. */
  readonly passesUnread?: boolean
  /** The changed object. What `note` gets is told before all other failures and stops nothing. */
  change(info: Info, note: (text: string) => void): unknown
}

/** For `yield*`: changes all objects; most subcommands change nothing when one of them cannot be read. */
export function* changeObjects(call: Call, resources: readonly string[], each: SetChange): Steps<number> {
  if (resources.length === 0 && !namesFiles(call.flags))
    fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun, { structs: true })
  const { infos, failures } = yield* targetsOf(call, resources, { isTyped: true })
  if (each.passesUnread !== true) failAll(failures)
  const notes: Failure[] = []
  const changed = infos.map((info): readonly [Info, Attempt<unknown>] => [
    info,
    attemptNow(() =>
      recorded(
        call,
        each.change(info, (text) => notes.push({ kind: 'message', text })),
      ),
    ),
  ])
  const broken = yield* eachItem(changed, ([info, result]) => changeOne(call, info, result, each, dryRun, report))
  failAll([...notes, ...broken, ...failures])
  return 0
}

function* changeOne(
  call: Call,
  info: Info,
  result: Attempt<unknown>,
  { done, problem, tellsUnchanged = false, namesFailed = true }: SetChange,
  dryRun: DryRun,
  report: Report,
): Steps<void> {
  const isLocal = call.flags.bool('local')
  if (!result.ok) {
    const text = failureMessage(result.failure)
    return fail(namesFailed ? `error: ${objectNameOf(info, isLocal)} ${text}\n` : text)
  }
  if (!tellsUnchanged && (yield* changePatch(call, info, result.value)).body === '{}') return
  if (dryRun === 'client' || isLocal) {
    report(result.value, done)
    return
  }
  const sent = yield* attempt(sendChange(call, info, result.value, 'kubectl-set', dryRun))
  if (!sent.ok) {
    if (problem === undefined) throw new CommandFailure(sent.failure)
    fail(`${problem} ${failureMessage(sent.failure)}`)
  }
  report(sent.value, done)
}

/** What was not looked up in a cluster has no resource, and what has a group its own line. Source: cli-runtime pkg/resource/visitor.go, Info.ObjectName. */
function objectNameOf({ mapping, name }: Info, isLocal: boolean): string {
  if (!isLocal) return `${mapping.resource}/${name}`
  const kind = mapping.kind.toLowerCase()
  return mapping.group === '' ? `${kind}/${name}` : `${kind}.${mapping.group}/${name}\n`
}
