/** Assignments before commands, and what `set -x` shows of both. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { isReserved } from './builtins/known-names.ts'
import { quotedWord } from './grammar/script-text.ts'
import { maybeQuoted, singleQuoted } from './grammar/single-quoted.ts'
import type { SimpleCommand, Word } from './grammar/syntax.ts'
import type { Shell } from './shell.ts'
import { assignElements } from './words/array-assignments.ts'
import { expandAssigned, expandText } from './words/expand.ts'
import { type Expansion, ExpansionError } from './words/expansion.ts'

/** Assigns all; what `set -x` shows of them is told at once by bash, and before its command by ash. */
export function* assignAll(
  { assignments }: SimpleCommand,
  at: Expansion,
  exports: boolean,
): Steps<readonly ByteText[]> {
  const { shell } = at
  const shown: ByteText[] = []
  const isAsh = shell.dialect.name === 'ash'
  for (const assignment of assignments) {
    const { name, append, value, index, elements } = assignment
    if (index !== undefined || elements !== undefined) {
      const told = yield* assignElements(assignment, at)
      if (shell.options.traces) at.streams.err.write(`${yield* tracePrompt(at)}${told}\n`)
      continue
    }
    const text = (append ? shell.get(name) : '') + (yield* expandAssigned(value, at))
    if (shell.options.traces && isAsh) shown.push(`${name}=${maybeQuoted(text)}`)
    else if (shell.options.traces) at.streams.err.write(`${yield* tracePrompt(at)}${name}=${quoted(text)}\n`)
    if (!shell.set(name, text)) throw new ExpansionError(shell.dialect.readOnly(name), isAsh ? 2 : 1)
    if (exports) shell.exported.add(name)
  }
  return shown
}

/** What `set -x` of bash shows of a compound command; ash shows none of them. */
export function* traceText(text: ByteText, at: Expansion): Steps<void> {
  if (!at.shell.options.traces || at.shell.dialect.name === 'ash') return
  at.streams.err.write(`${yield* tracePrompt(at)}${text}\n`)
}

/** PS4, expanded; in bash its first character once more for each substitution around. */
export function* tracePrompt(at: Expansion): Steps<ByteText> {
  const said = at.shell.get('PS4')
  const isBash = at.shell.dialect.name === 'bash'
  const prompt = isBash ? said.charAt(0).repeat(Math.min(at.shell.traceLevel, 99)) + said : said
  if (!/[$`]/.test(prompt)) return prompt
  const { traces } = at.shell.options
  at.shell.options.traces = false
  const text = yield* expandText(quotedWord(prompt, at.shell.dialect.grammar), at)
  at.shell.options.traces = traces
  return text
}

/** How `set -x` shows a word; ash quotes words of the grammar, too. */
export function tracedWord(arg: ByteText, { dialect }: Shell): ByteText {
  if (dialect.name === 'bash') return arg === '[[' || arg === ']]' ? arg : quoted(arg)
  return isReserved(arg, dialect) ? singleQuoted(arg) : maybeQuoted(arg)
}

function quoted(arg: ByteText): ByteText {
  if (arg !== '' && !/[\s'"\\$`*?[\](){};&|<>#~!]/.test(arg)) return arg
  return `'${arg.replaceAll("'", "'\\''")}'`
}

/** Whether a word is this text, unquoted. */
export function isPlainWord(word: Word | undefined, text: string): boolean {
  const [part, ...more] = word ?? []
  return part?.kind === 'text' && !part.quoted && part.text === text && more.length === 0
}
