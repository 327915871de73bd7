import { basename } from '../fs/path.ts'
import { type ByteText, fromByteText, toByteText } from './byte-text.ts'
import { findBuiltin } from './engine/builtins/table.ts'
import { ash, bash } from './engine/dialect.ts'
import { parseShell } from './engine/grammar/script-text.ts'
import type { Word } from './engine/grammar/syntax.ts'

/** A command as it is written, as far as it can be told without running anything. */
export interface NamedCommand {
  readonly name: ByteText
  readonly args: readonly ByteText[]
  /** A script names it; what begins with it is a shell. */
  readonly isInScript: boolean
}

/** The command of an argv; of a shell that is given a script, those that the script names. */
export function commandsNamed(argv: readonly string[]): readonly NamedCommand[] {
  return named(argv.map(toByteText), false, 0)
}

/** Deeper nobody hides a command. */
const mostShells = 4

function named(argv: readonly ByteText[], isInScript: boolean, depth: number): readonly NamedCommand[] {
  const [name = '', ...args] = argv
  if (name === '') return []
  const base = basename(fromByteText(name))
  if (base === 'busybox') return named(args, isInScript, depth)
  const wrapped = behind(base, args)
  if (wrapped !== undefined && isInScript) return named(wrapped, true, depth)
  if (!isShell(base)) return [{ name, args, isInScript }]
  const text = scriptOf(args)
  if (text === undefined || depth === mostShells) return []
  const dialect = base === 'bash' ? bash : ash
  const { script } = parseShell(text, dialect.grammar)
  const functions = new Set(functionsIn(script))
  return [...simpleCommands(script)]
    .flatMap((words) => named(words, true, depth + 1))
    .filter(
      ({ name: each }) => !functions.has(each) && (isForPath(each) || findBuiltin(each, { dialect }) === undefined),
    )
}

/** Commands of the shell itself that a file or directory decides about. */
function isForPath(name: ByteText): boolean {
  return name === 'cd' || name === '.' || name === 'source'
}

function isShell(name: string): boolean {
  return name === 'sh' || name === 'ash' || name === 'bash' || name === 'dash'
}

/** The text behind `-c`, `-ec` and the like. */
function scriptOf(args: readonly ByteText[]): ByteText | undefined {
  const at = args.findIndex((arg) => /^-\w*c\w*$/.test(arg))
  return at === -1 ? undefined : args.slice(at + 1).find((arg) => !arg.startsWith('-'))
}

/** What commands run that are there to run another; undefined of others. */
function behind(name: string, args: readonly ByteText[]): readonly ByteText[] | undefined {
  const own = args.findIndex((arg) => !arg.startsWith('-') && !/^\w+=/.test(arg))
  switch (name) {
    case 'exec':
    case 'nohup':
    case 'command':
    case 'env':
      return own === -1 ? [] : args.slice(own)
    case 'timeout':
      return own === -1 ? [] : args.slice(own + 1)
    default:
      return undefined
  }
}

/** All commands by name in a tree of the grammar, in the order of the text, those of substitutions too; names that are made while it runs are left out. */
function* simpleCommands(node: unknown): Iterable<readonly ByteText[]> {
  if (typeof node !== 'object' || node === null) return
  if (isSimple(node)) {
    const [name] = node.words
    if (name !== undefined && literal(name) !== undefined) yield node.words.map((word) => literal(word) ?? '$')
  }
  for (const inner of Object.values(node)) yield* simpleCommands(inner)
}

function* functionsIn(node: unknown): Iterable<string> {
  if (typeof node !== 'object' || node === null) return
  if ('kind' in node && node.kind === 'function' && 'name' in node && typeof node.name === 'string') yield node.name
  for (const inner of Object.values(node)) yield* functionsIn(inner)
}

function isSimple(node: object): node is { readonly words: readonly Word[] } {
  return 'kind' in node && node.kind === 'simple'
}

function literal(word: Word): ByteText | undefined {
  let text = ''
  for (const part of word) {
    if (part.kind !== 'text') return undefined
    text += part.text
  }
  return text
}
