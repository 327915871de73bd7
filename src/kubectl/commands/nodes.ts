import { withoutValue, withValue } from '../../api/change.ts'
import { labelValue, qualifiedName } from '../../api/validation/formats.ts'
import { at, isObject, type JsonObject, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attemptNow, fail, failAll, failPlain, failUsage, failureMessage } from '../cli/failure.ts'
import { bool, string } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { DryRun } from '../create/dry-run.ts'
import { taintText } from '../describe/node.ts'
import type { Info } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'
import { validateFlags } from '../resource/validation.ts'
import { sendChange } from './change.ts'
import { createReport, dryRunFlag, dryRunOf, dryRunSuffix, plainWriteFlags, type Report } from './write.ts'

/** Source: kubectl pkg/cmd/drain/drain.go, pkg/drain. */
export const cordonCommand: Command = cordoning('cordon', 'Mark node as unschedulable', true)
export const uncordonCommand: Command = cordoning('uncordon', 'Mark node as schedulable', false)

function cordoning(name: string, short: string, unschedulable: boolean): Command {
  return {
    name,
    short,
    flags: [dryRunFlag, string('selector', 'l')],
    *run(call) {
      const infos = yield* nodesOf(call)
      const broken = yield* eachItem(infos, (info) => cordon(call, info, unschedulable))
      failAll(broken)
      return 0
    },
  }
}

/** The Nodes that the arguments name or the selector finds. */
export function* nodesOf(call: Call): Steps<readonly Info[]> {
  const { session, flags, args } = call
  const selector = flags.string('selector')
  if (args.length === 0 && selector === '') failUsage(call.path, `USAGE: ${call.path.split(' ').at(-1)} NODE [flags]`)
  if (args.length > 0 && selector !== '')
    failUsage(call.path, 'error: cannot specify both a node name and a --selector option')
  const selection = selector === '' ? { args, defaultType: 'nodes' } : { args: ['nodes'], labelSelector: selector }
  const { infos, failures } = partition((yield* select(session, selection)).entries)
  failAll(failures)
  return infos
}

/** Marks a Node, and says so. */
export function* cordon(call: Call, info: Info, unschedulable: boolean): Steps<void> {
  const { session } = call
  const dryRun = dryRunOf(call)
  const done = unschedulable ? 'cordoned' : 'uncordoned'
  const isSo = at(info.object, 'spec', 'unschedulable') === true
  if (isSo === unschedulable) {
    session.out(`node/${info.name} already ${done}${dryRunSuffix(dryRun)}\n`)
    return
  }
  const changed = unschedulable
    ? withValue(info.object, ['spec', 'unschedulable'], true)
    : withoutValue(info.object, ['spec', 'unschedulable'])
  if (dryRun !== 'client') yield* sendChange(call, info, changed, 'kubectl', dryRun)
  session.out(`node/${info.name} ${done}${dryRunSuffix(dryRun)}\n`)
}

/** Source: kubectl pkg/cmd/taint/taint.go, utils.go. */
export const taintCommand: Command = {
  name: 'taint',
  short: 'Update the taints on one or more nodes',
  flags: [...plainWriteFlags, ...validateFlags, string('selector', 'l'), bool('overwrite'), bool('all')],
  run: taint,
}

interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

interface TaintChange {
  readonly taint: Taint
  readonly removed: boolean
}

function parseTaint(call: Call, text: string): Taint {
  const [pair = '', effect, ...more] = text.split(':')
  if (more.length > 0) fail(`invalid taint spec: ${text}`)
  if (effect !== undefined && !effects.includes(effect))
    fail(`invalid taint effect: ${effect}, unsupported taint effect`)
  const [key = '', value = '', ...rest] = effect === undefined ? [pair] : pair.split('=')
  if (rest.length > 0) fail(`invalid taint spec: ${text}`)
  const errors = [...labelValue(value, call.session.version.minor), ...qualifiedName(key, call.session.version.minor)]
  if (errors.length > 0) fail(`invalid taint spec: ${text}, ${errors.join('; ')}`)
  return { key, value, effect: effect ?? '' }
}

/** Source: utils.go, parseTaints. */
function taintChanges(call: Call, specs: readonly string[]): readonly TaintChange[] {
  const changes: TaintChange[] = []
  for (const spec of specs) {
    const removed = spec.endsWith('-')
    const taint = parseTaint(call, spec.replace(/-$/, ''))
    if (!removed && taint.effect === '') fail(`invalid taint spec: ${spec}`)
    if (!removed && changes.some((one) => !one.removed && isSame(one.taint, taint)))
      fail(`duplicated taints with the same key and effect: {${taint.key} ${taint.value} ${taint.effect} <nil>}`)
    changes.push({ taint, removed })
  }
  return changes
}

function isSame(one: Taint, other: Taint): boolean {
  return one.key === other.key && one.effect === other.effect
}

