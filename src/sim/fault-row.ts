import * as z from 'zod'
import type { ClusterFault } from '../cluster/faults.ts'
import type { KeyRules } from './input/choice.ts'
import { type Duration, nodeName } from './input/formats.ts'
import { withRules } from './input/rules.ts'
import { references, words } from './input/words.ts'

/** What a fault comes to: an accident that begins, or the end of earlier ones. */
export type FaultMeaning =
  | ClusterFault
  | {
      readonly kind: 'end'
      readonly of: readonly ClusterFault['kind'][]
      /** Only those of this node; absent: all. */
      readonly node?: string
    }
  /** A container, by names: where it runs is seen when it is killed. */
  | {
      readonly kind: 'kill'
      readonly pod: string
      readonly container: string | undefined
      readonly namespace: string
      readonly exitCode: number
      readonly isOutOfMemory: boolean
    }

/** An accident as a row: the key it is known by, what may be said with it, and what that means for the cluster. */
export interface FaultRow<S extends z.core.$ZodShape = z.core.$ZodShape> {
  /** Key that the accident is known by. */
  readonly head: string
  readonly schema: z.ZodObject<S, z.core.$strict>
  readonly means: (fault: z.output<z.ZodObject<S, z.core.$strict>>) => FaultMeaning
}

export function row<S extends z.core.$ZodShape>(
  head: keyof S & string,
  shape: S,
  means: (fault: z.output<z.ZodObject<S, z.core.$strict>>) => FaultMeaning,
  rules: KeyRules = {},
): FaultRow<S> {
  return { head, schema: withRules(z.strictObject(shape), rules), means }
}

/** Limits an accident to a node. */
export const one = { node: nodeName.optional().meta({ description: 'Only this node; all unless given' }) }

/** A verb that requests are refused or slowed by. */
export const verbSchema = z.enum(['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'])

/** A resource by its plural. */
export const resourceName = z
  .string()
  .regex(/^[a-z]+$/)
  .register(references, { to: 'resourceName' })
  .register(words, { expected: 'a resource such as secrets' })

/** Limits an accident in time. */
export function lasting(duration: z.ZodType<Duration>) {
  return { for: duration.optional().meta({ description: 'How long; for ever unless given' }) }
}

/** Members that say something. */
export function given<T extends object>(rule: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // What is left has no undefined: that is what is filtered.
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as never
}

/** `node`, if one is meant. */
export function at(node: string | undefined): { readonly node?: string } {
  return node === undefined ? {} : { node }
}
