import type * as z from 'zod'
import type { networkSchema, nodeSchema, optionsSchema } from './options-schema.ts'

/** The types of what a simulation can be told, taken from the schema that checks it: options-schema.ts says what each means. */

/** What a caller may give: everything read-only, so that constants of theirs fit. */
type Given<T> = T extends Uint8Array | ((...given: never[]) => unknown)
  ? T
  : T extends readonly (infer M)[]
    ? readonly Given<M>[]
    : T extends object
      ? keyof T extends never
        ? T
        : { readonly [K in keyof T]: Given<T[K]> }
      : T

/** All optional. Wrong arguments throw a SimUsageError that says what was found and what was expected. */
export type SimOptions = Given<z.output<typeof optionsSchema>>

/** Fields of KubeletConfiguration under their real names; durations may be texts. */
export type KubeletOptions = NonNullable<SimOptions['kubelet']>

/**
 * A named network (`instant`, `lan`, `slo`), or how long things take: `request` from request to answer, `verbs` for single
 * verbs instead, `watchEvent` from a change to the watcher. A duration, or a distribution; what is absent takes no time.
 */
export type NetworkOptions = Given<z.output<ReturnType<typeof networkSchema>>>

/** Settings of one node; what is absent has a default. */
export type NodeOptions = Given<z.output<ReturnType<typeof nodeSchema>>>

/** An image that Pods can name. */
export type ImageOptions = NonNullable<SimOptions['images']>[number]
