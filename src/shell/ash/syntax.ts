/** What a shell script is made of. */

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'parameter'
      readonly name: string
      /** `:-`, `#`, `length`, ... */
      readonly operator: string
      readonly word: Word
      readonly quoted: boolean
    }
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }
export type Word = readonly Part[]

export interface Redirect {
  /** 0, 1 or 2. */
  readonly descriptor: number
  readonly operator: '>' | '>>' | '<' | '>&' | '<<'
  /** File, or for `>&` the other descriptor, or for `<<` the text. */
  readonly target: Word
}

export type Node =
  | {
      readonly kind: 'simple'
      readonly assignments: readonly { readonly name: string; readonly value: Word }[]
      readonly words: readonly Word[]
      readonly redirects: readonly Redirect[]
    }
  | { readonly kind: 'pipeline'; readonly commands: readonly Node[]; readonly negated: boolean }
  | { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly left: Node; readonly right: Node }
  | {
      readonly kind: 'if'
      readonly clauses: readonly { readonly test: Script; readonly body: Script }[]
      readonly otherwise: Script
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'loop'
      readonly until: boolean
      readonly test: Script
      readonly body: Script
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'for'
      readonly name: string
      /** Undefined: over the positional parameters. */
      readonly words: readonly Word[] | undefined
      readonly body: Script
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'case'
      readonly word: Word
      readonly clauses: readonly { readonly patterns: readonly Word[]; readonly body: Script }[]
      readonly redirects: readonly Redirect[]
    }
  | {
      readonly kind: 'group'
      readonly subshell: boolean
      readonly body: Script
      readonly redirects: readonly Redirect[]
    }
  | { readonly kind: 'function'; readonly name: string; readonly body: Node }

/** Commands one after the other. */
export type Script = readonly Node[]

export type ParsedScript =
  | { readonly ok: true; readonly script: Script }
  /** Without the shell's name: `syntax error: unterminated quoted string`. */
  | { readonly ok: false; readonly message: string }
