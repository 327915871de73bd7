/**
 * Command lines taken apart. All text here is "byte text": one character for each byte of UTF-8, so that binary data
 * passes through pipes unharmed.
 */

/** A piece of a word; what is quoted is neither split nor globbed. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'parameter'
      readonly name: string
      readonly quoted: boolean
      /** `:-`, `#`, `%%`, `/` and the like; `length` for `${#name}`. */
      readonly operator?: string
      readonly argument?: Word
      readonly replacement?: Word
    }
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }

export type Word = readonly WordPart[]

/** A stream turned elsewhere; of a here-document, `target` is the text. */
export interface Redirection {
  readonly fd: number
  readonly operator: '<' | '>' | '>>' | '>|' | '<<' | '<<<' | '>&' | '<&' | '&>' | '&>>' | '<>'
  readonly target: Word
}

/** `name=value` or `name+=value` before a command. */
export interface Assignment {
  readonly name: string
  readonly append: boolean
  readonly value: Word
}

/** A command by name; without words only its assignments count. Lines count from 1. */
export interface SimpleCommand {
  readonly kind: 'simple'
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirections: readonly Redirection[]
  readonly line: number
}

/** Everything that may stand in a pipeline. */
export type Command =
  | SimpleCommand
  | { readonly kind: 'subshell' | 'group'; readonly body: Script; readonly redirections: readonly Redirection[] }
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
      readonly kind: 'case'
      readonly subject: Word
      readonly branches: readonly { readonly patterns: readonly Word[]; readonly body: Script }[]
      readonly redirections: readonly Redirection[]
    }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command }

/** Commands joined by `|`, perhaps after `!`. */
export interface Pipeline {
  readonly negated: boolean
  readonly commands: readonly Command[]
}

/** A pipeline and how it hangs together with the one before. */
export interface ListItem {
  readonly pipeline: Pipeline
  /** What joins it to the item before it. */
  readonly joint: ';' | '&&' | '||'
  readonly background: boolean
}

/** Pipelines in the order of the text. */
export type Script = readonly ListItem[]

/** A mistake in the grammar, told as bash tells it after `bash: -c: `. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError'
  readonly lines: readonly string[]
  /** `ended`: the text stops inside of quotes; `expansion`: bash finds it only when it runs the command. */
  readonly kind: 'token' | 'ended' | 'expansion'
  constructor(lines: readonly string[], kind: ShellSyntaxError['kind'] = 'token') {
    super(lines.join('\n'))
    this.lines = lines
    this.kind = kind
  }
}