/** Source: taint.go, Validate and validateFlags. */
function checkTargets({ flags, session }: Call, resources: readonly string[], changes: readonly TaintChange[]): void {
  const removed = changes.filter((one) => one.removed).map(({ taint }) => taint)
  const both = changes
    .filter((one) => !one.removed)
    .flatMap(({ taint }) =>
      removed.filter(({ key, effect }) => key === taint.key && (effect === '' || effect === taint.effect)),
    )
    .map(({ key, effect }) =>
      session.version.taintNamesBothPlainly ? `${key}=${effect}` : `{${goQuote(key)}:${goQuote(effect)}}`,
    )
  if (both.length > 0)
    fail(`can not both modify and remove the following taint(s) in the same command: ${both.join(', ')}`)
  const selector = flags.string('selector')
  if (flags.bool('all') && selector !== '') fail("setting 'all' parameter with a non empty selector is prohibited")
  if (!flags.bool('all') && selector === '' && resources.length < 2)
    fail("at least one resource name must be specified since 'all' parameter is not set")
}

/** Source: taint.go, Validate. */
function* checkKind({ session }: Call, given: string): Steps<void> {
  const type = given.toLowerCase()
  if (!session.version.taintsNodeTypes) {
    if (type !== 'node' && type !== 'nodes') fail(`invalid resource type ${given}, only ["node" "nodes"] are supported`)
    return
  }
  const found = yield* session.discovery.lookUp(type)
  if (found === undefined) failPlain(`the server doesn't have a resource type ${goQuote(type)}`)
  else if (found.kind !== 'Node') fail(`invalid resource type ${given}, only node types are supported`)
}

function* taint(call: Call): Steps<number> {
  const { session, flags, args } = call
  const isSpec = (arg: string): boolean => arg.includes('=') || arg.includes(':') || arg.endsWith('-')
  const first = args.findIndex(isSpec)
  const resources = first < 0 ? args : args.slice(0, first)
  const specs = first < 0 ? [] : args.slice(first)
  const late = specs.find((spec) => !isSpec(spec))
  if (late !== undefined) fail(`all resources must be specified before taint changes: ${late}`)
  if (resources.length === 0) fail('one or more resources must be specified as <resource> <name>')
  if (specs.length === 0) fail('at least one taint update is required')
  const parsed = attemptNow(() => taintChanges(call, specs))
  if (!parsed.ok) return failUsage(call.path, failureMessage(parsed.failure))
  yield* checkKind(call, resources[0] ?? '')
  checkTargets(call, resources, parsed.value)
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun, {
    tellsDryRun: false,
    structs: dryRun !== 'client',
    printsApart: true,
  })
  const selection = { args: resources, labelSelector: flags.string('selector'), all: flags.bool('all') }
  const { infos, failures } = partition((yield* select(session, selection)).entries)
  const broken = yield* eachItem(infos, (info) => taintOne(call, info, parsed.value, dryRun, report))
  failAll([...failures, ...broken])
  return 0
}

function* taintOne(
  call: Call,
  info: Info,
  changes: readonly TaintChange[],
  dryRun: DryRun,
  report: Report,
): Steps<void> {
  const added = changes.filter(({ removed }) => !removed).map((one) => one.taint)
  const removed = changes.filter((one) => one.removed).map((one) => one.taint)
  const { taints, operation } = retaint(call, info, added, removed)
  const changed = withValue(info.object, ['spec', 'taints'], taints)
  report(dryRun === 'client' ? changed : yield* sendChange(call, info, changed, 'kubectl-taint', dryRun), operation)
}

/** Source: utils.go, reorganizeTaints. */
function retaint(
  call: Call,
  info: Info,
  added: readonly Taint[],
  removed: readonly Taint[],
): { readonly taints: readonly JsonObject[]; readonly operation: string } {
  const old = listAt(info.object, 'spec', 'taints').filter(isObject)
  const same = (one: unknown, taint: Taint): boolean =>
    textAt(one, 'key') === taint.key && textAt(one, 'effect') === taint.effect
  const taken = added.filter((taint) => old.some((one) => same(one, taint)))
  if (taken.length > 0 && !call.flags.bool('overwrite')) {
    const keys = taken.map(({ key }) => key).join(',')
    fail(`node ${info.name} already has ${keys} taint(s) with same effect(s) and --overwrite is false`)
  }
  const goes = (one: unknown, taint: Taint): boolean =>
    textAt(one, 'key') === taint.key && (taint.effect === '' || textAt(one, 'effect') === taint.effect)
  failAll(
    removed
      .filter((taint) => !old.some((one) => goes(one, taint)))
      .map((taint) => ({ kind: 'message', text: `taint ${goQuote(taintText(taint))} not found` })),
  )
  const others = old.filter((one) => !added.some((taint) => same(one, taint)))
  const kept = others.filter((one) => !removed.some((taint) => goes(one, taint)))
  const next = added.map(({ key, value, effect }): JsonObject => ({ key, ...(value === '' ? {} : { value }), effect }))
  const isMore = old.length !== next.length + others.length
  const operation =
    (isMore && removed.length > 0) || call.flags.bool('overwrite') ? 'modified' : isMore ? 'tainted' : 'untainted'
  return { taints: [...next, ...kept], operation }
}
