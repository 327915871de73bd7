/** What bash and busybox's ash say and do differently. */
import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import type { Spent } from './budget.ts'
import type { ShellSyntaxError } from './grammar/syntax.ts'
import type { Grammar } from './grammar/word-reader.ts'
import type { ArithmeticError } from './words/arithmetic.ts'

/** Where a message comes from. */
export interface Speaker {
  /** `$0` */
  readonly name: string
  readonly line: number
  /** Whose command ash runs: a script's file, a builtin; undefined at the top of `-c`, where no line is told. */
  readonly commandName: string | undefined
  /** The name that the shell itself was started by. */
  readonly program: string
  /** On a terminal ash tells no lines. */
  readonly isInteractive: boolean
}

/** Source: busybox 1.35 shell/ash.c, ash_vmsg. */
function ashLead({ name, line, isInteractive }: Speaker, commandName: string | undefined): string {
  if (commandName === undefined) return `${name}: `
  return `${name}: ${commandName === name ? '' : `${commandName}: `}${isInteractive ? '' : `line ${line}: `}`
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
  expansionCode(shell: { readonly parent: unknown; readonly options: { readonly exitsOnError: boolean } }): number
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
  // Source: bash error.c, error_prolog: the file in which the running function or script was written.
  prefix: ({ name, line, commandName }) => `${commandName ?? name}: line ${line}: `,
  builtinPrefix: ({ name, line, commandName }, builtin) => `${commandName ?? name}: line ${line}: ${builtin}: `,
  toolPrefix: ({ name, line, commandName }, tool) => `${commandName ?? name}: line ${line}: ${tool}: `,
  syntax({ problem, line, source }, { name }, origin) {
    const isCalled = origin === '-c' || origin === 'eval' || origin === 'trap'
    const head = isCalled ? `${name}: ${origin}: ` : `${origin}: `
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
      case 'function name':
        return [`${name}: line ${line}: \`${problem.name}': not a valid identifier`]
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
      case 'operator':
        return `${text}: syntax error: invalid arithmetic operator${near}`
      case 'expression':
        return `${text}: expression expected${near}`
      case 'operand':
        return `${text}: syntax error: operand expected${near}`
      case 'colon':
        return `${text}: \`:' expected for conditional expression${near}`
      case 'bracket':
        return `${text}: missing \`)'${near}`
      case 'assignment':
      case 'malformed':
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
      ? `${/^[A-Za-z_]/.test(name) ? name : `$${name}`}: unbound variable`
      : `${name}: ${text === '' ? (colon ? 'parameter null or not set' : 'parameter not set') : text}`,
  readOnly: (name) => `${name}: readonly variable`,
  // Source: bash subst.c, exp_jump_to_top_level: only at the top, and not of `set -e`, is it the 127 of -c.
  expansionCode: ({ parent, options }) => (parent === undefined && !options.exitsOnError ? 127 : 1),
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
  prefix: (speaker) => ashLead(speaker, speaker.commandName),
  builtinPrefix: ashLead,
  // Applets that are builtins speak in the name of the program. Source: libbb/verror_msg.c.
  toolPrefix: ({ program }) => `${program}: `,
  syntax({ problem, line }, { name, commandName, program, isInteractive }) {
    const head = ashLead({ name, line, commandName, program, isInteractive }, commandName)
    switch (problem.kind) {
      case 'unexpected': {
        const { token, expecting } = problem
        const found = token === undefined ? 'end of file' : plainTokens.has(token) ? token : `"${token}"`
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
      case 'function name':
        return [`${head}syntax error: bad function name`]
      case 'nesting':
        return [`${head}podsim: the script is nested too deeply`]
    }
  },
  syntaxCode: () => 2,
  arithmetic: ({ problem: { kind } }) => arithmeticInAsh[kind] ?? 'arithmetic syntax error',
  notFound: (name) => `${name}: not found`,
  cannotRun: (path, code) => `${path}: ${code === 'ENOENT' ? 'not found' : errorText(code)}`,
  cannotRead: (path, code) => `can't open ${path}: ${code === 'ENOENT' ? 'no such file' : errorText(code)}`,
  cannotWrite: (path, code) => `can't create ${path}: ${code === 'ENOENT' ? 'nonexistent directory' : errorText(code)}`,
  badDescriptor: (text) => `${text}: Bad file descriptor`,
  unset: (name, text, colon) =>
    `${name}: ${text === undefined || text === '' ? `parameter not set${colon ? ' or null' : ''}` : text}`,
  readOnly: (name) => `${name}: is read only`,
  expansionCode: () => 2,
  badSubstitution: () => 'syntax error: bad substitution',
  // Source: busybox libbb/messages.c, bb_msg_memory_exhausted.
  exhausted: (spent) => (spent === 'memory' ? 'out of memory' : `podsim: ${podsimLimit[spent]}`),
}

/** Source: busybox shell/math.c. */
const arithmeticInAsh: Readonly<Partial<Record<ArithmeticError['problem']['kind'], string>>> = {
  division: 'divide by zero',
  exponent: 'exponent less than 0',
  recursion: 'expression recursion loop detected',
  malformed: 'malformed ?: operator',
}

/** Tokens that are told without quotes. Source: busybox shell/ash.c, tokname_array. */
const plainTokens: ReadonlySet<string> = new Set(['newline', 'redirection', 'word'])

const unterminatedInAsh: Readonly<Record<string, string>> = {
  '`': 'EOF in backquote substitution',
  ')': 'unexpected end of file (expecting ")")',
  '}': "missing '}'",
  '))': "missing '))'",
}
