import { withValue } from '../../api/change.ts'
import { isObject, type JsonObject, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type Change, has } from '../../versions/changes.ts'
import { resourcePath } from '../api/discovery.ts'
import { structBody } from '../api/json-body.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failUsage, failureMessage } from '../cli/failure.ts'
import { bool, type FlagSpec, flagSince } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import type { DryRun } from '../create/dry-run.ts'
import { commonCreateFlags } from '../create/flags.ts'
import { structJson, withLastApplied } from '../create/struct-json.ts'
import { createPrinter, createStructPrinter, objectName, type Printer } from '../print/printers.ts'
import { validateFlags } from '../resource/validation.ts'
import { dryRunOf, dryRunSuffix, managerOf } from './write.ts'

/** Flags that every `create SOMETHING` has: those of the newest version that has them all, so that old scripts run too. */
const common: readonly FlagSpec[] = [
  ...commonCreateFlags(21).filter(({ name }) => !['show-managed-fields', 'validate'].includes(name)),
  flagSince(21, bool('show-managed-fields')),
  ...validateFlags,
]

export interface MakeSpec {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly short: string
  readonly flags: readonly FlagSpec[]
  /** What stands before the server's refusal in words of the command: `failed to create job: `. */
  readonly failurePrefix?: (minor: number) => string | undefined
  readonly since?: number
  /** The object, fields in the order of the Go struct. */
  make(call: Call, name: string): JsonObject | Steps<JsonObject>
}

/** A command that makes one object from flags. Source: kubectl pkg/cmd/create/create.go, RunCreateSubcommand. */
export function makeCommand(spec: MakeSpec): Command {
  return {
    name: spec.name,
    short: spec.short,
    flags: [...common, ...spec.flags],
    ...(spec.aliases === undefined ? {} : { aliases: spec.aliases }),
    ...(spec.since === undefined ? {} : { since: spec.since }),
    run: (call) => makeAndSend(call, spec),
  }
}

function* makeAndSend(call: Call, spec: MakeSpec): Steps<number> {
  const made = spec.make(call, nameFrom(call))
  const object = Symbol.iterator in made ? yield* made : made
  return yield* sendMade(call, object, spec.failurePrefix?.(call.session.version.minor))
}

/** Source: create.go, NameFromCommandArgs. */
export function nameFrom(call: Call, extraAllowed = false): string {
  const named = call.flags.argsAtDash < 0 ? call.args.length : call.flags.argsAtDash
  if (named !== 1 && !(extraAllowed && named > 1)) failUsage(call.path, `exactly one NAME is required, got ${named}`)
  return call.args[0] ?? ''
}

/** Metadata of a made object; the namespace only where a flag told it. */
export function madeMetadata(session: Session, name: string, namespaced: boolean, more: JsonObject = {}): JsonObject {
  return {
    name,
    ...(namespaced && session.namespaceIsExplicit ? { namespace: session.namespace } : {}),
    ...emptyTimestamp(session),
    ...more,
  }
}

/** What Go writes for a time that is not set. */
export function emptyTimestamp(session: Session): JsonObject {
  return session.version.omitsNullCreationTimestamp ? {} : { creationTimestamp: null }
}

/** Sends the object unless it is a dry run of the client, and prints what became of it. */
export function* sendMade(
  call: Call,
  made: JsonObject,
  failurePrefix: string | undefined,
  manager = 'kubectl-create',
): Steps<number> {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  const printer = printerOf(call, dryRun, textAt(made, 'kind'))
  const saved = flags.bool('save-config') ? withLastApplied(made) : made
  const object = dryRun === 'client' ? saved : yield* send(call, saved, dryRun === 'server', failurePrefix, manager)
  session.out(printer === undefined ? `${objectName(object)} created${dryRunSuffix(dryRun)}\n` : printer(object))
  return 0
}

/** Kinds that 1.20 makes by generators, with no struct for the answer. Source: pkg/cmd/create/create_secret.go and its like of 1.20. */
const generated = new Set(['ConfigMap', 'Namespace', 'Secret', 'ServiceAccount'])

/** What was made is written as it was made, what the server answers by the structs of kubectl. */
function printerOf({ session, flags }: Call, dryRun: DryRun, kind: string): Printer | undefined {
  const isAsAnswered = !session.version.answersCreatesInOrder && generated.has(kind)
  if (dryRun !== 'client' && isAsAnswered) return createPrinter(session, flags)
  if (dryRun !== 'client') return createStructPrinter(session, flags)
  if (flags.string('output') !== 'json') return createPrinter(session, flags)
  return (object) => `${structJson(object, '    ')}\n`
}

const notOffered = 'the server could not find the requested resource'

function* send(
  call: Call,
  object: unknown,
  dryRun: boolean,
  failurePrefix: string | undefined,
  manager: string,
): Steps<unknown> {
  const { session } = call
  const found = yield* attempt(session.discovery.forKind(textAt(object, 'apiVersion'), textAt(object, 'kind')))
  // A command with words of its own asks the path straight; the others look the kind up first.
  if (!found.ok)
    throw failurePrefix === undefined
      ? new CommandFailure(found.failure)
      : new CommandFailure(wrapped({ kind: 'message', text: notOffered }, failurePrefix))
  const mapping = found.value
  const namespace = mapping.namespaced ? textAt(object, 'metadata', 'namespace') || session.namespace : ''
  const sent = mapping.namespaced ? withValue(object, ['metadata', 'namespace'], namespace) : object
  const query = {
    ...(dryRun ? { dryRun: 'All' } : {}),
    ...(session.version.sendsFieldManager ? { fieldManager: managerOf(call, manager) } : {}),
  }
  const result = yield* session.rest.tryRequest('POST', resourcePath(mapping, namespace), {
    body: structBody(sent),
    query,
  })
  if (!result.ok) throw new CommandFailure(wrapped(result.failure, failurePrefix))
  return isObject(result.value)
    ? { kind: textAt(object, 'kind'), apiVersion: textAt(object, 'apiVersion'), ...result.value }
    : result.value
}

function wrapped(failure: Failure, prefix: string | undefined): Failure {
  if (prefix === undefined) return failure
  return { kind: 'message', text: prefix + failureMessage(failure) }
}

/** `failed to create X: ` from a version on. */
export function failsAs(noun: string, change: Change): (minor: number) => string | undefined {
  return (minor) => (has(minor, change) ? `failed to create ${noun}: ` : undefined)
}

/** `a=b,c=d` as a map. */
export function parsePairs(text: string): JsonObject {
  return Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=')
        return equals < 0 ? fail(`invalid label spec: ${pair}`) : [pair.slice(0, equals), pair.slice(equals + 1)]
      }),
  )
}
