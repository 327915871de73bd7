import * as z from 'zod'
import { parseDuration } from './duration.ts'
import { faultSchema } from './fault-table.ts'
import { closest } from './input/closest.ts'
import { type Complaint, complaintsOf } from './input/complaints.ts'
import { expectedOf, pathText } from './input/expected.ts'
import { anyDuration, clockDuration, objectName, objectText, someText } from './input/formats.ts'
import { describeValue, listed, quoted, words } from './input/words.ts'
import { SimUsageError } from './usage-error.ts'

/** What each call of a simulation takes: one table for the checks and the docs. Types stand in sim.ts. */

/**
 * A parameter. `quick` says of most right values, at the cost of a comparison, that they are right; the schema is made when it has to be
 * asked: most of them never are.
 */
interface Parameter {
  readonly schema: () => z.ZodType
  readonly quick?: (given: unknown) => boolean
}

interface Call {
  readonly parameters: Readonly<Record<string, Parameter>>
  /** Whether the last parameter takes all arguments that are left. */
  readonly rest?: boolean
  /** Whether it may let time pass or change the cluster: not while it is running already. */
  readonly changes?: boolean
}

const isText = (given: unknown): boolean => typeof given === 'string' && given !== ''
const isDuration = (given: unknown): boolean =>
  typeof given === 'number'
    ? Number.isSafeInteger(given) && given >= 0
    : typeof given === 'string' && parseDuration(given) !== undefined
const isAbsent = (given: unknown): boolean => given === undefined
const isTextOrAbsent = (given: unknown): boolean => isAbsent(given) || isText(given)
const isFunction = (given: unknown): boolean => typeof given === 'function'
const isAnyText = (given: unknown): boolean => typeof given === 'string'
const isAnyTextOrAbsent = (given: unknown): boolean => isAbsent(given) || isAnyText(given)
const isListOfTexts = (given: unknown): boolean => Array.isArray(given) && given.every(isAnyText)
const name: Parameter = { schema: () => someText, quick: isText }
const namespace: Parameter = { schema: () => someText.optional(), quick: isTextOrAbsent }

/** What says of most right values of each key that they are right. */
type QuickKeys = Readonly<Record<string, (given: unknown) => boolean>>

/** Whether it is a map of nothing but `keys`, whose values are right; `first` is there. */
function isMapOf(given: unknown, keys: QuickKeys, first?: string): boolean {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false
  if (first !== undefined && !(first in given)) return false
  for (const key in given) {
    // It has the key: the loop says so.
    const value = (given as Readonly<Record<string, unknown>>)[key]
    if (!Object.hasOwn(keys, key) || keys[key]?.(value) !== true) return false
  }
  return true
}

const containerKeys: QuickKeys = { pod: isText, container: isTextOrAbsent, namespace: isTextOrAbsent }

const container: Parameter = {
  schema: () =>
    z.strictObject({ pod: someText, container: someText.optional(), namespace: someText.optional() }).register(words, {
      expected: 'a container as {pod, container?, namespace?}',
      suggest: (found) => {
        const [pod, container] = typeof found === 'string' ? found.split('/') : []
        if (pod === undefined || pod === '') return undefined
        return container === undefined
          ? `{ pod: ${quoted(pod)} }`
          : `{ pod: ${quoted(pod)}, container: ${quoted(container)} }`
      },
    }),
  quick: (given) => isMapOf(given, containerKeys, 'pod'),
}

const object = () =>
  z
    .union([
      z.string().regex(/^[^/\s]+\/[^/\s]+(\/[^/\s]+)?$/),
      z.strictObject({
        kind: someText,
        name: someText,
        namespace: someText.optional(),
        uid: z.string().optional(),
      }),
    ])
    .register(words, { expected: 'kind/name, kind/namespace/name, or {kind, name, namespace?}' })

/** Options, none of which has to be there. */
const options = (shape: () => z.core.$ZodShape, keys: QuickKeys = {}): Parameter => ({
  schema: () => z.strictObject(shape()).optional(),
  quick: (given) => isAbsent(given) || isMapOf(given, keys),
})

const commandOptions = options(
  () => ({
    stdin: z.string().optional(),
    as: someText.optional(),
    editor: someText.optional(),
    commandTime: anyDuration.optional(),
  }),
  {
    stdin: isAnyTextOrAbsent,
    as: isTextOrAbsent,
    editor: isTextOrAbsent,
    commandTime: (given) => isAbsent(given) || isDuration(given),
  },
)

const manifest = () =>
  z
    .union([z.string(), z.array(z.record(z.string(), z.unknown())), z.record(z.string(), z.unknown())])
    .register(words, { expected: 'manifests as YAML text, an object, or a list of objects', suggest: () => undefined })

const path: Parameter = {
  schema: () => z.string().startsWith('/').register(words, { expected: 'a path that begins with /' }),
  quick: (given) => typeof given === 'string' && given.startsWith('/'),
}

