import { type StructuredPatch, structuredPatch } from 'diff'
import { withoutValue, withValue } from '../../api/change.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { goJson, isObject, type JsonObject, objectAt, textAt } from '../../go/json.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { kubectl } from '../../versions/kubectl.ts'
import type { Call, Command } from '../cli/command.ts'
import {
  attempt,
  CommandFailure,
  exitSilently,
  fail,
  failAll,
  failPlain,
  failureText,
  isReason,
} from '../cli/failure.ts'
import { array, bool, flagSince, int, string, unsupported } from '../cli/flags.ts'
import { klogPrefix } from '../cli/klog.ts'
import type { Session } from '../cli/session.ts'
import { yamlText } from '../print/yaml-text.ts'
import { filenameFlags, readFiles, requireFiles, untilFirstFailure } from '../resource/files.ts'
import { createObject, type Info, patchObject, tryToGet } from '../resource/info.ts'
import { originalConfiguration } from '../resource/last-applied.ts'
import { partition } from '../resource/select.ts'
import { serverMinor } from '../resource/server-version.ts'
import { threeWayMergePatch, threeWayPatch } from '../resource/strategic-diff.ts'
import { managerOf, patchTypes } from './write.ts'

/** Source: kubectl pkg/cmd/diff/diff.go. The program that it calls is GNU diff -u -N. */
export const diffCommand: Command = {
  name: 'diff',
  short: 'Diff live version against would-be applied version',
  flags: [
    ...filenameFlags,
    string('selector', 'l'),
    bool('server-side'),
    bool('force-conflicts'),
    string('field-manager'),
    flagSince(24, unsupported(bool('prune'))),
    flagSince(25, unsupported(array('prune-allowlist'))),
    flagSince(kubectl.diffHidesManagedFields.since, bool('show-managed-fields')),
    flagSince(28, int('concurrency', '1')),
    flagSince(36, unsupported(bool('show-secrets'))),
  ],
  *run(call) {
    const result = yield* attempt(diff(call))
    if (result.ok) return result.value ? exitSilently(1) : 0
    if (result.failure.kind === 'silent') throw new CommandFailure(result.failure)
    // One more than of other commands, as 1 says that there are differences.
    call.session.err(failureText(result.failure, call.session.version.invalidTellsMessage))
    return exitSilently(2)
  },
}

function* diff(call: Call): Steps<boolean> {
  const { session, flags } = call
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    fail('--force-conflicts only works with --server-side')
  requireFiles(flags)
  if ((session.host.env.get('KUBECTL_EXTERNAL_DIFF') ?? '') !== '')
    failPlain('error: podsim does not simulate KUBECTL_EXTERNAL_DIFF')
  const { infos, failures } = partition(untilFirstFailure(yield* readFiles(session, flags, {})))
  failAll(failures)
  const directories = ['LIVE', 'MERGED'].map(
    (name) => `${session.host.env.get('TMPDIR') ?? '/tmp'}/${name}-${session.host.digits(10)}`,
  )
  let differs = false
  for (const info of [...infos].sort((a, b) => (fileName(a) < fileName(b) ? -1 : 1))) {
    const text = yield* diffOne(call, info, directories)
    if (text !== '') differs = true
    session.out(text)
  }
  return differs
}

/** Source: diff.go, InfoObject.Name. */
function fileName(info: Info): string {
  const { group, version, kind } = info.mapping
  return `${group === '' ? '' : `${group}.`}${version}.${kind}.${info.namespace}.${info.name}`
}

function* diffOne(call: Call, info: Info, directories: readonly string[]): Steps<string> {
  const { session, flags } = call
  const found = yield* tryToGet(session, info)
  if (!found.ok && !isReason(found.failure, 'NotFound')) throw new CommandFailure(found.failure)
  const live = found.ok ? found.value : undefined
  const merged = flags.bool('server-side')
    ? yield* appliedObject(call, info, live)
    : yield* mergedObject(call, info, live)
  const isShown = !session.version.diffHidesManagedFields || flags.bool('show-managed-fields')
  const [before, after] = masked(session, shown(live, isShown), shown(merged, isShown))
  const [from, to] = [before === undefined ? '' : yamlText(before, session.version), yamlText(after, session.version)]
  return from === to
    ? ''
    : unified(
        session,
        directories.map((directory) => `${directory}/${fileName(info)}`),
        from,
        to,
      )
}

