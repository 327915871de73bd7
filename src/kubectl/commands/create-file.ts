import { goQuote } from '../../go/quote.ts'
import type { Call } from '../cli/command.ts'
import { CommandFailure, type Failure, fail, failAll, prefixed } from '../cli/failure.ts'
import { readFiles } from '../resource/files.ts'
import { createObject, type Info } from '../resource/info.ts'
import { withAnnotation } from '../resource/last-applied.ts'
import { partition } from '../resource/select.ts'
import { clientValidation, fieldValidation } from '../resource/validation.ts'
import { createReport, dryRunOf, eachItem, managerOf } from './write.ts'

/** Source: kubectl pkg/cmd/create/create.go, RunCreate. */
export function createFromFiles(call: Call): number {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun)
  const { infos, failures } = partition(readFiles(session, flags, { validate: clientValidation(session, flags) }))
  if (infos.length === 0 && failures.length === 0) fail('no objects passed to create')
  const broken = eachItem(infos, (info) => {
    const made = flags.bool('save-config') ? { ...info, object: withAnnotation(info.object) } : info
    if (dryRun === 'client') {
      report(made.object, 'created')
      return
    }
    const options = {
      fieldManager: managerOf(call, 'kubectl-create'),
      dryRun: dryRun === 'server',
      query: fieldValidation(session, flags),
    }
    report(
      withSource('creating', made, () => createObject(session, made, options)),
      'created',
    )
  })
  failAll([...failures, ...broken])
  return 0
}

/** Runs work on an object from a file; its failure tells the file. Source: helpers.go, AddSourceToErr. */
export function withSource<T>(verb: string, info: Info, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof CommandFailure) || info.source === '') throw error
    throw new CommandFailure(sourced(verb, info, error.failure))
  }
}

export function sourced(verb: string, info: Info, failure: Failure): Failure {
  return info.source === '' ? failure : prefixed(`error when ${verb} ${goQuote(info.source)}: `, failure)
}
