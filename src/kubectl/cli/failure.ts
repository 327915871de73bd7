import type { Status, StatusCause } from '../../api/types/meta.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'

/** Why a command ends: what it prints on standard error is `failureText`. */
export type Failure =
  /** The server said no. `message` in place of the Status's own when the command put words around it. */
  | { readonly kind: 'status'; readonly status: Status; readonly message?: string }
  /** Printed after `error: ` unless it begins so. */
  | { readonly kind: 'message'; readonly text: string }
  /** Printed as it stands: usage errors of the command line parser, missing resource types. */
  | { readonly kind: 'plain'; readonly text: string }
  /** No connection. `url` is where it should have gone. */
  | { readonly kind: 'network'; readonly url: string; readonly message: string }
  | { readonly kind: 'several'; readonly failures: readonly Failure[] }
  /** Nothing is printed. */
  | { readonly kind: 'silent'; readonly code: number }

/**
 * Leaves a command from wherever it is; the process turns it into text and exit code. It is no `Error`: those are bugs, and note where
 * they were made, which costs more than most commands and is looked at by nobody.
 */
export class CommandFailure {
  readonly failure: Failure
  constructor(failure: Failure) {
    this.failure = failure
  }
}

export function fail(text: string): never {
  throw new CommandFailure({ kind: 'message', text })
}

export function failPlain(text: string): never {
  throw new CommandFailure({ kind: 'plain', text })
}

export function exitSilently(code: number): never {
  throw new CommandFailure({ kind: 'silent', code })
}

/** A usage error of a command. Source: pkg/cmd/util/helpers.go, UsageErrorf. */
export function failUsage(commandPath: string, text: string): never {
  fail(`${text}\nSee '${commandPath} -h' for help and examples`)
}

/** What a real kubectl does and podsim does not: said in so many words, never passed over. */
export function failNotSimulated(what: string): never {
  fail(`podsim does not simulate ${what}`)
}

/** Throws what was collected: nothing for none, the one itself, or all of them. */
export function failAll(failures: readonly Failure[]): void {
  const [first] = failures
  if (first === undefined) return
  throw new CommandFailure(failures.length === 1 ? first : { kind: 'several', failures })
}

/** How work ended: with what it gave, or with why not. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

/** For `yield*`: goes through the steps, handing back their failure instead of throwing it. */
export function* attempt<T>(steps: Steps<T>): Steps<Attempt<T>> {
  try {
    return { ok: true, value: yield* steps }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

/** The same for what asks nobody. */
export function attemptNow<T>(work: () => T): Attempt<T> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

/** What a command left with; a bug goes on its way. */
function failureOf(error: unknown): Failure {
  if (error instanceof CommandFailure) return error.failure
  throw error
}

/** Go's err.Error(): the words without what kubectl prints around them. */
export function failureMessage(failure: Failure): string {
  switch (failure.kind) {
    case 'status':
      return failure.message ?? failure.status.message ?? ''
    case 'message':
    case 'plain':
      return failure.text
    case 'network':
      return `Get ${goQuote(failure.url)}: ${failure.message}`
    case 'several': {
      const texts = [...new Set(failure.failures.map(failureMessage))]
      return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
    }
    case 'silent':
      return 'exit'
  }
}

/** The failure with words before its message; its kind stays. Source: pkg/cmd/util/helpers.go, AddSourceToErr. */
export function prefixed(prefix: string, failure: Failure): Failure {
  if (failure.kind === 'status') return { ...failure, message: `${prefix}${failureMessage(failure)}` }
  return { kind: 'message', text: `${prefix}${failureMessage(failure)}` }
}

/** A failure without those of one reason within it; undefined: nothing is left. Source: apimachinery pkg/util/errors/errors.go, FilterOut. */
export function withoutReason(failure: Failure, reason: string): Failure | undefined {
  if (failure.kind !== 'several') return isReason(failure, reason) ? undefined : failure
  const failures = failure.failures.flatMap((one) => withoutReason(one, reason) ?? [])
  return failures.length === 0 ? undefined : { kind: 'several', failures }
}

export function isReason(failure: Failure, reason: string): boolean {
  return failure.kind === 'status' && failure.status.reason === reason
}

export function exitCodeOf(failure: Failure): number {
  return failure.kind === 'silent' ? failure.code : 1
}

/** Text for standard error, with its newline. Source: pkg/cmd/util/helpers.go, checkErr. */
export function failureText(failure: Failure, invalidTellsMessage = false): string {
  switch (failure.kind) {
    case 'silent':
      return ''
    case 'plain':
      return withNewline(failure.text)
    case 'message':
      return withNewline(failure.text.startsWith('error: ') ? failure.text : `error: ${failure.text}`)
    case 'status':
      return failure.status.reason === 'Invalid'
        ? invalidText(failure.status, invalidTellsMessage)
        : withNewline(standardMessage(failure))
    case 'network':
      return withNewline(standardMessage(failure))
    case 'several': {
      const [first] = failure.failures
      // A collection of one is what it holds, but for another one within.
      if (first !== undefined && failure.failures.length === 1 && first.kind !== 'several')
        return failureText(first, invalidTellsMessage)
      const shown = failure.failures.length === 1 && first?.kind === 'several' ? first : failure
      return shown.failures.map((one) => `${standardMessage(one)}\n`).join('')
    }
  }
}

function withNewline(text: string): string {
  return text.endsWith('\n') || text === '' ? text : `${text}\n`
}

/** Source: StandardErrorMessage; what it does not know is the bare message. */
function standardMessage(failure: Failure): string {
  if (failure.kind === 'status') {
    const { reason, message } = failure.status
    if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message ?? ''})`
    return reason
      ? `Error from server (${reason}): ${failureMessage(failure)}`
      : `Error from server: ${failureMessage(failure)}`
  }
  if (failure.kind !== 'network') return failureMessage(failure)
  if (!failure.message.includes('connection refused')) return `Unable to connect to the server: ${failure.message}`
  const host = failure.url.replace(/^\w+:\/\//, '').replace(/\/.*$/, '')
  return `The connection to the server ${host} was refused - did you specify the right host or port?`
}

function invalidText(status: Status, tellsMessage: boolean): string {
  const { details, message = '' } = status
  const causes = details?.causes ?? []
  const named = Boolean(details?.kind) || Boolean(details?.name)
  const told = tellsMessage && !named && causes.length === 0 && message !== '' ? `: ${message}` : ''
  const head = named
    ? `The ${details?.kind ?? ''} ${goQuote(details?.name ?? '')} is invalid`
    : `The request is invalid${told}`
  const lines = [...new Set(causes.map(causeLine))]
  if (lines.length === 0) return `${head}\n`
  if (lines.length === 1) return `${head}: ${lines[0]}\n`
  return `${head}: \n${lines.map((line) => `* ${line}\n`).join('')}`
}

/** Source: pkg/cmd/util/helpers.go, statusCausesToAggrError. */
export function causeLine(cause: StatusCause): string {
  return `${cause.field ?? ''}: ${cause.message ?? ''}`
}
