import type { Steps } from '../../../kernel/steps.ts'
import type { Expr } from './expressions.ts'
import type { Jump, Machine } from './machine.ts'

/** A statement; it may end others around it. */
export type Action = (m: Machine) => Steps<Jump | undefined>

/** `pattern { action }`; a range runs from the record that `from` fits to the one that `to` fits. */
export interface Rule {
  readonly from: Expr | undefined
  readonly to: Expr | undefined
  readonly action: Action
  isOn: boolean
}

/** A function that the program defines. */
export interface AwkFunction {
  readonly parameters: readonly string[]
  body: Action
}

/** A program that was read. */
export interface Program {
  readonly begin: Action[]
  readonly rules: Rule[]
  readonly end: Action[]
  readonly functions: Map<string, AwkFunction>
}
