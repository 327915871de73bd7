import { goJson, goJsonIndented, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, fail, failAll, isReason } from '../cli/failure.ts'
import { array, bool, string } from '../cli/flags.ts'
import { printFlags } from '../print/printers.ts'
import { yamlText } from '../print/yaml-text.ts'
import { filenameFlags, namesFiles, readAgain, readFiles, untilFirstFailure } from '../resource/files.ts'
import { described, type Info, patchObject, tryToGet } from '../resource/info.ts'
import { lastApplied, originalConfiguration } from '../resource/last-applied.ts'
import { missingResource, partition, select } from '../resource/select.ts'
import { fieldValidation, validateFlags } from '../resource/validation.ts'
import { sourced } from './create-file.ts'
import { editLoop } from './edit.ts'
import { createReport, dryRunFlag, dryRunOf, managerOf, patchTypes, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/apply/apply_view_last_applied.go. */
export const lastAppliedCommands: readonly Command[] = [
  {
    name: 'view-last-applied',
    short: 'View latest last-applied-configuration annotations of a resource/object',
    flags: [string('output', 'o', 'yaml'), string('selector', 'l'), bool('all'), ...filenameFlags],
    run: view,
  },
  {
    name: 'set-last-applied',
    short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file.',
    flags: [...printFlags, dryRunFlag, bool('create-annotation'), array('filename', 'f')],
    run: set,
  },
  {
    name: 'edit-last-applied',
    short: 'Edit latest last-applied-configuration annotations of a resource/object',
    flags: [
      ...writeFlags.filter(({ name }) => name !== 'dry-run'),
      ...filenameFlags,
      ...validateFlags,
      bool('windows-line-endings'),
    ],
    run: editApplied,
  },
]

interface Change {
  readonly info: Info
  readonly text: string
}

/** All are looked at before the first is changed. Source: kubectl pkg/cmd/apply/apply_set_last_applied.go. */
function* set(call: Call): Steps<number> {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun)
  if (!namesFiles(flags)) fail(missingResource)
  const { infos, failures } = partition(untilFirstFailure(yield* readFiles(session, flags, {})))
  const changes: Change[] = []
  for (const info of infos) {
    const change = yield* changeOf(call, info)
    if (change === undefined) session.out(`set-last-applied ${info.name}: no changes required.\n`)
    else changes.push(change)
  }
  failAll(failures)
  for (const { info, text } of changes) {
    const patch = goJson({ metadata: { annotations: { [lastApplied]: text } } })
    const type = patchTypes.merge ?? ''
    const changed =
      dryRun === 'client'
        ? info.object
        : yield* patchObject(session, info, type, patch, { dryRun: dryRun === 'server' })
    report(changed, 'configured')
  }
  return 0
}

/** What is there becomes the object of the info; undefined where it is told to have been applied just so. */
function* changeOf({ session, flags }: Call, info: Info): Steps<Change | undefined> {
  const found = yield* tryToGet(session, info)
  if (!found.ok && isReason(found.failure, 'NotFound')) throw new CommandFailure(found.failure)
  if (!found.ok)
    throw new CommandFailure(
      sourced(`retrieving current configuration of:\n${described(info)}\nfrom server for:`, info, found.failure),
    )
  const original = originalConfiguration(found.value)
  if (original === undefined && !flags.bool('create-annotation'))
    fail(
      `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
    )
  const text = `${goJson(info.object)}\n`
  return goJson(original ?? null) === goJson(info.object) ? undefined : { info: { ...info, object: found.value }, text }
}

/** What is there without the annotation is passed over, unless a file named it. */
function* view(call: Call): Steps<number> {
  const { session, flags } = call
  const { entries } = namesFiles(flags)
    ? { entries: untilFirstFailure(yield* readAgain(session, yield* readFiles(session, flags, {}))) }
    : yield* select(session, { args: call.args, labelSelector: flags.string('selector'), all: flags.bool('all') })
  const { infos, failures } = partition(entries)
  failAll(failures)
  const found: unknown[] = []
  for (const info of infos) {
    const original = originalConfiguration(info.object)
    const missing = `no last-applied-configuration annotation found on resource: ${info.name}\n`
    if (original !== undefined) found.push(original)
    else if (info.source !== '') fail(`error when ${missing} ${goQuote(info.source)}: <nil>`)
  }
  for (const original of found) session.out(shown(call, original))
  return 0
}

/** Source: apply_view_last_applied.go, RunApplyViewLastApplied: yaml.JSONToYAML, whose errors nobody wraps. */
function shown({ flags, path }: Call, original: unknown): string {
  const output = flags.string('output')
  if (output === 'yaml') return yamlText(original, { lowersYamlErrors: true })
  if (output === 'json') return `${goJsonIndented(original, '  ')}\n`
  return fail(
    `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json\nSee '${path} -h' for help and examples`,
  )
}

const editHeader = [
  "# Please edit the 'last-applied-configuration' annotations below.",
  "# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.",
  '#',
  '',
].join('\n')

/** Source: kubectl pkg/cmd/apply/apply_edit_last_applied.go; pkg/cmd/util/editor/editoptions.go, ApplyEditMode. */
function* editApplied(call: Call): Steps<number> {
  const { session, flags } = call
  const { entries } = namesFiles(flags)
    ? { entries: yield* readAgain(session, yield* readFiles(session, flags, {})) }
    : yield* select(session, { args: call.args, typeMeansAll: true })
  const { infos, failures } = partition(entries)
  failAll(failures)
  const applied = infos.flatMap((info) => {
    const object = originalConfiguration(info.object)
    return object === undefined ? [] : [{ ...info, object }]
  })
  if (applied.length === 0)
    fail(
      'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
    )
  return yield* editLoop(call, applied, { header: editHeader, patchAll: patchApplied })
}

/** What was applied tells no uid, so that each object is held against the first. Source: editoptions.go, visitToApplyEditPatch. */
function* patchApplied(call: Call, infos: readonly Info[], objects: readonly unknown[]): Steps<void> {
  const { session } = call
  const report = createReport(call, 'none')
  for (const object of objects) {
    const [first] = infos
    if (goJson(first?.object ?? null) === goJson(object)) {
      report(object, 'skipped')
      continue
    }
    const named = textAt(object, 'metadata', 'name')
    const info = infos.find(({ name }) => name === named) ?? first
    if (info === undefined) continue
    const patch = goJson({ metadata: { annotations: { [lastApplied]: `${goJson(object)}\n` } } })
    yield* patchObject(session, { ...info, name: named }, patchTypes.merge ?? '', patch, {
      fieldManager: managerOf(call, 'kubectl-client-side-apply'),
      query: fieldValidation(session, call.flags),
    })
    report(object, 'edited')
  }
}
