/** A good part of sed: addresses, s, d, p, q, a, i, c, y, =. Anything else is refused. Source: POSIX sed; GNU's -E and -i. */
import { linesOf } from '../byte-text.ts'
import { type CommandContext, complain, inputs, options, type ShellCommand } from './command.ts'
import { regularExpression } from './regular-expression.ts'

type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'match'; readonly pattern: RegExp }

interface Instruction {
  readonly from: Address | undefined
  readonly to: Address | undefined
  readonly negated: boolean
  readonly command: string
  readonly text: string
  readonly pattern: RegExp | undefined
  readonly replacement: string
  readonly flags: string
}

/** Edits lines, of files in place with -i. */
export const sed: ShellCommand = (context) => {
  const { flags, operands, error } = options(joinScripts(context.args), 'nEriszue:', {
    'regexp-extended': 'E',
    quiet: 'n',
    silent: 'n',
    'in-place': 'i',
    expression: 'e',
  })
  if (error !== undefined) return complain(context, error)
  const [first, ...rest] = operands
  const script = flags.get('e') ?? first
  if (script === undefined) return complain(context, 'no script specified')
  const extended = flags.has('E') || flags.has('r')
  const instructions = parseScript(script, extended)
  if (typeof instructions === 'string')
    return complain(context, `-e expression #1, char ${script.length}: ${instructions}`)
  const paths = flags.has('e') ? operands : rest
  if (flags.has('i')) return editFiles(context, instructions, paths, flags.has('n'))
  const { list, failed } = inputs(context, paths)
  const result = edit(list.map(({ content }) => content).join(''), instructions, flags.has('n'))
  context.out(result)
  return failed ? 2 : 0
}

/** Several `-e` are lines of one script. */
function joinScripts(args: readonly string[]): string[] {
  const scripts: string[] = []
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '-e' && i + 1 < args.length) scripts.push(args[++i] ?? '')
    else rest.push(args[i] ?? '')
  }
  return scripts.length === 0 ? rest : ['-e', scripts.join('\n'), ...rest]
}

function editFiles(
  context: CommandContext,
  instructions: readonly Instruction[],
  paths: readonly string[],
  quiet: boolean,
): number {
  let status = 0
  for (const path of paths) {
    const content = context.state.read(path)
    if (content === undefined) status = complain(context, `can't read ${path}: No such file or directory`, 2)
    else context.state.write(path, edit(content, instructions, quiet))
  }
  return status
}

function parseScript(script: string, extended: boolean): Instruction[] | string {
  const instructions: Instruction[] = []
  let rest = script
  for (;;) {
    rest = rest.replace(/^[\s;]+/, '')
    if (rest === '') return instructions
    if (rest.startsWith('#')) {
      rest = rest.replace(/^[^\n]*/, '')
      continue
    }
    const parsed = parseInstruction(rest, extended)
    if (typeof parsed === 'string') return parsed
    instructions.push(parsed.instruction)
    rest = parsed.rest
  }
}

function parseAddress(
  text: string,
  extended: boolean,
): { readonly address: Address; readonly length: number } | string | undefined {
  const digits = /^\d+/.exec(text)
  if (digits !== null) return { address: { kind: 'line', line: Number(digits[0]) }, length: digits[0].length }
  if (text.startsWith('$')) return { address: { kind: 'last' }, length: 1 }
  const match = /^\/((?:\\[\s\S]|[^\\/])*)\/(I?)/.exec(text)
  if (match === null) return undefined
  const pattern = regularExpression((match[1] ?? '').replaceAll('\\/', '/'), extended, match[2] === 'I' ? 'i' : '')
  return pattern === undefined
    ? 'unterminated address regex'
    : { address: { kind: 'match', pattern }, length: match[0].length }
}

