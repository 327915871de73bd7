/** Parts of a template. `at`: where in the text, for messages; `shown`: how they print a node. Source: Go text/template/parse/node.go. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipeline: Pipeline
      readonly body: readonly Part[]
      readonly otherwise: readonly Part[]
    }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'template'; readonly name: string; readonly pipeline: Pipeline | undefined; readonly node: Place }

/** What a message of a running template names. */
export interface Place {
  readonly at: number
  readonly shown: string
}

export interface Pipeline extends Place {
  readonly kind: 'pipeline'
  /** Variables that get the value; two for the key and value of a range. */
  readonly assigns: readonly string[]
  /** Whether they are there already: `=`, not `:=`. */
  readonly isAssignment: boolean
  readonly commands: readonly Command[]
}

export interface Command extends Place {
  readonly operands: readonly Operand[]
}

export type Operand =
  | (Place & {
      readonly kind: 'literal'
      readonly value: unknown
      readonly goType: 'string' | 'bool' | 'int' | 'float64'
    })
  | (Place & { readonly kind: 'dot' | 'nil' })
  | (Place & { readonly kind: 'field'; readonly names: readonly string[] })
  | (Place & { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] })
  | (Place & { readonly kind: 'chain'; readonly of: Operand; readonly names: readonly string[] })
  | (Place & { readonly kind: 'function'; readonly name: string })
  | Pipeline

/** A mistake in a template, or in what it met. */
export class TemplateFailure extends Error {}

/** Templates by name; the one that runs is `output`. */
export type Templates = ReadonlyMap<string, readonly Part[]>