/** What the server would make of it. A conflict is tried again before it is told. Source: diff.go, RunDiff and InfoObject.Merged. */
function* appliedObject({ session, flags }: Call, info: Info, live: unknown): Steps<unknown> {
  const query = {
    fieldManager: flags.string('field-manager') || 'kubectl',
    force: String(flags.bool('force-conflicts')),
  }
  const type = 'application/apply-patch+yaml'
  const merged = yield* attempt(patchObject(session, info, type, goJson(info.object), { query, dryRun: true }))
  if (merged.ok) return merged.value
  if (live !== undefined && isReason(merged.failure, 'Conflict')) {
    const { group, version, kind } = info.mapping
    const prefix = klogPrefix(session.host.now(), 'W')
    session.err(
      `${prefix}diff.go:${warningLine}] Object (${group}/${version}, Kind=${kind}: ${info.name}) keeps changing, diffing without lock\n`,
    )
  }
  throw new CommandFailure(merged.failure)
}

/** Where kubectl 1.36 says so, as recorded. */
const warningLine = 723

function* mergedObject(call: Call, info: Info, live: unknown): Steps<unknown> {
  const { session } = call
  const options = { dryRun: true, fieldManager: managerOf(call, 'kubectl-client-side-apply') }
  if (live === undefined) return yield* createObject(session, info, options)
  const { group, version, kind } = info.mapping
  const definition = schemaOf(yield* serverMinor(session)).kind({ group, version, kind })
  const original = originalConfiguration(live)
  // The annotation of the live object stays as it is: it is no part of the difference.
  const annotation = textAt(live, 'metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration')
  const annotated = annotation === '' ? info.object : withAnnotationText(info.object, annotation)
  const patch =
    definition === undefined
      ? threeWayMergePatch(original, annotated, live)
      : threeWayPatch(original, annotated, live, definition)
  const type = patchTypes[definition === undefined ? 'merge' : 'strategic'] ?? ''
  return yield* patchObject(session, info, type, goJson(patch), options)
}

function withAnnotationText(object: unknown, text: string): unknown {
  const annotations = {
    ...objectAt(object, 'metadata', 'annotations'),
    'kubectl.kubernetes.io/last-applied-configuration': text,
  }
  return withValue(object, ['metadata', 'annotations'], annotations)
}

/** Whose fields are whose is not compared. Source: diff.go, omitManagedFields. */
function shown(object: unknown, isShown: boolean): unknown {
  return isShown || object === undefined ? object : withoutValue(object, ['metadata', 'managedFields'])
}

/** Secret values are never shown from 1.22 on. Source: diff.go, Masker. */
function masked(session: Session, before: unknown, after: unknown): readonly [unknown, unknown] {
  const isSecret = textAt(after, 'kind') === 'Secret' && textAt(after, 'apiVersion') === 'v1'
  if (!session.version.diffMasksSecrets || !isSecret) return [before, after]
  const [old, next] = [objectAt(before, 'data'), objectAt(after, 'data')]
  const mask = (data: JsonObject, other: JsonObject, what: string): JsonObject =>
    Object.fromEntries(
      Object.keys(data).map((key) => [
        key,
        Object.hasOwn(other, key) && other[key] !== data[key] ? `*** (${what})` : '***',
      ]),
    )
  const put = (object: unknown, data: JsonObject): unknown =>
    isObject(object) && object.data !== undefined ? { ...object, data } : object
  // What is not there is no object any more once it is masked, and no nothing either. Source: diff.go, Masker.From and Printer.Print.
  return [put(before ?? null, mask(old, next, 'before')), put(after, mask(next, old, 'after'))]
}

/** Objects that differ in more lines are shown as one taking the place of the other: the effort grows with its square. */
const mostEdits = 1000

/** A patch of one hunk that takes all lines away and puts others there. */
function replaced(from: string, to: string): Pick<StructuredPatch, 'hunks'> {
  const linesOf = (text: string, mark: string) =>
    text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => mark + line)
  const [old, next] = [linesOf(from, '-'), linesOf(to, '+')]
  const lines = [...old, ...next]
  return { hunks: [{ oldStart: 1, oldLines: old.length, newStart: 1, newLines: next.length, lines }] }
}

function unified(session: Session, files: readonly string[], from: string, to: string): string {
  const [left = '', right = ''] = files
  const time = `${rfc3339(session.host.now()).replace('T', ' ').replace('Z', '')}.000000000 +0000`
  const options = { context: 3, maxEditLength: mostEdits }
  const { hunks: found } = structuredPatch(left, right, from, to, undefined, undefined, options) ?? replaced(from, to)
  const range = (start: number, lines: number): string =>
    lines === 1 ? String(start) : `${lines === 0 ? start - 1 : start},${lines}`
  const hunks = found.map(
    (hunk) =>
      `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@\n${hunk.lines.map((line) => `${line}\n`).join('')}`,
  )
  return `diff -u -N ${left} ${right}\n--- ${left}\t${time}\n+++ ${right}\t${time}\n${hunks.join('')}`
}
