import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failAll, failNotSimulated } from '../cli/failure.ts'
import { bool, type FlagSpec } from '../cli/flags.ts'
import { printFlags } from '../print/printers.ts'
import { filenameFlags, namesFiles, readAgain, readFiles } from '../resource/files.ts'
import { partition, select } from '../resource/select.ts'

const flags: readonly FlagSpec[] = [...printFlags, ...filenameFlags, bool('force')]

/** Source: kubectl pkg/cmd/certificates/certificates.go. No signer works here, so that what is there is not approved. */
export const certificateCommand: Command = {
  name: 'certificate',
  short: 'Modify certificate resources.',
  modernLong: 'Modify certificate resources.',
  usage: 'SUBCOMMAND [options]',
  listing: { exitCode: 0 },
  children: [
    { name: 'approve', short: 'Approve a certificate signing request', flags, run: decide },
    { name: 'deny', short: 'Deny a certificate signing request', flags, run: decide },
  ],
}

function* decide(call: Call): Steps<number> {
  const { session, args } = call
  if (args.length === 0 && !namesFiles(call.flags))
    fail('one or more CSRs must be specified as <name> or -f <filename>')
  const entries = namesFiles(call.flags)
    ? yield* readAgain(session, yield* readFiles(session, call.flags, {}))
    : (yield* select(session, { args, defaultType: 'certificatesigningrequests' })).entries
  const { infos, failures } = partition(entries)
  if (infos.length > 0) failNotSimulated(call.path)
  failAll(failures)
  return 0
}
