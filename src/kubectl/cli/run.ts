import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ClientVersion, clientVersion } from '../client-version.ts'
import { rootCommand } from '../commands/root.ts'
import type { KubeContext, KubectlHost } from '../host.ts'
import type { Command, Outcome } from './command.ts'
import { CommandFailure, exitCodeOf, fail, failNotSimulated, failPlain, failureText } from './failure.ts'
import { type FlagSpec, FlagTable, type FlagValues, isOffered, parseFlags } from './flags.ts'
import { globalFlags } from './global-flags.ts'
import { createSession, type Output, type Session } from './session.ts'
import { unknownCommandText } from './suggestions.ts'
import { until } from './until.ts'

/** A command line as a process, which answers its exit code. `argv` is without the program's name. */
export function* kubectl(argv: readonly string[], host: KubectlHost, write: Output): Steps<number> {
  const version = clientVersion(host.clientVersion)
  const ownMs = host.times?.ownMs() ?? 0
  if (ownMs > 0) yield* until(host, () => false, ownMs)
  try {
    const outcome = dispatch(argv, host, version, (fd, text, bytes) => {
      if (text !== '') write(fd, text, bytes)
    })
    return typeof outcome === 'number' ? outcome : yield* outcome
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    write(2, failureText(error.failure, version.invalidTellsMessage))
    return exitCodeOf(error.failure)
  }
}

interface Found {
  readonly command: Command
  readonly path: string
  readonly rest: readonly string[]
  readonly offered: Offered
}

/** What a command takes in one version of kubectl. */
interface Offered {
  /** Its sub-commands, by name and by alias. */
  readonly children: ReadonlyMap<string, Command>
  /** Its own, without the global ones. */
  readonly own: readonly FlagSpec[]
  readonly required: readonly FlagSpec[]
  readonly deprecated: readonly FlagSpec[]
  /** All that it takes. A command's own flag hides the global one of its name: `--profile` of debug. */
  readonly table: FlagTable
}

function dispatch(argv: readonly string[], host: KubectlHost, version: ClientVersion, write: Output): Outcome {
  const found = findCommand(argv, version)
  const word = found.command === rootCommand ? found.rest[firstWord(found.rest, found.offered.table)] : undefined
  if (word !== undefined) {
    throw new CommandFailure({ kind: 'plain', text: unknownCommandText(word, rootCommand, version) })
  }
  const parsed = parseFlags(found.offered.table, found.rest)
  if ('error' in parsed) {
    if (parsed.error === 'help requested') failNotSimulated(`the help text of '${found.path}'`)
    const text = `${version.parserErrorPrefix}: ${parsed.error}\nSee '${found.path} --help' for usage.\n`
    throw new CommandFailure({ kind: 'plain', text })
  }
  if (found.command === rootCommand) return failNotSimulated("the help text of 'kubectl'")
  checkRequired(found.offered.required, parsed.values, version)
  const isAsked = !asksNobody(found.path, parsed.values)
  const missing = missingFile(host, parsed.values)
  if (isAsked && missing !== undefined) fail(`stat ${missing}: no such file or directory`)
  if (isAsked) checkKubeconfig(host.config, found, parsed.values)
  const isEmpty = missing !== undefined && readsConfig.test(found.path)
  const session = createSession(isEmpty ? withoutConfig(host) : host, parsed.values, write)
  for (const { name } of parsed.values.given) {
    const deprecated = found.offered.deprecated.find((spec) => spec.name === name)?.deprecated
    if (deprecated !== undefined) session.err(`Flag --${name} has been deprecated, ${deprecated}\n`)
  }
  if (found.command.run === undefined) return groupHelp(found, parsed.args, version, write)
  const outcome = found.command.run({ path: found.path, args: parsed.args, flags: parsed.values, session })
  const isStrict = parsed.values.has('warnings-as-errors') && parsed.values.bool('warnings-as-errors')
  return isStrict ? withoutWarnings(outcome, session) : outcome
}

