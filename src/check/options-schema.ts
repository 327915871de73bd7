import * as z from 'zod'
import { usageError } from '../sim/calls.ts'
import { complaintsOf } from '../sim/input/complaints.ts'
import { anyDuration, objectName, quantity, someText } from '../sim/input/formats.ts'
import { words } from '../sim/input/words.ts'
import { nodeSchema, optionsSchema } from '../sim/options-schema.ts'
import type { ManifestFile } from './given.ts'

/** What the calls about manifests take; their types stand in options.ts, rotation.ts and secret-map.ts. */

const { version, unknownImages } = optionsSchema.shape
const node = nodeSchema(anyDuration).shape
/** Each is a run of its own. */
const seeds = z.int().min(1).max(1000)
const key = someText.regex(/^[-._a-zA-Z0-9]+$/).register(words, { expected: 'a key of letters, digits, -, _ and .' })

const had = z.strictObject({
  kind: z.enum(['Secret', 'ConfigMap']).optional(),
  namespace: objectName.optional(),
  name: objectName,
  keys: z.array(key),
})

const cluster = {
  version,
  nodes: z.int().min(1).max(5000).optional(),
  nodeSize: z.strictObject({ cpu: quantity, memory: quantity }).optional(),
  nodeResources: node.resources,
  nodeLabels: node.labels,
  privateRegistries: z.array(someText).optional(),
  operators: z.enum(['run', 'absent']).optional(),
  strategy: z.enum(['Watch', 'Cache', 'Get']).optional(),
  namespace: objectName.optional(),
  createNamespaces: z.boolean().optional(),
  serverSide: z.boolean().optional(),
  have: z.array(had).optional(),
  presentImages: z.array(someText).optional(),
  storageClasses: z
    .union([z.literal('all'), z.array(objectName)])
    .register(words, {
      expected: '"all" or a list of names',
    })
    .optional(),
  unknownImages,
  seeds: seeds.optional(),
}

const files = z.array(z.strictObject({ name: someText, text: z.string() })).register(words, {
  expected: 'a list of files as {name, text}',
})

const calls = {
  checkManifests: z.strictObject({ ...cluster, for: anyDuration.optional() }),
  rotationOf: z.strictObject({
    ...cluster,
    secret: z.strictObject({ namespace: objectName.optional(), name: objectName, key: key.optional() }),
  }),
  secretMap: z.strictObject({
    namespace: objectName.optional(),
    placed: z
      .custom<ReadonlyMap<string, readonly string[]>>((given) => given instanceof Map)
      .register(words, { expected: 'a Map of nodes by workload' })
      .optional(),
  }),
} as const

/** Throws a SimUsageError that says what is wrong with what a call was given. */
export function checkCall(call: keyof typeof calls, given: readonly ManifestFile[], options: object): void {
  const [complaint] = [
    ...complaintsOf(files, given, { root: 'files' }),
    ...complaintsOf(calls[call], options, { root: 'options' }),
  ]
  if (complaint !== undefined) throw usageError(call, complaint)
}
