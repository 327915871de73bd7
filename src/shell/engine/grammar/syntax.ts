/**
 * Command lines taken apart. All text here is byte text: one character for each byte of UTF-8, so that binary data passes
 * through pipes unharmed.
 */

/** A piece of a word; what is quoted is neither split nor globbed. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | ParameterPart
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }
  /** `<(script)`: the name of a file that holds what the script writes; `>(script)`: of one that the script reads in the end. */
  | { readonly kind: 'substitution'; readonly script: Script; readonly quoted: false; readonly isRead: boolean }

/** `$name`, `${name...}`. */
export interface ParameterPart {
  readonly kind: 'parameter'
  readonly name: string
  readonly quoted: boolean
  /** `${name[...]}`: all elements, or the one that a word names. */
  readonly subscript?: '@' | '*' | Word
  /** `:-`, `#`, `%%`, `/`, `:` and the like; `length` for `${#name}`, `indirect` for `${!name}`; absent: none. */
  readonly operator?: string
  readonly argument?: Word
  readonly replacement?: Word
}

export type Word = readonly WordPart[]

/** A stream turned elsewhere; of a here-document, `target` is the text. */
export interface Redirection {
  readonly fd: number
  readonly operator: '<' | '>' | '>>' | '>|' | '<<' | '<<<' | '>&' | '<&' | '&>' | '&>>' | '<>'
  readonly target: Word
}

/** `name=value` or `name+=value` before a command; in bash an element or all elements of an array, too. */
export interface Assignment {
  readonly name: string
  readonly append: boolean
  readonly value: Word
  /** `name[index]=`. */
  readonly index: Word | undefined
  /** `name=(...)`. */
  readonly elements: readonly ArrayElement[] | undefined
  /** `(...)` as it is written, on one line. */
  readonly source: string
}

/** `value` or `[index]=value` between the brackets of `name=(...)`. */
export interface ArrayElement {
  readonly index: Word | undefined
  readonly append: boolean
  readonly value: Word
}

/** A command by name; without words only its assignments count. Lines count from 1. */
export interface SimpleCommand {
  readonly kind: 'simple'
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  /** `name=(...)` behind a `declare` or `local`, which has the name alone among its words. */
  readonly arrays: readonly Assignment[]
  readonly redirections: readonly Redirection[]
  readonly line: number
}

/** What stands between words of the grammar, with the redirections behind its end. */
export type CompoundCommand =
  | {
      readonly kind: 'subshell' | 'group'
      readonly body: Script
      readonly redirections: readonly Redirection[]
    }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly condition: Script; readonly body: Script }[]
      readonly otherwise: Script | undefined
      readonly redirections: readonly Redirection[]
    }
  | {
      readonly kind: 'loop'
      readonly until: boolean
      readonly condition: Script
      readonly body: Script
      readonly redirections: readonly Redirection[]
    }
  | {
      readonly kind: 'for'
      readonly name: string
      /** Absent: the positional parameters. */
      readonly words: readonly Word[] | undefined
      readonly body: Script
      readonly redirections: readonly Redirection[]
    }
  | {
      /** `for ((first; condition; step))`; an empty condition holds. */
      readonly kind: 'count'
      readonly first: Word
      readonly condition: Word
      readonly step: Word
      readonly body: Script
      readonly redirections: readonly Redirection[]
    }
  | {
      readonly kind: 'case'
      readonly subject: Word
      readonly branches: readonly {
        readonly patterns: readonly Word[]
        readonly body: Script
        /** `;&` falls into the next body, `;;&` goes on with the next pattern. */
        readonly end: ';;' | ';&' | ';;&'
      }[]
      readonly redirections: readonly Redirection[]
    }
  | {
      /** `((expression))`. */
      readonly kind: 'arithmetic'
      readonly expression: Word
      readonly redirections: readonly Redirection[]
    }

/** Everything that may stand in a pipeline. */
export type Command =
  | SimpleCommand
  | CompoundCommand
  | { readonly kind: 'function'; readonly name: string; readonly body: Command }

/** Commands joined by `|`, perhaps after `!`. `text` is how a list of jobs shows it. */
export interface Pipeline {
  readonly negated: boolean
  readonly commands: readonly Command[]
  readonly text: string
}

/** A pipeline and how it hangs together with the one before. */
export interface ListItem {
  readonly pipeline: Pipeline
  /** What joins it to the item before it. */
  readonly joint: ';' | '&&' | '||'
  /** The whole list of `&&` and `||` that it ends goes on beside the shell. */
  readonly background: boolean
}

/** Pipelines in the order of the text. */
export type Script = readonly ListItem[]

/** A mistake in the grammar; each dialect tells it in words of its own. */
export type SyntaxProblem =
  /** `token` is undefined at the end of the text. `expecting`: the word that would have closed what is open. */
  | { readonly kind: 'unexpected'; readonly token: string | undefined; readonly expecting: string | undefined }
  | { readonly kind: 'unterminated'; readonly quote: string }
  /** Found only when the command runs. */
  | { readonly kind: 'substitution'; readonly text: string }
  | { readonly kind: 'loop variable' }
  | { readonly kind: 'function name'; readonly name: string }
  /** Not a mistake of the user's: deeper than podsim goes. */
  | { readonly kind: 'nesting' }

/** Thrown while a script is read. Caught by the parser's entrance, nowhere else. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError'
  readonly problem: SyntaxProblem
  /** Counts from 1. */
  readonly line: number
  /** The text of that line. */
  readonly source: string
  constructor(problem: SyntaxProblem, line: number, source: string) {
    super(problem.kind)
    this.problem = problem
    this.line = line
    this.source = source
  }
}
