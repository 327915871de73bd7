import { goQuote } from '../../go/quote.ts'
import type { Call } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { type FlagSpec, type FlagValues, string } from '../cli/flags.ts'
import { klogPrefix } from '../cli/klog.ts'
import { type DryRun, dryRunStrategy } from '../create/dry-run.ts'
import { createPrinter, createStructPrinter, objectName, printFlags } from '../print/printers.ts'
import { recordFlags } from './change-cause.ts'

/** What all commands that change objects share. */

export const dryRunFlag: FlagSpec = { name: 'dry-run', type: 'string', initial: 'none', bare: 'unchanged' }

/** Flags of commands that write and print what became of it, and that do not record themselves. */
export const plainWriteFlags: readonly FlagSpec[] = [...printFlags, dryRunFlag, string('field-manager')]

/** Flags of commands that write and print what became of it. */
export const writeFlags: readonly FlagSpec[] = [...plainWriteFlags, ...recordFlags]

export function dryRunOf(call: Call): DryRun {
  const { session, flags } = call
  return dryRunStrategy(flags.string('dry-run'), session.version.minor, (line) =>
    session.err(`${klogPrefix(session.host.now(), 'W')}${line}\n`),
  )
}

export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''
}

/** Prints what was done to an object, in the form that `-o` asks for. Source: cli-runtime pkg/printers/name.go. */
export type Report = (object: unknown, operation: string) => void

interface ReportOptions {
  /** Commands that name their operation only after the flag was looked at lose its mark: patch, taint, older label. */
  readonly tellsDryRun?: boolean
  /** Objects are read into the structs that kubectl is built with. */
  readonly structs?: boolean
  /** Commands that make a printer for each object put nothing between two documents: patch, taint, rollout restart and undo. */
  readonly printsApart?: boolean
}

/** Refuses a form of output that there is not. Commands that make their printer before all else have no other complaint first. */
export function checkOutput({ session, flags }: Call): void {
  createPrinter(session, flags)
}

export function createReport(
  call: Call,
  dryRun: DryRun,
  { tellsDryRun = true, structs = false, printsApart = false }: ReportOptions = {},
): Report {
  const { session, flags } = call
  const newPrinter = () => (structs ? createStructPrinter(session, flags) : createPrinter(session, flags))
  const first = printsApart ? undefined : newPrinter()
  const suffix = tellsDryRun ? dryRunSuffix(dryRun) : ''
  return (object, operation) => {
    const printer = printsApart ? newPrinter() : first
    session.out(printer === undefined ? `${objectName(object)} ${operation}${suffix}\n` : printer(object))
  }
}

/** Source: kubectl pkg/cmd/get/get.go and patch.go, supportedSubresources. */
export function checkSubresource(flags: FlagValues): void {
  const name = flags.string('subresource')
  if (!['', 'status', 'scale'].includes(name))
    fail(`invalid subresource value: ${goQuote(name)}. Must be one of [status scale]`)
}

/** The field manager to send: the flag's, or the command's own. */
export function managerOf(call: Call, own: string): string {
  return call.flags.has('field-manager') ? call.flags.string('field-manager') || own : own
}

export const patchTypes: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}
