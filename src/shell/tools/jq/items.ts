import type { Path } from './paths.ts'
import type { Definition, Filter } from './syntax.ts'
import type { Json } from './values.ts'

/** A value, and where it lies in the input if somebody asks: undefined, nobody does; null, nowhere. */
export interface Item {
  readonly value: Json
  readonly path: Path | null | undefined
}
/** What a filter gives, one after the other. */
export type Results = Generator<Item>

/** A function: one that is defined, with where it was, or an argument, with where it was given. */
type Callable =
  | { readonly definition: Definition; readonly scope: Scope }
  | { readonly filter: Filter; readonly scope: Scope }

/** Names that hold at a place of a program, innermost first. */
export interface Scope {
  readonly outer: Scope | undefined
  /** `f/1`, `$x` or `*label`. */
  readonly name: string
  readonly callable?: Callable
  readonly value?: Json
  readonly label?: object
}

/** A value that lies nowhere in the input. */
export function made(item: Item, value: Json): Item {
  return { value, path: item.path === undefined ? undefined : null }
}

/** What runs filters. */
export interface Evaluator {
  run(filter: Filter, scope: Scope | undefined, item: Item): Results
  values(filter: Filter, scope: Scope | undefined, value: Json): Generator<Json>
}
