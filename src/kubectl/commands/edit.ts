import { withoutValue } from '../../api/change.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import { at, deepEqual, goJson, goJsonIndented, isObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { fromYaml } from '../../go/yaml/from-yaml.ts'
import { readManifestDocuments } from '../../go/yaml/manifests.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupResource } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import {
  attempt,
  CommandFailure,
  causeLine,
  exitSilently,
  type Failure,
  fail,
  failAll,
  failureMessage,
  isReason,
} from '../cli/failure.ts'
import { bool, flagSince, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { yamlText } from '../print/yaml-text.ts'
import { filenameFlags, namesFiles, readAgain, readFiles } from '../resource/files.ts'
import { type Info, patchObject } from '../resource/info.ts'
import { updatedAnnotation } from '../resource/last-applied.ts'
import { partition, select } from '../resource/select.ts'
import { serverMinor } from '../resource/server-version.ts'
import { mergePatchBetween, twoWayPatch } from '../resource/strategic-diff.ts'
import { clientValidation, fieldValidation, validateFlags } from '../resource/validation.ts'
import { recorded } from './change-cause.ts'
import { createReport, managerOf, patchTypes, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/edit/edit.go, pkg/cmd/util/editor/editoptions.go. */
export const editCommand: Command = {
  name: 'edit',
  short: 'Edit a resource on the server',
  flags: [
    ...writeFlags.filter(({ name }) => name !== 'dry-run'),
    ...filenameFlags,
    ...validateFlags,
    bool('save-config'),
    bool('output-patch'),
    bool('windows-line-endings'),
    flagSince(24, string('subresource')),
  ],
  run: edit,
}

/** What is edited: objects, or what was applied of them last. */
interface Mode {
  readonly header: string
  patchAll(call: Call, infos: readonly Info[], objects: readonly unknown[], round: Round): Steps<void>
}

const header = [
  "# Please edit the object below. Lines beginning with a '#' will be ignored,",
  '# and an empty file will abort the edit. If an error occurs while saving this file will be',
  '# reopened with the relevant failures.',
  '#',
  '',
].join('\n')

interface Reason {
  readonly head: string
  readonly details: readonly string[]
}

/** One opening of the editor. */
export interface Round {
  readonly reasons: Reason[]
  invalid: number
  retryable: number
  missing: number
}

function* edit(call: Call): Steps<number> {
  const { session, flags } = call
  const { entries } = namesFiles(flags)
    ? {
        entries: yield* readAgain(session, yield* readFiles(session, flags, {})),
      }
    : yield* select(session, { args: call.args, typeMeansAll: true })
  const { infos, failures } = partition(entries)
  failAll(failures)
  if (infos.length === 0) fail('edit cancelled, no objects found')
  return yield* editLoop(
    call,
    infos.map((info) => withoutManaged(session, info)),
    { header, patchAll },
  )
}

function withoutManaged(session: Session, info: Info): Info {
  if (!session.version.editHidesManagedFields) return info
  return { ...info, object: withoutValue(info.object, ['metadata', 'managedFields']) }
}

/** Opens the editor until what was saved is taken, or given up. Source: editoptions.go, Run. */
export function* editLoop(call: Call, infos: readonly Info[], mode: Mode): Steps<number> {
  const { session, flags } = call
  const json = flags.string('output') === 'json'
  const [first] = infos
  const shown =
    infos.length === 1
      ? first?.object
      : { apiVersion: 'v1', items: infos.map(({ object }) => object), kind: 'List', metadata: {} }
  const original = mode.header + (json ? `${goJsonIndented(shown, '    ')}\n` : yamlText(shown, session.version))
  let round: Round = newRound()
  let edited = ''
  let file = ''
  let failed = false
  for (;;) {
    const before = edited
    const buffer = failed ? headerOf(mode, round) + stripped(edited) : original
    const path = tempFile(session, json ? '.json' : '.yaml')
    edited = openEditor(session, path, buffer, file)
    if (failed && withoutComments(before) === withoutComments(edited)) {
      return keep(session, path, { kind: 'message', text: 'Edit cancelled, no valid changes were saved.' })
    }
    if (file !== '') session.host.files.remove(file)
    file = path
    const wrong = yield* validate(call, edited)
    if (wrong !== undefined) {
      round = newRound()
      session.err(`${addInvalid(round, first, [wrong])}\n`)
      failed = true
      continue
    }
    if (withoutComments(original) === withoutComments(edited)) {
      session.host.files.remove(file)
      session.err('Edit cancelled, no changes made.\n')
      return 0
    }
    if (withoutComments(edited).trim() === '') {
      session.host.files.remove(file)
      session.err('Edit cancelled, saved file was empty.\n')
      return 0
    }
    round = newRound()
    const parsed = parseEdited(edited)
    if (!parsed.ok) {
      round.reasons.push({ head: `The edited file had a syntax error: ${parsed.error}`, details: [] })
      failed = true
      continue
    }
    const result = yield* attempt(mode.patchAll(call, infos, parsed.objects, round))
    if (!result.ok) return keep(session, file, result.failure)
    if (round.retryable > 0) {
      session.err(`You can run \`kubectl replace -f ${file}\` to try this update again.\n`)
      exitSilently(1)
    }
    if (round.missing > 0) {
      session.err(`The edits you made on deleted resources have been saved to ${goQuote(file)}\n`)
      exitSilently(1)
    }
    if (round.invalid === 0) {
      session.host.files.remove(file)
      return 0
    }
    failed = round.reasons.length > 0
  }
}

function newRound(): Round {
  return { reasons: [], invalid: 0, retryable: 0, missing: 0 }
}

function tempFile(session: Session, extension: string): string {
  const directory = session.host.env.get('TMPDIR') ?? '/tmp'
  return `${directory}/kubectl-edit-${session.host.digits(session.version.longTemporaryNames ? 10 : 5)}${extension}`
}

function openEditor(session: Session, path: string, content: string, lastFile: string): string {
  const editor = session.host.env.get('KUBE_EDITOR') || session.host.env.get('EDITOR') || 'vi'
  session.host.files.write(path, utf8Bytes(content))
  const code = session.host.edit?.(editor, path)
  if (code !== 0) {
    const text =
      code === undefined
        ? `unable to launch the editor ${goQuote(editor)}`
        : `there was a problem with the editor ${goQuote(editor)}`
    return keep(session, lastFile, { kind: 'message', text })
  }
  return utf8Text(session.host.files.read(path) ?? new Uint8Array())
}

/** Tells where the changes are kept, and ends. Source: editoptions.go, preservedFile. */
function keep(session: Session, file: string, failure: Failure): never {
  if (file !== '' && session.host.files.kind(file) !== undefined) {
    session.err(`A copy of your changes has been stored to ${goQuote(file)}\n`)
  }
  throw new CommandFailure(failure)
}

function headerOf(mode: Mode, round: Round): string {
  const commented = (text: string): string => text.replace(/\n(?=[^#])/g, '\n# ')
  return (
    mode.header +
    round.reasons
      .map(({ head, details }) =>
        [
          `# ${commented(head)}${details.length > 0 ? ':' : ''}`,
          ...details.map((detail) => `# * ${commented(detail)}`),
          '#',
          '',
        ].join('\n'),
      )
      .join('')
  )
}

/** Without the comments that stand first. Source: helpers.go, ManualStrip. */
function stripped(text: string): string {
  return withoutComments(text)
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/^\n+/, '')
}

function* validate(call: Call, edited: string): Steps<string | undefined> {
  const { session } = call
  const check = yield* clientValidation(session, call.flags)
  const parsed = fromYaml(withoutComments(edited), { lowersErrors: session.version.lowersYamlErrors })
  const wrong = parsed.ok ? check?.(parsed.value) : parsed.error
  if (wrong === undefined) return undefined
  const field = session.version.editErrorsNameNil ? '<nil>' : ''
  return `${field}: Invalid value: "The edited file failed validation": ${wrong}`
}

function addInvalid(round: Round, info: Info | undefined, details: readonly string[]): string {
  const name = info === undefined ? '""' : `${groupResource(info.mapping)} ${goQuote(info.name)}`
  round.invalid++
  round.reasons.push({ head: `${name} was not valid`, details })
  return `error: ${name} is invalid`
}

type Edited =
  | { readonly ok: true; readonly objects: readonly unknown[] }
  | { readonly ok: false; readonly error: string }

function parseEdited(text: string): Edited {
  const { values, error } = readManifestDocuments(withoutComments(text))
  if (error !== undefined) return { ok: false, error: `error parsing edited-file: ${error}` }
  const objects = values.flatMap((value) =>
    isObject(value) && Array.isArray(value.items) ? listAt(value, 'items') : [value],
  )
  return { ok: true, objects }
}

function* patchAll(call: Call, infos: readonly Info[], objects: readonly unknown[], round: Round): Steps<void> {
  const { session } = call
  const report = createReport(call, 'none')
  for (const object of objects) {
    const uid = textAt(object, 'metadata', 'uid')
    const info = infos.find((one) => textAt(one.object, 'metadata', 'uid') === uid)
    if (info === undefined) {
      fail(`no original object found for &unstructured.Unstructured{Object:${goJson(object)}}`)
      continue
    }
    const namespace = textAt(object, 'metadata', 'namespace')
    if (info.mapping.namespaced && namespace !== '' && namespace !== info.namespace) {
      fail(
        `the namespace from the provided object ${goQuote(namespace)} does not match the namespace ${goQuote(info.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`,
      )
    }
    const wanted = recorded(call, call.flags.bool('save-config') ? updatedAnnotation(object, true) : object)
    if (deepEqual(wanted, info.object)) {
      report(object, 'skipped')
      continue
    }
    const result = yield* attempt(patchOne(call, info, wanted))
    if (result.ok) report(result.value, 'edited')
    else session.err(`${addFailure(round, info, result.failure)}\n`)
  }
}

function* patchOne(call: Call, info: Info, wanted: unknown): Steps<unknown> {
  const { session, flags } = call
  for (const path of [['apiVersion'], ['kind'], ['metadata', 'name']]) {
    if (!deepEqual(at(wanted, ...path), at(info.object, ...path)))
      fail('At least one of apiVersion, kind and name was changed')
  }
  const { group, version, kind } = info.mapping
  const definition = schemaOf(yield* serverMinor(session)).kind({ group, version, kind })
  const patch =
    definition === undefined ? mergePatchBetween(info.object, wanted) : twoWayPatch(info.object, wanted, definition)
  if (flags.bool('output-patch')) session.out(`Patch: ${goJson(patch)}\n`)
  const type = patchTypes[definition === undefined ? 'merge' : 'strategic'] ?? ''
  return yield* patchObject(session, info, type, goJson(patch), {
    fieldManager: managerOf(call, 'kubectl-edit'),
    query: fieldValidation(session, flags),
  })
}

/** Source: editoptions.go, addError. What is no answer of the server ends the edit. */
function addFailure(round: Round, info: Info, failure: Failure): string {
  const name = `${groupResource(info.mapping)} ${goQuote(info.name)}`
  if (failure.kind === 'status' && failure.status.reason === 'Invalid') {
    return addInvalid(
      round,
      info,
      listAt(objectAt(failure.status, 'details'), 'causes').map((cause) => causeLine(isObject(cause) ? cause : {})),
    )
  }
  if (failure.kind !== 'status') throw new CommandFailure(failure)
  if (isReason(failure, 'NotFound')) {
    round.missing++
    return `error: ${name} could not be found on the server`
  }
  round.retryable++
  return `error: ${name} could not be patched: ${failureMessage(failure)}`
}
