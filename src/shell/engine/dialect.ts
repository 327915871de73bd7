/** What bash and busybox's ash say and do differently. */
import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import type { ArithmeticError } from './arithmetic.ts'
import type { Spent } from './budget.ts'
import type { ShellSyntaxError } from './syntax.ts'
import type { Grammar } from './word-reader.ts'

/** Where a message comes from. */
export interface Speaker {
  /** `$0` */
  readonly name: string
  readonly line: number
  /** Whether it is a script in a file. */
  readonly tellsLine: boolean
}

/** One kind of shell. Messages are byte text without their line end. */
export interface Dialect {
  readonly name: 'bash' | 'ash'
  readonly grammar: Grammar
  /** Tools beside those of its kind, which the image has. */
  readonly extras?: ReadonlySet<string>
  /** Names of builtins that this shell has and the other lacks. */
  readonly lacks: ReadonlySet<string>
  /** What stands before a message of the shell itself. */
  prefix(speaker: Speaker): string
  /** What stands before a message of a builtin. */
  builtinPrefix(speaker: Speaker, builtin: string): string
  /** What stands before a message of a tool that is a builtin too, such as test. */
  toolPrefix(speaker: Speaker, tool: string): string
  /** A script that cannot be read; `origin` is `-c` or the file's or builtin's name. */
  syntax(error: ShellSyntaxError, speaker: Speaker, origin: string): readonly string[]
  /** Exit code of such a script. */
  syntaxCode(error: ShellSyntaxError): number
  arithmetic(error: ArithmeticError): string
  notFound(name: string): string
  cannotRun(path: string, code: FsErrorCode): string
  cannotRead(path: string, code: FsErrorCode): string
  cannotWrite(path: string, code: FsErrorCode): string
  badDescriptor(text: string): string
  /** `${name?}`, `${name:?text}` and, with `text` undefined, `set -u`. */
  unset(name: string, text: string | undefined, colon: boolean): string
  readOnly(name: string): string
  /** Exit code of a shell that an expansion ended. */
  readonly expansionCode: number
  /** `${x` and the like, found when it runs. */
  badSubstitution(text: string): string
  /** What a shell says that has used up what it may use. */
  exhausted(spent: Exclude<Spent, 'killed'>): string
}

const podsimLimit: Readonly<Record<Exclude<Spent, 'memory' | 'killed'>, string>> = {
  commands: 'too many commands ran at one instant; the loop is taken to run for ever',
  output: 'too much was written at one instant',
  words: 'one word stands for too many words',
  depth: 'too many functions or subshells inside of one another',
}

/** Source: bash 5.2, error.c, expr.c, parse.y; checked beside the real one (test/shell/bash-vectors). */
export const bash: Dialect = {
  name: 'bash',
  grammar: { bash: true },
  lacks: new Set(),
  prefix: ({ name, line }) => `${name}: line ${line}: `,
  builtinPrefix: ({ name, line }, builtin) => `${name}: line ${line}: ${builtin}: `,
  toolPrefix: ({ name, line }, tool) => `${name}: line ${line}: ${tool}: `,
  syntax({ problem, line, source }, { name }, origin) {
    const head = origin === name ? `${name}: ` : `${name}: ${origin}: `
    switch (problem.kind) {
      case 'unexpected': {
        if (problem.token === undefined) return [`${head}line ${line + 1}: syntax error: unexpected end of file`]
        const near = `${head}line ${line}: syntax error near unexpected token \`${problem.token}'`
        return [near, `${head}line ${line}: \`${source}'`]
      }
      case 'unterminated':
        return [`${head}line ${line}: unexpected EOF while looking for matching \`${problem.quote}'`]
      case 'substitution':
        return [`${name}: line ${line}: ${problem.text}: bad substitution`]
      case 'loop variable':
        return [`${head}line ${line}: syntax error: bad for loop variable`]
      case 'nesting':
        return [`${name}: podsim: the script is nested too deeply`]
    }
  },
  syntaxCode: ({ problem }) => (problem.kind === 'substitution' ? 1 : 2),
  arithmetic({ problem, text }) {
    const near = ` (error token is "${problem.rest}")`
    switch (problem.kind) {
      case 'division':
        return `${text}: division by 0${near}`
      case 'exponent':
        return `${text}: exponent less than 0${near}`
      case 'operand':
        return `${text}: syntax error: operand expected${near}`
      case 'colon':
        return `${text}: \`:' expected for conditional expression${near}`
      case 'bracket':
        return `${text}: missing \`)'${near}`
      case 'assignment':
        return `${text}: attempted assignment to non-variable${near}`
      case 'base':
        return `${text}: value too great for base${near}`
      case 'constant':
        return `${text}: invalid arithmetic base${near}`
      case 'recursion':
        return `${text}: expression recursion level exceeded${near}`
      case 'syntax':
        return `${text}: syntax error in expression${near}`
    }
  },
  notFound: (name) => `${name}: command not found`,
  cannotRun: (path, code) => `${path}: ${errorText(code)}`,
  cannotRead: (path, code) => `${path}: ${errorText(code)}`,
  cannotWrite: (path, code) => `${path}: ${errorText(code)}`,
  badDescriptor: (text) => `${text}: Bad file descriptor`,
  unset: (name, text, colon) =>
    text === undefined
      ? `${name}: unbound variable`
      : `${name}: ${text === '' ? (colon ? 'parameter null or not set' : 'parameter not set') : text}`,
  readOnly: (name) => `${name}: readonly variable`,
  expansionCode: 127,
  badSubstitution: (text) => `${text}: bad substitution`,
  // Source: bash xmalloc.c, memory_error_and_abort; the number is what doubling asked for.
  exhausted: (spent) =>
    spent === 'memory' ? 'xrealloc: cannot allocate 33554432 bytes' : `podsim: ${podsimLimit[spent]}`,
}