const condition: Parameter = {
  schema: () =>
    z
      .custom<() => boolean>((given) => typeof given === 'function')
      .register(words, { expected: 'a function that says true or false' }),
  quick: isFunction,
}

const withinKeys: QuickKeys = { within: isDuration }

const generator = () =>
  z
    .custom<() => object>((given) => typeof given === 'function')
    .register(words, { expected: 'a generator function, or one that gives a generator' })

const body = () =>
  z
    .custom<() => object>((given) => typeof given === 'function')
    .register(words, { expected: 'a generator function, or one that gives an Observable' })

const work = () =>
  z.custom<() => void>((given) => typeof given === 'function').register(words, { expected: 'a function' })

const accountText = () =>
  z
    .string()
    .regex(/^(?:[a-z0-9]([-a-z0-9]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/)
    .register(words, { expected: 'a ServiceAccount as name or namespace/name' })

const resource = () =>
  z
    .strictObject({ group: z.string(), version: someText, resource: someText })
    .register(words, { expected: 'a resource such as resources.pods, or {group, version, resource}' })

const admissionHook = () =>
  z.strictObject({
    name: objectName,
    on: z.union([resource(), z.array(resource()).min(1)]).optional(),
    operations: z
      .array(z.enum(['CREATE', 'UPDATE', 'DELETE']))
      .min(1)
      .optional(),
    mutate: work().optional(),
    validate: work().optional(),
  })

const argv = () => z.array(z.string()).min(1)

const commandWords = () =>
  z.union([z.string(), z.array(z.string())]).register(words, { expected: 'a command line, or its words' })
const areCommandWords = (given: unknown): boolean => isAnyText(given) || isListOfTexts(given)

export const calls = {
  now: { parameters: {} },
  apply: { parameters: { manifests: { schema: () => z.array(manifest()) } }, rest: true, changes: true },
  kubectl: {
    parameters: {
      line: { schema: commandWords, quick: areCommandWords },
      options: commandOptions,
    },
    changes: true,
  },
  shell: {
    parameters: { script: { schema: () => z.string(), quick: isAnyText }, options: commandOptions },
    changes: true,
  },
  start: {
    parameters: {
      command: {
        schema: () =>
          z
            .union([z.strictObject({ kubectl: commandWords() }), z.strictObject({ shell: z.string() })])
            .register(words, { expected: 'a command: {kubectl: LINE} or {shell: LINES}' }),
        quick: (given) =>
          isMapOf(given, { kubectl: areCommandWords }, 'kubectl') || isMapOf(given, { shell: isAnyText }, 'shell'),
      },
      options: commandOptions,
    },
    changes: true,
  },
  exec: {
    parameters: {
      target: container,
      argv: {
        schema: () => argv().register(words, { expected: 'a list of words, of which the first is the command' }),
        quick: (given) => isListOfTexts(given) && (given as readonly string[]).length > 0, // the check said so
      },
      options: options(() => ({ stdin: z.string().optional() }), { stdin: isAnyTextOrAbsent }),
    },
    changes: true,
  },
  get: { parameters: { kind: name, name, namespace } },
  list: {
    parameters: {
      kind: name,
      options: options(() => ({ namespace: someText.optional() }), { namespace: isTextOrAbsent }),
    },
  },
  events: {
    parameters: {
      query: options(
        () => ({ namespace: someText.optional(), reason: someText.optional(), on: objectText.optional() }),
        { namespace: isTextOrAbsent, reason: isTextOrAbsent },
      ),
    },
  },
  logBytes: { parameters: { target: container, options: options(() => ({ previous: z.boolean().optional() })) } },
  logs: { parameters: { target: container, options: options(() => ({ previous: z.boolean().optional() })) } },
  file: { parameters: { target: container, path } },
  env: { parameters: { target: container } },
  volumeFiles: { parameters: { pod: name, volume: name, namespace } },
  runFor: { parameters: { duration: { schema: () => anyDuration, quick: isDuration } }, changes: true },
  runUntil: {
    parameters: {
      condition,
      options: {
        schema: () => z.strictObject({ within: anyDuration }),
        quick: (given) => isMapOf(given, withinKeys, 'within'),
      },
    },
    changes: true,
  },
  fault: { parameters: { fault: { schema: () => faultSchema(anyDuration, clockDuration) } }, changes: true },
  why: { parameters: { object: { schema: object } } },
  assumptions: { parameters: {} },
  stateAt: { parameters: { time: { schema: () => anyDuration } } },
  request: {
    parameters: {
      request: {
        schema: () =>
          z.strictObject({
            user: someText.optional(),
            groups: z.array(someText).optional(),
            method: someText,
            path: path.schema(),
            contentType: z.string().optional(),
            accept: z.string().optional(),
            headers: z.record(someText, z.string()).optional(),
            body: z.unknown().optional(),
            lasting: z.boolean().optional(),
          }),
      },
    },
    changes: true,
  },
  client: {
    parameters: { user: options(() => ({ as: someText.optional(), groups: z.array(someText).optional() })) },
  },
  process: { parameters: { body: { schema: generator } } },
  controller: {
    parameters: {
      name: { schema: () => objectName },
      body: { schema: body },
      options: options(() => ({ serviceAccount: accountText().optional() })),
    },
    changes: true,
  },
  admission: { parameters: { hook: { schema: admissionHook } }, changes: true },
  at: { parameters: { time: { schema: () => anyDuration }, work: { schema: work } } },
  settle: { parameters: { options: options(() => ({ within: anyDuration.optional() })) }, changes: true },
  clone: {
    parameters: { options: options(() => ({ seed: z.union([z.string(), z.int()]).optional() })) },
    changes: true,
  },
  delays: { parameters: { secret: name, namespace } },
  traffic: { parameters: { name, namespace, resource: namespace } },
  nodeFiles: { parameters: { node: name, text: name } },
  holdsSecret: { parameters: { node: name, secret: name, namespace } },
  nodeMemory: { parameters: { node: name } },
  etcdValue: { parameters: { secret: name, namespace } },
  inspect: { parameters: { object: { schema: object } } },
  states: { parameters: {} },
} as const satisfies Record<string, Call>

export type CallName = keyof typeof calls

/** Calls of the journal that a simulation hands out. */
const journalCalls = {
  query: {
    parameters: {
      query: {
        schema: () =>
          z.strictObject({
            type: z
              .union([z.string(), z.custom<(type: string) => boolean>((given) => typeof given === 'function')])
              .register(words, { expected: 'a type, or a function that says which' })
              .optional(),
            actor: z.string().optional(),
            object: z
              .strictObject({
                kind: z.string().optional(),
                namespace: z.string().optional(),
                name: z.string().optional(),
                uid: z.string().optional(),
              })
              .optional(),
            from: z.int().optional(),
            to: z.int().optional(),
          }),
      },
    },
  },
} as const satisfies Record<string, Call>

type Check = (given: readonly unknown[]) => void

const checks = new Map<string, Check>()

/** A function that throws a SimUsageError, in words, if its arguments are not what a call takes; all simulations share it. */
export function argumentsCheck(call: CallName | keyof typeof journalCalls): Check {
  const known = checks.get(call) ?? checkOf(call)
  checks.set(call, known)
  return known
}

function checkOf(call: CallName | keyof typeof journalCalls): Check {
  const { parameters, rest = false }: Call = call in calls ? calls[call as CallName] : journalCalls.query
  const entries = Object.entries(parameters)
  let made: z.ZodObject | undefined
  const schemaOf = (): z.ZodObject => {
    made ??= z.strictObject(Object.fromEntries(entries.map(([key, { schema: inner }]) => [key, inner()])))
    return made
  }
  const quick = entries.map(([, parameter]) => parameter.quick)
  return (given) => {
    if (areQuick(quick, given)) return
    if (!rest && given.length > entries.length)
      throw new SimUsageError(
        `${call} takes ${entries.length === 0 ? 'no arguments' : `at most ${entries.length} ${entries.length === 1 ? 'argument' : 'arguments'}`}; found ${given.length}`,
      )
    const named = rest
      ? { [entries[0]?.[0] ?? '']: given }
      : Object.fromEntries(entries.map(([key], i) => [key, given[i]]))
    const schema = schemaOf()
    if (schema.safeParse(named).success) return
    const [complaint] = complaintsOf(schema, named)
    if (complaint === undefined) return
    const [parameter = ''] = complaint.path
    if (complaint.path.length === 1 && named[parameter] === undefined)
      throw new SimUsageError(
        `${call}: the argument ${parameter} is missing; expected ${expectedOf(schema.shape[parameter] ?? schema)}`,
      )
    throw usageError(call, complaint)
  }
}

/** A plain loop: conditions of `runUntil` come through here at every event. */
function areQuick(quick: readonly Parameter['quick'][], given: readonly unknown[]): boolean {
  if (given.length > quick.length) return false
  for (let i = 0; i < quick.length; i++) if (quick[i]?.(given[i]) !== true) return false
  return true
}

/** `runFor: duration is the text "soon"; expected ... Did you mean "30s"?` */
export function usageError(call: string, { message, suggestion, path, isUnplaced = false }: Complaint): SimUsageError {
  const place = isUnplaced && path.length > 0 ? `${pathText(path)}: ` : ''
  return new SimUsageError(
    `${call}: ${place}${message}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
  )
}

/** `node is the text "node-9"; expected node-1 or node-2; did you mean "node-1"?` */
export function unknownName(what: string, name: string, known: readonly string[]): SimUsageError {
  const meant = closest(name, known)
  const hint = meant === undefined ? '' : `; did you mean ${quoted(meant)}?`
  return new SimUsageError(`${what} is ${describeValue(name)}; expected ${listed(known)}${hint}`)
}
