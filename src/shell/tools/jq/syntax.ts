/** What a program of jq consists of, once it has been read. */
import type { Json } from './values.ts'

/** Operators that take the values of both sides. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>='

/** A function as it is defined: a parameter with `$` is given as a value. */
export interface Definition {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: Filter
}

/** What `as` takes apart. */
export type Pattern =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Pattern[] }
  | {
      readonly kind: 'object'
      readonly members: readonly { readonly key: Filter; readonly name?: string; readonly value?: Pattern }[]
    }

/** An expression: what it gives for an input is any number of values. */
export type Filter =
  | { readonly kind: 'identity' }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'text'; readonly format: string; readonly parts: readonly (string | Filter)[] }
  | { readonly kind: 'format'; readonly name: string }
  | { readonly kind: 'index'; readonly of: Filter; readonly key: Filter }
  | { readonly kind: 'slice'; readonly of: Filter; readonly from?: Filter; readonly to?: Filter }
  | { readonly kind: 'iterate'; readonly of: Filter }
  | { readonly kind: 'try'; readonly body: Filter; readonly handler?: Filter }
  | { readonly kind: 'pipe' | 'comma'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'alternative'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'negate'; readonly of: Filter }
  | { readonly kind: 'assign'; readonly operator: string; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'if'; readonly condition: Filter; readonly then: Filter; readonly otherwise: Filter }
  | {
      readonly kind: 'reduce'
      readonly source: Filter
      readonly pattern: Pattern
      readonly start: Filter
      readonly update: Filter
    }
  | {
      readonly kind: 'foreach'
      readonly source: Filter
      readonly pattern: Pattern
      readonly start: Filter
      readonly update: Filter
      readonly extract: Filter
    }
  | { readonly kind: 'as'; readonly source: Filter; readonly pattern: Pattern; readonly body: Filter }
  | { readonly kind: 'def'; readonly definition: Definition; readonly body: Filter }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Filter[] }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'array'; readonly body?: Filter }
  | { readonly kind: 'object'; readonly members: readonly { readonly key: Filter; readonly value: Filter }[] }
  | { readonly kind: 'label'; readonly name: string; readonly body: Filter }
  | { readonly kind: 'break'; readonly name: string }
