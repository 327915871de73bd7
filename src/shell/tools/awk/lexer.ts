/** Words of an awk program. Source: POSIX XCU awk, "Lexical Conventions". */
import type { ByteText } from '../../byte-text.ts'

/** A word of a program. */
export interface Token {
  /** `call`: a name with a parenthesis right behind it. */
  readonly kind: 'number' | 'text' | 'regex' | 'name' | 'call' | 'word' | 'mark' | 'line' | 'end'
  readonly text: ByteText
  readonly line: number
}

/** A program that is not awk's, or that podsim's does not know. */
export class AwkError extends Error {
  override readonly name = 'AwkError'
  readonly line: number
  /** What stands there: `}`, `end of file`. */
  readonly near: string
  constructor(message: string, line: number, near = '') {
    super(message)
    this.line = line
    this.near = near
  }
}

const words = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(
    ' ',
  ),
)
const marks = /^(?:\*\*=|\*\*|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|!~|>>|&&|\|\||[-{}()[\];,+*/%^!<>|?:~$=])/
/** After these a slash divides. */
const operands = new Set(['number', 'text', 'regex', 'name'])

/** All words of a program, `end` the last. Throws an AwkError. */
export function tokensOf(program: ByteText): readonly Token[] {
  const tokens: Token[] = []
  let [at, line] = [0, 1]
  const push = (kind: Token['kind'], text: string, length: number): void => {
    tokens.push({ kind, text, line })
    at += length
  }
  while (at < program.length) {
    const rest = program.slice(at)
    const blank = /^(?:[ \t\r]|\\\r?\n|#[^\n]*)+/.exec(rest)?.[0]
    if (blank !== undefined) {
      line += blank.split('\n').length - 1
      at += blank.length
    } else if (rest.startsWith('\n')) {
      push('line', '\n', 1)
      line++
    } else lexOne(rest, tokens.at(-1), line, push)
  }
  tokens.push({ kind: 'end', text: 'end of file', line })
  return tokens
}

function lexOne(
  rest: ByteText,
  before: Token | undefined,
  line: number,
  push: (kind: Token['kind'], text: string, length: number) => void,
): void {
  const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest)?.[0]
  const name = /^[A-Za-z_]\w*/.exec(rest)?.[0]
  const text = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(rest)
  const divides = before !== undefined && (operands.has(before.kind) || /^(?:\)|\]|\+\+|--|\$)$/.test(before.text))
  const regex = divides ? null : /^\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\n])*\]|\[)*)\//.exec(rest)
  if (number !== undefined) push('number', number, number.length)
  else if (name !== undefined) {
    const kind = words.has(name) ? 'word' : rest.charAt(name.length) === '(' ? 'call' : 'name'
    push(kind, name === 'func' ? 'function' : name, name.length)
  } else if (text !== null) push('text', unescaped(text[1] ?? ''), text[0].length)
  else if (regex !== null) push('regex', (regex[1] ?? '').replaceAll('\\/', '/'), regex[0].length)
  else {
    const [open] = rest
    if (open === '"' || (open === '/' && !divides)) {
      const what = open === '"' ? 'string constant' : 'regular expression'
      const begun = rest.split('\n')[0] ?? ''
      throw new AwkError('Unexpected end of string', line, `runaway ${what} ${begun} ...`)
    }
    const mark = marks.exec(rest)?.[0]
    if (mark === undefined) throw new AwkError('Unexpected token', line, rest.charAt(0))
    push('mark', { '**': '^', '**=': '^=' }[mark] ?? mark, mark.length)
  }
}

/** Escapes of a text; what is none keeps its backslash, for regular expressions. */
export function unescaped(text: ByteText): ByteText {
  return text.replace(/\\(\n|[0-7]{1,3}|[\s\S])/g, (whole, after: string) => {
    if (/^[0-7]/.test(after)) return String.fromCharCode(Number.parseInt(after, 8) & 255)
    return (
      { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', '"': '"', '/': '/', '\n': '' }[
        after
      ] ?? whole
    )
  })
}
