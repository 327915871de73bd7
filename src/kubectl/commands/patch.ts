import { utf8Text } from '../../bytes/bytes.ts'
import { deepEqual, goJson } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { fromYaml } from '../../go/yaml/from-yaml.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, fail, failAll, failNotSimulated } from '../cli/failure.ts'
import { bool, flagSince, string } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { DryRun } from '../create/dry-run.ts'
import { filenameFlags, namesFiles, readFiles } from '../resource/files.ts'
import { getObject, type Info, patchObject } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'
import { createReport, dryRunOf, managerOf, patchTypes, type Report, writeFlags } from './write.ts'

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
  const report = createReport(call, dryRun)
  const { body, type } = patchOf(call)
  const { entries } = namesFiles(flags)
    ? { entries: yield* readFiles(session, flags, { isLocal: flags.bool('local') }) }
    : yield* select(session, { args: call.args })
  const { infos, failures } = partition(entries)
  if (flags.bool('local') || dryRun === 'client')
    failNotSimulated('patches without a server (--local, --dry-run=client)')
  const broken = yield* eachItem(infos, (info) => patchOne(call, info, { type, body }, dryRun, report))
  failAll([...failures, ...broken])
  if (infos.length === 0) fail('no objects passed to patch')
  return 0
}

function* patchOne(
  call: Call,
  info: Info,
  { type, body }: ReturnType<typeof patchOf>,
  dryRun: DryRun,
  report: Report,
): Steps<void> {
  const { session, flags } = call
  const current = namesFiles(flags) ? yield* getObject(session, info) : info.object
  const subresource = flags.string('subresource')
  const patched = yield* patchObject(session, info, type, body, {
    fieldManager: managerOf(call, 'kubectl-patch'),
    dryRun: dryRun === 'server',
    ...(subresource === '' ? {} : { subresource }),
  })
  report(patched, deepEqual(current, patched) ? 'patched (no change)' : 'patched')
}

function patchOf(call: Call): { readonly body: string; readonly type: string } {
  const { session, flags } = call
  const file = flags.string('patch-file')
  if (!flags.changed('patch') && file === '') {
    const { parserErrorPrefix, patchFiles } = session.version
    if (patchFiles) fail('must specify --patch or --patch-file containing the contents of the patch')
    throw new CommandFailure({ kind: 'plain', text: `${parserErrorPrefix}: required flag(s) "patch" not set` })
  }
  const text =
    file === ''
      ? flags.string('patch')
      : utf8Text(
          session.host.files.read(file) ?? fail(`unable to read patch file: open ${file}: no such file or directory`),
        )
  if (text === '') fail('must specify -p to patch')
  const kind = flags.string('type').toLowerCase()
  const type = patchTypes[kind]
  if (type === undefined)
    return fail(`--type must be one of [json merge strategic], not ${goQuote(flags.string('type'))}`)
  const parsed = fromYaml(text)
  if (!parsed.ok) return fail(`unable to parse ${goQuote(text)}: ${parsed.error}`)
  return { body: goJson(parsed.value), type }
}