function parseInstruction(
  text: string,
  extended: boolean,
): { readonly instruction: Instruction; readonly rest: string } | string {
  let rest = text
  let from: Address | undefined
  let to: Address | undefined
  const first = parseAddress(rest, extended)
  if (typeof first === 'string') return first
  if (first !== undefined) {
    from = first.address
    rest = rest.slice(first.length)
    if (rest.startsWith(',')) {
      const second = parseAddress(rest.slice(1), extended)
      if (second === undefined || typeof second === 'string') return "unexpected `,'"
      to = second.address
      rest = rest.slice(1 + second.length)
    }
  }
  rest = rest.trimStart()
  const negated = rest.startsWith('!')
  if (negated) rest = rest.slice(1).trimStart()
  const command = rest.charAt(0)
  const base = { from, to, negated, command, text: '', pattern: undefined, replacement: '', flags: '' }
  if (command === '') return 'missing command'
  if (command === 's' || command === 'y') return parseSubstitution(base, rest, extended)
  if ('aic'.includes(command)) {
    const end = rest.search(/(?<!\\)\n|$/)
    const inserted = rest
      .slice(1, end)
      .replace(/^\s*\\?\n?/, '')
      .replace(/\\(\n|[\s\S])/g, '$1')
    return { instruction: { ...base, text: inserted }, rest: rest.slice(end) }
  }
  if (!'dpq='.includes(command)) return `unknown command: \`${command}'`
  const after = rest.slice(1)
  if (!/^\s*(?:[;\n}#]|$)/.test(after)) return 'extra characters after command'
  return { instruction: base, rest: after }
}

function parseSubstitution(
  base: Instruction,
  text: string,
  extended: boolean,
): { readonly instruction: Instruction; readonly rest: string } | string {
  const delimiter = text.charAt(1)
  if (delimiter === '' || delimiter === '\n' || delimiter === '\\') return `unterminated \`${base.command}' command`
  const parts: string[] = ['']
  let i = 2
  for (; i < text.length && parts.length < 3; i++) {
    const char = text.charAt(i)
    if (char === '\\' && i + 1 < text.length) {
      const next = text.charAt(++i)
      parts[parts.length - 1] += next === delimiter ? next : `\\${next}`
    } else if (char === delimiter) parts.push('')
    else parts[parts.length - 1] += char
  }
  if (parts.length < 3) return `unterminated \`${base.command}' command`
  const [pattern = '', replacement = ''] = parts
  const flags = /^[gpiI0-9]*/.exec(text.slice(i))?.[0] ?? ''
  const rest = text.slice(i + flags.length)
  if (!/^\s*(?:[;\n}#]|$)/.test(rest)) return `unknown option to \`${base.command}'`
  if (base.command === 'y') return { instruction: { ...base, text: pattern, replacement }, rest }
  const expression = regularExpression(pattern, extended, /[iI]/.test(flags) ? 'gi' : 'g')
  if (expression === undefined) return 'unterminated address regex'
  return { instruction: { ...base, pattern: expression, replacement, flags }, rest }
}

function edit(content: string, instructions: readonly Instruction[], quiet: boolean): string {
  const lines = linesOf(content)
  const isEnded = content === '' || content.endsWith('\n')
  const active = new Set<Instruction>()
  let out = ''
  for (let i = 0; i < lines.length; i++) {
    const isLast = i === lines.length - 1
    const newline = isLast && !isEnded ? '' : '\n'
    let line: string | undefined = lines[i] ?? ''
    let after = ''
    let quits = false
    for (const instruction of instructions) {
      if (line === undefined) break
      if (isSelected(instruction, line, i + 1, isLast, active) === instruction.negated) continue
      switch (instruction.command) {
        case 'd':
          line = undefined
          break
        case 'p':
          out += `${line}\n`
          break
        case '=':
          out += `${i + 1}\n`
          break
        case 'q':
          quits = true
          break
        case 'a':
          after += `${instruction.text}\n`
          break
        case 'i':
          out += `${instruction.text}\n`
          break
        case 'c':
          out += `${instruction.text}\n`
          line = undefined
          break
        case 'y':
          line = Array.from(
            line,
            (char) => instruction.replacement.charAt(instruction.text.indexOf(char)) || char,
          ).join('')
          break
        default: {
          const changed = substituted(line, instruction)
          if (changed !== undefined && instruction.flags.includes('p')) out += `${changed}\n`
          line = changed ?? line
        }
      }
      if (quits) break
    }
    if (line !== undefined && !quiet) out += line + newline
    out += after
    if (quits) break
  }
  return out
}

function isSelected(
  instruction: Instruction,
  line: string,
  number: number,
  isLast: boolean,
  active: Set<Instruction>,
): boolean {
  const { from, to } = instruction
  const hits = (address: Address): boolean =>
    address.kind === 'line' ? address.line === number : address.kind === 'last' ? isLast : address.pattern.test(line)
  if (from === undefined) return true
  if (to === undefined) return hits(from)
  if (active.has(instruction)) {
    if (to.kind === 'line' ? number >= to.line : hits(to)) active.delete(instruction)
    return true
  }
  if (!hits(from)) return false
  if (!(to.kind === 'line' && to.line <= number)) active.add(instruction)
  return true
}

/** Undefined when nothing matched. */
function substituted(line: string, { pattern, replacement, flags }: Instruction): string | undefined {
  if (pattern === undefined) return undefined
  const wanted = Number(/\d+/.exec(flags)?.[0] ?? '1')
  const all = flags.includes('g')
  let number = 0
  let isChanged = false
  pattern.lastIndex = 0
  const result = line.replace(pattern, (...found: unknown[]) => {
    number++
    const groups = found.filter(
      (group): group is string | undefined => typeof group === 'string' || group === undefined,
    )
    if (number < wanted || (number > wanted && !all)) return String(found[0])
    isChanged = true
    return replacement.replace(/\\([0-9n&t\\]|[\s\S])|&/g, (code, escaped: string | undefined) => {
      if (code === '&') return String(found[0])
      if (escaped === 'n') return '\n'
      if (escaped === 't') return '\t'
      return escaped !== undefined && /\d/.test(escaped) ? (groups[Number(escaped)] ?? '') : (escaped ?? '')
    })
  })
  return isChanged ? result : undefined
}
