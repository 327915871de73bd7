import { goJsonIndented } from '../../go/json.ts'
import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failAll, failNotSimulated } from '../cli/failure.ts'
import { bool, string } from '../cli/flags.ts'
import { filenameFlags, namesFiles, readAgain, readFiles } from '../resource/files.ts'
import { originalConfiguration } from '../resource/last-applied.ts'
import { partition, select } from '../resource/select.ts'

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
    run: () => failNotSimulated('apply set-last-applied'),
  },
  {
    name: 'edit-last-applied',
    short: 'Edit latest last-applied-configuration annotations of a resource/object',
    run: () => failNotSimulated('apply edit-last-applied'),
  },
]

function* view(call: Call): Steps<number> {
  const { session, flags } = call
  const output = flags.string('output')
  if (output !== 'yaml' && output !== 'json') {
    fail(
      `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json\nSee '${call.path} -h' for help and examples`,
    )
  }
  const { entries } = namesFiles(flags)
    ? {
        entries: yield* readAgain(session, yield* readFiles(session, flags, {})),
      }
    : yield* select(session, { args: call.args, labelSelector: flags.string('selector'), all: flags.bool('all') })
  const { infos, failures } = partition(entries)
  failAll(failures)
  for (const info of infos) {
    const original = originalConfiguration(info.object)
    if (original === undefined) fail(`no last-applied-configuration annotation found on resource: ${info.name}`)
    session.out(output === 'yaml' ? toGoYaml(original) : `${goJsonIndented(original, '  ')}\n`)
  }
  return 0
}
