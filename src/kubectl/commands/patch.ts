import { utf8Text } from '../../bytes/bytes.ts'
import { deepEqual, goJson } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { fromYaml } from '../../go/yaml/from-yaml.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, fail, failAll } from '../cli/failure.ts'
import { bool, flagSince, string } from '../cli/flags.ts'
import type { DryRun } from '../create/dry-run.ts'
import { filenameFlags, namesFiles, readFiles, visitEach } from '../resource/files.ts'
import { getObject, type Info, patchObject } from '../resource/info.ts'
import { select } from '../resource/select.ts'
import { recordPatch } from './change-cause.ts'
import { patchedLocally } from './patch-local.ts'
import { checkSubresource, createReport, dryRunOf, managerOf, patchTypes, type Report, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/patch/patch.go. */
export const patchCommand: Command = {
  name: 'patch',
  short: 'Update field(s) of a resource using strategic merge patch',
  flags: [
    ...writeFlags,
    ...filenameFlags,
    string('patch', 'p'),
    flagSince(20, string('patch-file')),
    string('type', undefined, 'strategic'),
    bool('local'),
    flagSince(24, string('subresource')),
  ],
  run: patch,
}

function* patch(call: Call): Steps<number> {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun, { tellsDryRun: false, printsApart: true })
  const given = patchOf(call)
  const { entries } = namesFiles(flags)
    ? { entries: yield* readFiles(session, flags, { isOffline: flags.bool('local') }) }
    : yield* select(session, { args: call.args, subresource: flags.string('subresource') })
  failAll(yield* visitEach(entries, (info) => patchOne(call, info, given, dryRun, report)))
  if (entries.length === 0) fail('no objects passed to patch')
  return 0
}

function* patchOne(
  call: Call,
  info: Info,
  { kind, type, body }: ReturnType<typeof patchOf>,
  dryRun: DryRun,
  report: Report,
): Steps<void> {
  const { session, flags } = call
  if (flags.bool('local') || dryRun === 'client') {
    const made = patchedLocally(session, info, kind, body)
    report(made, operationOf(info.object, made))
    return
  }
  const subresource = flags.string('subresource')
  const current = namesFiles(flags) ? yield* getObject(session, info, { subresource }) : info.object
  const patched = yield* patchObject(session, info, type, body, {
    fieldManager: managerOf(call, 'kubectl-patch'),
    dryRun: dryRun === 'server',
    ...(subresource === '' ? {} : { subresource }),
  })
  const cause = recordPatch(call)
  const told =
    cause === undefined
      ? { ok: false as const }
      : yield* attempt(
          patchObject(session, info, patchTypes.merge ?? '', cause, { fieldManager: managerOf(call, 'kubectl-patch') }),
        )
  report(told.ok ? told.value : patched, operationOf(current, patched))
}

function operationOf(before: unknown, after: unknown): string {
  return deepEqual(before, after) ? 'patched (no change)' : 'patched'
}

function patchOf(call: Call): { readonly body: string; readonly kind: string; readonly type: string } {
  const { session, flags } = call
  check(call)
  const file = flags.string('patch-file')
  const text =
    file === ''
      ? flags.string('patch')
      : utf8Text(
          session.host.files.read(file) ?? fail(`unable to read patch file: open ${file}: no such file or directory`),
        )
  const kind = flags.string('type').toLowerCase() || 'strategic'
  const type = patchTypes[kind]
  if (type === undefined)
    return fail(`--type must be one of [json merge strategic], not ${goQuote(flags.string('type'))}`)
  // What looks like JSON is taken as it stands. Source: apimachinery pkg/util/yaml/decoder.go, ToJSON.
  if (text.trimStart().startsWith('{')) return { body: text, kind, type }
  const parsed = fromYaml(text, { lowersErrors: session.version.lowersYamlErrors })
  if (!parsed.ok) return fail(`unable to parse ${goQuote(flags.string('patch'))}: ${parsed.error}`)
  return { body: goJson(parsed.value), kind, type }
}

/** Source: patch.go, Validate. */
function check({ session, flags, args }: Call): void {
  const { parserErrorPrefix, patchFiles, takesAnySubresource } = session.version
  const [given, file] = [flags.string('patch') !== '', flags.string('patch-file') !== '']
  if (!patchFiles && !flags.changed('patch'))
    throw new CommandFailure({ kind: 'plain', text: `${parserErrorPrefix}: required flag(s) "patch" not set` })
  if (given && file) fail('cannot specify --patch and --patch-file together')
  if (patchFiles && !given && !file) fail('must specify --patch or --patch-file containing the contents of the patch')
  if (flags.bool('local') && args.length > 0) fail('cannot specify --local and server resources')
  if (flags.bool('local') && flags.string('dry-run') === 'server')
    fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  if (!given && !file) fail('must specify -p to patch')
  if (!takesAnySubresource) checkSubresource(flags)
}