/** Source: busybox 1.31, shell/ash.c, shell/math.c; checked beside 1.35 (test/shell/ash-vectors). */
export const ash: Dialect = {
  name: 'ash',
  grammar: { bash: false },
  lacks: new Set([
    'declare',
    'typeset',
    'shopt',
    'history',
    'pushd',
    'popd',
    'dirs',
    'mapfile',
    'readarray',
    'caller',
    'enable',
    'compgen',
    'disown',
    'suspend',
    'logout',
  ]),
  prefix: ({ name, line, tellsLine }) => (tellsLine ? `${name}: line ${line}: ` : `${name}: `),
  builtinPrefix: ({ name, line }, builtin) => `${name}: ${builtin}: line ${line}: `,
  toolPrefix: ({ name }) => `${name}: `,
  syntax({ problem, line }, { name, tellsLine }) {
    const head = tellsLine ? `${name}: line ${line}: ` : `${name}: `
    switch (problem.kind) {
      case 'unexpected': {
        const { token, expecting } = problem
        const found =
          token === undefined ? 'end of file' : token === 'newline' || token === 'redirection' ? token : `"${token}"`
        return [
          `${head}syntax error: unexpected ${found}${expecting === undefined ? '' : ` (expecting "${expecting}")`}`,
        ]
      }
      case 'unterminated':
        return [`${head}syntax error: ${unterminatedInAsh[problem.quote] ?? 'unterminated quoted string'}`]
      case 'substitution':
        return [`${head}syntax error: bad substitution`]
      case 'loop variable':
        return [`${head}syntax error: bad for loop variable`]
      case 'nesting':
        return [`${head}podsim: the script is nested too deeply`]
    }
  },
  syntaxCode: () => 2,
  arithmetic: ({ problem }) =>
    problem.kind === 'division'
      ? 'divide by zero'
      : problem.kind === 'recursion'
        ? 'expression recursion loop detected'
        : 'arithmetic syntax error',
  notFound: (name) => `${name}: not found`,
  cannotRun: (path, code) => `${path}: ${code === 'ENOENT' ? 'not found' : errorText(code)}`,
  cannotRead: (path, code) => `can't open ${path}: ${code === 'ENOENT' ? 'no such file' : errorText(code)}`,
  cannotWrite: (path, code) => `can't create ${path}: ${code === 'ENOENT' ? 'nonexistent directory' : errorText(code)}`,
  badDescriptor: (text) => `${text}: bad file descriptor`,
  unset: (name, text, colon) =>
    `${name}: ${text === undefined || text === '' ? `parameter not set${colon ? ' or null' : ''}` : text}`,
  readOnly: (name) => `${name}: is read only`,
  expansionCode: 2,
  badSubstitution: () => 'syntax error: bad substitution',
  // Source: busybox libbb/messages.c, bb_msg_memory_exhausted.
  exhausted: (spent) => (spent === 'memory' ? 'out of memory' : `podsim: ${podsimLimit[spent]}`),
}

const unterminatedInAsh: Readonly<Record<string, string>> = {
  '`': 'EOF in backquote substitution',
  ')': 'unexpected end of file (expecting ")")',
  '}': "missing '}'",
}
