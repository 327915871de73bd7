import { withoutValue, withValue } from '../../api/change.ts'
import { labelValue } from '../../api/validation/formats.ts'
import { at, compareBytes, goJson, objectAt, sortedEntries, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failAll } from '../cli/failure.ts'
import { bool, flagSince, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import type { DryRun } from '../create/dry-run.ts'
import { filenameFlags, namesFiles, readAgain, readFiles, singleFile, visitEach } from '../resource/files.ts'
import { type Info, patchObject } from '../resource/info.ts'
import { type Selected, select } from '../resource/select.ts'
import { mergePatchBetween } from '../resource/strategic-diff.ts'
import { recorded } from './change-cause.ts'
import { createReport, dryRunOf, managerOf, patchTypes, type Report, writeFlags } from './write.ts'

const metadataFlags = [
  ...writeFlags,
  ...filenameFlags,
  bool('overwrite'),
  bool('list'),
  bool('local'),
  string('selector', 'l'),
  string('field-selector'),
  bool('all'),
  flagSince(22, bool('all-namespaces', 'A')),
  string('resource-version'),
] as const

/** Source: kubectl pkg/cmd/label/label.go. */
export const labelCommand: Command = {
  name: 'label',
  short: 'Update the labels on a resource',
  flags: metadataFlags,
  run: (call) => runMetadata(call, 'labels'),
}

/** Source: kubectl pkg/cmd/annotate/annotate.go. */
export const annotateCommand: Command = {
  name: 'annotate',
  short: 'Update the annotations on a resource',
  flags: metadataFlags,
  run: (call) => runMetadata(call, 'annotations'),
}

type Field = 'labels' | 'annotations'

interface Changes {
  readonly resources: readonly string[]
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

/** Resources come before the first `key=value` or `key-`. Source: helpers.go, GetResourcesAndPairs. */
function splitArgs(
  args: readonly string[],
  noun: string,
): { readonly resources: readonly string[]; readonly pairs: readonly string[] } {
  const isPair = (arg: string): boolean => arg.includes('=') || arg.endsWith('-')
  const first = args.findIndex(isPair)
  if (first < 0) return { resources: args, pairs: [] }
  const late = args.slice(first).find((arg) => !isPair(arg))
  if (late !== undefined) fail(`all resources must be specified before ${noun} changes: ${late}`)
  return { resources: args.slice(0, first), pairs: args.slice(first) }
}

function parseChanges(args: readonly string[], field: Field, minor: number): Changes {
  const noun = field === 'labels' ? 'label' : 'annotation'
  const { resources, pairs } = splitArgs(args, noun)
  const set = new Map<string, string>()
  const remove: string[] = []
  const wrong: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (field === 'labels' && equals >= 0) {
      const [key = '', value = '', ...more] = pair.split('=')
      if (more.length > 0) fail(`invalid label spec: ${pair}`)
      const errors = labelValue(value, minor)
      if (errors.length > 0) fail(`invalid label value: ${goQuote(pair)}: ${errors.join(';')}`)
      set.set(key, value)
    } else if (equals > 0) set.set(pair.slice(0, equals), pair.slice(equals + 1))
    else if (pair.endsWith('-') && pair !== '-') remove.push(pair.slice(0, -1))
    else if (field === 'labels') fail(`unknown label spec: ${pair}`)
    else wrong.push(pair)
  }
  if (wrong.length > 0) fail(`invalid annotation format: ${wrong.join(', ')}`)
  const both = remove.filter((key) => set.has(key))
  if (both.length > 0) {
    fail(
      field === 'labels'
        ? 'can not both modify and remove a label in the same command'
        : `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    )
  }
  return { resources, set, remove }
}

function* runMetadata(call: Call, field: Field): Steps<number> {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  // label makes a printer for each object, which then never writes `---`. Source: kubectl pkg/cmd/label/label.go, RunLabel.
  const report =
    field === 'labels'
      ? createReport(call, dryRun, { tellsDryRun: session.version.labelTellsDryRun, printsApart: true })
      : createReport(call, dryRun)
  const changes = parseChanges(call.args, field, session.version.minor)
  check(call, changes, field)
  const { entries, single } = yield* targets(call, changes)
  const version = flags.string('resource-version')
  if (!single && version !== '') fail('--resource-version may only be used with a single resource')
  failAll(yield* visitEach(entries, (info) => changeOne(call, info, changes, field, { dryRun, single, report })))
  return 0
}

/** How what was changed is told. */
interface Telling {
  readonly dryRun: DryRun
  readonly single: boolean
  readonly report: Report
}

function* changeOne(
  call: Call,
  info: Info,
  changes: Changes,
  field: Field,
  { dryRun, single, report }: Telling,
): Steps<void> {
  const { session, flags } = call
  const version = flags.string('resource-version')
  const isListed = flags.bool('list')
  const offline = dryRun === 'client' || flags.bool('local') || isListed
  if (isListed && changes.set.size === 0 && changes.remove.length === 0) {
    list(session, info.object, info, field, single)
    return
  }
  const base = version === '' ? info.object : withoutValue(info.object, ['metadata', 'resourceVersion'])
  if (!offline && field === 'labels') tellMissing(session, base, changes)
  const changed = withChanges(call, base, changes, field, version)
  if (offline) {
    if (isListed) list(session, changed, info, field, single)
    else report(changed, operationOf(call, info.object, changed, field))
    return
  }
  const sent = recorded(call, changed)
  const patch = goJson(mergePatchBetween(base, sent))
  const options = {
    fieldManager: managerOf(call, field === 'labels' ? 'kubectl-label' : 'kubectl-annotate'),
    dryRun: dryRun === 'server',
  }
  const patched = yield* patchObject(session, info, patchTypes.merge ?? '', patch, options)
  // label shows what it sent, annotate what came back. Source: label.go, RunLabel; annotate.go, RunAnnotate.
  report(field === 'labels' ? sent : patched, operationOf(call, info.object, changed, field))
}

function check(call: Call, changes: Changes, field: Field): void {
  const { flags } = call
  const { annotateRefusesOutput, annotateListsInAnyForm } = call.session.version
  const isRefused = field === 'labels' || (annotateRefusesOutput && !annotateListsInAnyForm)
  if (isRefused && flags.bool('list') && flags.string('output') !== '')
    fail('--list and --output may not be specified together')
  if (flags.bool('all') && flags.string('selector') !== '') fail('cannot set --all and --selector at the same time')
  if (flags.bool('all') && flags.string('field-selector') !== '')
    fail('cannot set --all and --field-selector at the same time')
  if (flags.bool('local') && !namesFiles(flags))
    fail('can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set')
  if (changes.resources.length === 0 && !namesFiles(flags)) {
    fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  }
  if (changes.set.size === 0 && changes.remove.length === 0 && !flags.bool('list')) {
    fail(`at least one ${field === 'labels' ? 'label' : 'annotation'} update is required`)
  }
}

function* targets(call: Call, changes: Changes): Steps<Selected> {
  const { session, flags } = call
  if (namesFiles(flags)) {
    const read = yield* readFiles(session, flags, { isOffline: flags.bool('local') })
    const entries = flags.bool('local') ? read : yield* readAgain(session, read)
    return { entries, single: singleFile(session, flags), isList: false }
  }
  return yield* select(session, {
    args: changes.resources,
    typeMeansAll: flags.bool('all'),
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
  })
}

function tellMissing(session: Session, object: unknown, changes: Changes): void {
  for (const key of changes.remove) {
    if (at(object, 'metadata', 'labels', key) === undefined) session.out(`label ${goQuote(key)} not found.\n`)
  }
}

function withChanges(call: Call, object: unknown, changes: Changes, field: Field, version: string): unknown {
  const existing = objectAt(object, 'metadata', field)
  if (!call.flags.bool('overwrite')) refuseOverwrites(call, existing, changes, field)
  const kept = Object.entries(existing).filter(([key]) => !changes.remove.includes(key) && !changes.set.has(key))
  const values = Object.fromEntries([...kept, ...changes.set])
  const changed = withValue(object, ['metadata', field], values)
  return version === '' ? changed : withValue(changed, ['metadata', 'resourceVersion'], version)
}

function refuseOverwrites(
  call: Call,
  existing: Readonly<Record<string, unknown>>,
  changes: Changes,
  field: Field,
): void {
  const { sameLabelIsFine, sameAnnotationIsFine } = call.session.version
  const sameIsFine = field === 'labels' ? sameLabelIsFine : sameAnnotationIsFine
  const taken = [...changes.set]
    .filter(([key, value]) => Object.hasOwn(existing, key) && !(sameIsFine && existing[key] === value))
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key]) => `'${key}' already has a value (${String(existing[key])})`)
  if (taken.length === 0) return
  if (field === 'annotations')
    fail(`--overwrite is false but found the following declared annotation(s): ${taken.join('; ')}`)
  failAll(taken.map((text) => ({ kind: 'message', text: `${text}, and --overwrite is false` })))
}

function withoutEmptyLabels(call: Call, before: unknown, after: unknown): unknown {
  const isFutile =
    Object.keys(objectAt(after, 'metadata', 'labels')).length === 0 && at(before, 'metadata', 'labels') === undefined
  return isFutile && call.session.version.labelsVanishWhenEmpty ? withoutValue(after, ['metadata', 'labels']) : after
}

function operationOf(call: Call, before: unknown, after: unknown, field: Field): string {
  if (field === 'annotations') return 'annotated'
  // The changed object always has labels, if only empty ones, so that even a futile removal counts the first time.
  const [old, next] = [goJson(before), goJson(withoutEmptyLabels(call, before, after))]
  if (old === next) return 'not labeled'
  const shrunk = call.session.version.saysUnlabeled && !call.flags.bool('overwrite') && next.length < old.length
  return shrunk ? 'unlabeled' : 'labeled'
}

/** Keys in Go come in random order; here bytewise. Source: label.go, RunLabel; annotate.go, RunAnnotate. */
function list(session: Session, object: unknown, info: Info, field: Field, single: boolean): void {
  if (!single) session.out(`Listing ${field} for ${textAt(object, 'kind')}.${info.mapping.group}/${info.name}:\n`)
  for (const [key, value] of sortedEntries(object, 'metadata', field)) {
    session.out(`${single ? '' : ' '}${key}=${value}\n`)
  }
}
