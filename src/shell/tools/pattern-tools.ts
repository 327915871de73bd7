import { type ByteText, toBytes, toText } from '../bytes-text.ts'
import { invalidOption, linesOf, parseOptions, readInput, type Tool, type ToolContext } from '../tool.ts'
import { inputs } from './inputs.ts'
import { toRegExp } from './regex.ts'

/** Tools that work with regular expressions. Texts: busybox 1.31 findutils/grep.c, editors/sed.c. */

export const grep: Tool = (context) => {
  const options = parseOptions(context.args, 'iEFvcnqlLohHswxr', 'em')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags, values } = options
  const operands = [...options.operands]
  const pattern = values.get('e') ?? operands.shift()
  if (pattern === undefined) {
    context.err(
      'BusyBox v1.31.1 multi-call binary.\n\nUsage: grep [-HhnlLoqvsriwFE] [-m N] [-A/B/C N] PATTERN/-e PATTERN.../-f FILE [FILE]...\n',
    )
    return 2
  }
  const plain = flags.has('F') ? pattern.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&') : pattern
  const body = flags.has('F')
    ? new RegExp(plain)
    : toRegExp(plain, { extended: flags.has('E') || context.name === 'egrep' })
  if (body === undefined) {
    context.err(`grep: bad regex '${pattern}'\n`)
    return 2
  }
  const around = flags.has('x') ? `^(?:${body.source})$` : flags.has('w') ? `\\b(?:${body.source})\\b` : body.source
  const regex = new RegExp(around, flags.has('i') ? 'gi' : 'g')
  let matched = false
  let code = 0
  for (const path of operands.length === 0 ? ['-'] : operands) {
    const content = readInput(context, path)
    if (!content.ok) {
      if (!flags.has('s'))
        context.err(
          `grep: ${path}: ${content.code === 'EISDIR' ? 'Is a directory' : content.code === 'ENOENT' ? 'No such file or directory' : 'Permission denied'}\n`,
        )
      code = 2
      continue
    }
    const prefix = (operands.length > 1 && !flags.has('h')) || flags.has('H') ? `${path}:` : ''
    if (
      grepLines(context, content.value, regex, flags, {
        prefix,
        path,
        max: Number(values.get('m') ?? Number.POSITIVE_INFINITY),
      })
    )
      matched = true
  }
  return code !== 0 ? code : matched ? 0 : 1
}

function grepLines(
  context: ToolContext,
  bytes: ByteText,
  regex: RegExp,
  flags: ReadonlySet<string>,
  { prefix, path, max }: { readonly prefix: string; readonly path: string; readonly max: number },
): boolean {
  let count = 0
  const speaks = !['q', 'c', 'l', 'L'].some((letter) => flags.has(letter))
  for (const [index, line] of linesOf(bytes).entries()) {
    const text = toText(line)
    regex.lastIndex = 0
    if (regex.test(text) === flags.has('v')) continue
    if (++count > max) break
    if (!speaks) continue
    const number = flags.has('n') ? `${index + 1}:` : ''
    if (flags.has('o')) for (const found of text.match(regex) ?? []) context.out(`${prefix}${number}${found}\n`)
    else context.outBytes(`${toBytes(prefix + number)}${line}\n`)
  }
  if (flags.has('c')) context.out(`${prefix}${Math.min(count, max)}\n`)
  if ((flags.has('l') && count > 0) || (flags.has('L') && count === 0)) context.out(`${path}\n`)
  return count > 0
}

export const sed: Tool = (context) => {
  const options = parseOptions(context.args, 'nrEi', 'ef')
  if (typeof options === 'string') return invalidOption(context, options)
  if (options.flags.has('i') || options.values.has('f')) {
    context.err('sed: podsim does not simulate -i and -f\n')
    return 126
  }
  const operands = [...options.operands]
  const script = options.values.get('e') ?? operands.shift() ?? ''
  const command = sedCommand(script, options.flags.has('r') || options.flags.has('E'))
  if (command === undefined) {
    context.err(`sed: podsim simulates one s///, /re/p, /re/d, Np and Nd, not '${script}'\n`)
    return 126
  }
  const { contents, code } = inputs(context, operands)
  const lines = contents.flatMap(({ bytes }) => linesOf(bytes))
  for (const [index, line] of lines.entries()) {
    const shown = command(toText(line), index + 1, index === lines.length - 1)
    const times = options.flags.has('n') ? shown.printed : shown.times
    for (let time = 0; time < times; time++) context.out(`${shown.text}\n`)
  }
  return code
}

interface SedLine {
  readonly text: string
  /** How often it is written without `-n`, and with it. */
  readonly times: number
  readonly printed: number
}

function sedCommand(
  script: string,
  extended: boolean,
): ((line: string, number: number, isLast: boolean) => SedLine) | undefined {
  const address = /^(?:(\d+)|(\$)|\/((?:[^/\\]|\\.)*)\/)?\s*(.*)$/s.exec(script.trim())
  const [, number, last, pattern, rest = ''] = address ?? []
  const where = pattern === undefined ? undefined : toRegExp(pattern, { extended })
  if (pattern !== undefined && where === undefined) return undefined
  const applies = (line: string, at: number, isLast: boolean) =>
    (number === undefined || at === Number(number)) &&
    (last === undefined || isLast) &&
    (where === undefined || where.test(line))
  if (rest === 'p')
    return (text, at, isLast) =>
      applies(text, at, isLast) ? { text, times: 2, printed: 1 } : { text, times: 1, printed: 0 }
  if (rest === 'd')
    return (text, at, isLast) =>
      applies(text, at, isLast) ? { text, times: 0, printed: 0 } : { text, times: 1, printed: 0 }
  const mark = rest.startsWith('s') ? rest.charAt(1) : ''
  const parts = mark === '' ? [] : splitUnescaped(rest.slice(2), mark)
  if (parts.length !== 3) return undefined
  const [from = '', to = '', flags = ''] = parts
  if (!/^[gIip\d]*$/.test(flags)) return undefined
  const regex = toRegExp(from, { extended, flags: `${flags.includes('g') ? 'g' : ''}${/i/i.test(flags) ? 'i' : ''}` })
  if (regex === undefined) return undefined
  return (line, at, isLast) => {
    if (!applies(line, at, isLast) || line.search(regex) === -1) return { text: line, times: 1, printed: 0 }
    const text = line.replace(regex, (...found: unknown[]) =>
      to.replace(/\\(\d|n|.)|&/g, (whole, code?: string) =>
        whole === '&'
          ? String(found[0])
          : code === 'n'
            ? '\n'
            : /\d/.test(code ?? '')
              ? String(found[Number(code)] ?? '')
              : (code ?? ''),
      ),
    )
    return { text, times: flags.includes('p') ? 2 : 1, printed: flags.includes('p') ? 1 : 0 }
  }
}

function splitUnescaped(text: string, mark: string): readonly string[] {
  const parts = ['']
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    const last = parts.length - 1
    if (char === '\\' && text.charAt(at + 1) === mark) parts[last] += text.charAt(++at)
    else if (char === '\\') parts[last] += char + text.charAt(++at)
    else if (char === mark) parts.push('')
    else parts[last] += char
  }
  return parts
}