/** Who asks for it is told how many warnings came. Source: pkg/cmd/cmd.go, PersistentPostRunE. */
function* withoutWarnings(outcome: Outcome, session: Session): Steps<number> {
  const code = typeof outcome === 'number' ? outcome : yield* outcome
  const { warnings } = session.rest
  if (code !== 0 || warnings === 0) return code
  return fail(warnings === 1 ? '1 warning received' : `${warnings} warnings received`)
}

/** The kubeconfig that a flag names and that is not there. */
function missingFile({ files }: KubectlHost, flags: FlagValues): string | undefined {
  const path = flags.string('kubeconfig')
  return path !== '' && files.kind(path) === undefined ? path : undefined
}

/** Commands that read a kubeconfig, and take one that is not there for an empty one. Source: client-go tools/clientcmd/loader.go, GetStartingConfig. */
const readsConfig = /^kubectl config (?:current-context|delete-context|get-\w+|rename-context|use-context|view)$/

function withoutConfig(host: KubectlHost): KubectlHost {
  return { ...host, config: { contexts: [], currentContext: '' } }
}

/** Commands that look at no cluster. */
function asksNobody(path: string, flags: FlagValues): boolean {
  if (path === 'kubectl version') return flags.bool('client')
  return /^kubectl (?:alpha|completion|config|kustomize|options|plugin)\b/.test(path)
}

/** Commands that make a client before they look for their namespace; the others are told by the check of the whole file. */
const clientsFirst = /^kubectl (?:api-resources|api-versions|auth|cluster-info|create|explain|version)\b/

/** What flags name of the kubeconfig has to be there. Source: client-go tools/clientcmd/client_config.go and validation.go. */
function checkKubeconfig(
  { contexts }: KubectlHost['config'],
  { path, offered: { own } }: Found,
  flags: FlagValues,
): void {
  if (!flags.changed('context') && !flags.changed('cluster') && !flags.changed('user')) return
  const given = (name: string): string => (own.some((spec) => spec.name === name) ? '' : flags.string(name))
  const [context, cluster, user] = [given('context'), given('cluster'), given('user')]
  const makesClient = clientsFirst.test(path)
  const isUnknown = (name: string, known: (context: KubeContext) => string): boolean =>
    name !== '' && !contexts.some((one) => known(one) === name)
  if (makesClient && isUnknown(user, (one) => one.user)) fail(`auth info ${goQuote(user)} does not exist`)
  if (isUnknown(context, (one) => one.name)) {
    if (makesClient) fail(`context ${goQuote(context)} does not exist`)
    failPlain(`Error in configuration: context was not found for specified context: ${context}`)
  }
  if (isUnknown(cluster, (one) => one.cluster))
    fail(makesClient ? `cluster ${goQuote(cluster)} does not exist` : `no server found for cluster ${goQuote(cluster)}`)
  if (isUnknown(user, (one) => one.user)) fail(`auth info ${goQuote(user)} does not exist`)
}

/** Source: cobra command.go, ValidateRequiredFlags. */
function checkRequired(required: readonly FlagSpec[], values: FlagValues, version: ClientVersion): void {
  const missing = required.filter(({ name }) => !values.changed(name)).map(({ name }) => `"${name}"`)
  if (missing.length === 0) return
  const text = `${version.parserErrorPrefix}: required flag(s) ${missing.sort().join(', ')} not set`
  throw new CommandFailure({ kind: 'plain', text })
}

/** Walks down the words of the command line, past flags and their values. Source: cobra command.go, Find. */
function findCommand(argv: readonly string[], version: ClientVersion): Found {
  let command = rootCommand
  let path = 'kubectl'
  let rest = argv
  for (;;) {
    const { children, table } = offeredBy(command, version.minor)
    const index = children.size === 0 ? -1 : firstWord(rest, table)
    const child = children.get(rest[index] ?? '')
    if (child === undefined) break
    command = child
    path = `${path} ${child.name}`
    rest = [...rest.slice(0, index), ...rest.slice(index + 1)]
  }
  return { command, path, rest, offered: offeredBy(command, version.minor) }
}

