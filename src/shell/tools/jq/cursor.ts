import { JqSyntaxError, type Token } from './lexer.ts'

/** A place in the tokens of a program of jq. */
export class Cursor {
  at = 0
  readonly tokens: readonly Token[]

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  get token(): Token {
    return this.tokens[this.at] ?? { kind: '$end', text: '', at: 0 }
  }

  is(kind: string): boolean {
    return this.token.kind === kind
  }

  accept(kind: string): Token | undefined {
    const token = this.token
    if (token.kind !== kind) return undefined
    this.at++
    return token
  }

  expect(kind: string, tells = false): Token {
    return this.accept(kind) ?? this.unexpected(tells ? kind : undefined)
  }

  unexpected(expected?: string): never {
    const { kind, at } = this.token
    const told = (name: string) => (name.length === 1 ? `'${name}'` : name)
    const expecting = expected === undefined ? '' : `, expecting ${told(expected)}`
    throw new JqSyntaxError(`syntax error, unexpected ${told(kind)}${expecting} (Unix shell quoting issues?)`, at)
  }

  name(): Token {
    const token = this.token
    if (!/^[a-zA-Z_][\w:]*$/.test(token.text)) return this.unexpected('IDENT')
    this.at++
    return token
  }
}
