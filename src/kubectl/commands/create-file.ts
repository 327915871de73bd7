import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failAll, prefixed } from '../cli/failure.ts'
import type { DryRun } from '../create/dry-run.ts'
import { readFiles, visitEach } from '../resource/files.ts'
import { createObject, type Info } from '../resource/info.ts'
import { withAnnotation } from '../resource/last-applied.ts'
import { clientValidation, fieldValidation } from '../resource/validation.ts'
import { recorded } from './change-cause.ts'
import { createReport, dryRunOf, managerOf, type Report } from './write.ts'

/** Source: kubectl pkg/cmd/create/create.go, RunCreate. */
export function* createFromFiles(call: Call): Steps<number> {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun)
  const entries = yield* readFiles(session, flags, { validate: yield* clientValidation(session, flags) })
  if (entries.length === 0) fail('no objects passed to create')
  failAll(yield* visitEach(entries, (info) => createOne(call, info, dryRun, report)))
  return 0
}

function* createOne(call: Call, info: Info, dryRun: DryRun, report: Report): Steps<void> {
  const { session, flags } = call
  const kept = flags.bool('save-config') ? withAnnotation(info.object) : info.object
  const made = { ...info, object: recorded(call, kept) }
  if (dryRun === 'client') {
    report(made.object, 'created')
    return
  }
  const options = {
    fieldManager: managerOf(call, 'kubectl-create'),
    dryRun: dryRun === 'server',
    query: fieldValidation(session, flags),
  }
  report(yield* withSource('creating', made, createObject(session, made, options)), 'created')
}

/** What is done with an object from a file; its failure tells the file. Source: helpers.go, AddSourceToErr. */
export function* withSource<T>(verb: string, info: Info, work: Steps<T>): Steps<T> {
  const result = yield* attempt(work)
  if (result.ok) return result.value
  throw new CommandFailure(sourced(verb, info, result.failure))
}

export function sourced(verb: string, info: Info, failure: Failure): Failure {
  return info.source === '' ? failure : prefixed(`error when ${verb} ${goQuote(info.source)}: `, failure)
}