/** By command, then by minor version: commands are what they are, and their versions few. */
const known = new WeakMap<Command, Map<number, Offered>>()

function offeredBy(command: Command, minor: number): Offered {
  const held = known.get(command)?.get(minor)
  if (held !== undefined) return held
  const own = (command.flags ?? []).filter((flag) => isOffered(flag, minor))
  const made: Offered = {
    children: childrenOf(command, minor),
    own,
    required: own.filter(({ required }) => required === true),
    deprecated: own.filter(({ deprecated }) => deprecated !== undefined),
    table: new FlagTable(
      globalFlags.filter((flag) => isOffered(flag, minor)),
      own,
    ),
  }
  known.set(command, (known.get(command) ?? new Map<number, Offered>()).set(minor, made))
  return made
}

/** Of two of one name the first counts; if it is not offered, there is none. */
function childrenOf({ children = [] }: Command, minor: number): ReadonlyMap<string, Command> {
  const named = new Map<string, Command>()
  for (const child of children)
    for (const name of [child.name, ...(child.aliases ?? [])]) if (!named.has(name)) named.set(name, child)
  for (const [name, child] of named) if (!isOffered(child, minor)) named.delete(name)
  return named
}

function firstWord(args: readonly string[], flags: FlagTable): number {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--') return -1
    if (!arg.startsWith('-') || arg === '-') return i
    if (arg.includes('=')) continue
    const spec = arg.startsWith('--')
      ? flags.named(arg.slice(2))
      : arg.length === 2
        ? flags.lettered(arg.slice(1))
        : undefined
    const takesValue =
      spec === undefined ? arg.startsWith('--') || arg.length === 2 : spec.type !== 'bool' && spec.bare === undefined
    if (takesValue) i++
  }
  return -1
}

/** What a command that only groups others prints. Source: pkg/cmd/util/helpers.go, DefaultSubCommandRun; templates. */
function groupHelp(
  found: Found,
  args: readonly string[],
  version: ClientVersion,
  write: (fd: 1 | 2, text: string) => void,
): number {
  const { command, path } = found
  if (args.length > 0) {
    const words = args.join(' ')
    throw new CommandFailure({
      kind: 'message',
      text: `unknown command ${JSON.stringify(words)}\nSee '${path} -h' for help and examples`,
    })
  }
  const modern = version.mistakesWithoutUsage
  const children = (command.children ?? []).filter((child) => isOffered(child, version.minor))
  const spaced = version.spacesListings
  const width = Math.max(11, ...children.map(({ name }) => name.length))
  const long =
    command.listing?.long?.(version.minor) ?? (modern ? command.modernLong : undefined) ?? command.long ?? command.short
  const shortOf = (child: Command): string =>
    modern ? (child.modernShort ?? child.short.replace(/\.$/, '')) : child.short
  const lines = children.map((child) => `  ${child.name.padEnd(width)}${spaced ? '   ' : ' '}${shortOf(child)}`)
  const usage = command.usage ?? (modern ? (command.modernUsage ?? 'SUBCOMMAND [options]') : '[flags] [options]')
  const aliases =
    modern && command.aliases !== undefined ? `Aliases:\n${[command.name, ...command.aliases].join(', ')}\n\n` : ''
  const fd = command.listing === undefined ? 2 : 1
  const examples = command.listing?.examples?.(version.minor) ?? ''
  write(
    fd,
    `${long}\n\n${examples}${aliases}Available Commands:\n${lines.join('\n')}\n\nUsage:\n  ${path} ${usage}\n\n`,
  )
  const use = spaced ? `${path} <command>` : 'kubectl <command>'
  write(fd, `Use "${use} --help" for more information about a given command.\n`)
  write(fd, 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n')
  return command.listing?.exitCode ?? 1
}
