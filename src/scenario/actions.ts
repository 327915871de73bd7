import * as z from 'zod'
import { faultSchema } from '../sim/fault-table.ts'
import { choice } from '../sim/input/choice.ts'
import { clockText, durationText, objectName, someText, text, texts } from '../sim/input/formats.ts'
import { withRules } from '../sim/input/rules.ts'
import { words } from '../sim/input/words.ts'
import { askSchema } from './ask.ts'
import { expectationSchema } from './expect/subjects.ts'
import { populationSchema } from './population.ts'
import { containersSchema } from './select/selection.ts'
import { captureSchema } from './variables/capture.ts'
import { withSchema } from './variables/parameters.ts'

/** What a step may do: one row an action, from which follow types, checks, JSON Schema and docs. */

/** What a command must have printed and returned. */
export const outputSchema = z
  .strictObject({
    stdout: text
      .optional()
      .meta({ description: 'All of standard output; a # stands for any one character, a line ... for any lines' }),
    stderr: text.optional().meta({ description: 'All of standard error, read as stdout is' }),
    contains: texts.optional().meta({ description: 'Texts that standard output or standard error must contain' }),
    lacks: texts.optional().meta({ description: 'Texts that neither may contain' }),
    exitCode: z.int().min(0).max(255).optional().meta({ description: 'Exit code; 0 unless given' }),
  })
  .meta({ id: 'Output', description: 'What the command must print and return' })

const oneOrMore = z
  .union([expectationSchema, z.array(expectationSchema).min(1)])
  .register(words, { expected: 'an expectation, or a list of them' })

const beside = {
  at: durationText.optional().meta({ description: 'When, counted from the start' }),
  after: durationText.optional().meta({ description: 'When, counted from the end of the step before' }),
  say: text.optional().meta({ description: 'Narration' }),
  ask: askSchema.optional(),
  expect: oneOrMore.optional().meta({ description: 'What must be true after the action, one or several' }),
  capture: captureSchema.optional().meta({
    description: 'What ${{ name }} stands for in the steps after it: { uid: { object: pod/web, path: .metadata.uid } }',
  }),
  continue: z
    .literal(true)
    .optional()
    .meta({ description: 'The steps after it run even if its action fails; without, they do not' }),
}

const manifestMap = z.record(z.string(), z.unknown())
const manifest = z
  .union([z.string().min(1), manifestMap, z.array(manifestMap).min(1)])
  .register(words, { expected: 'manifests as text, a map, or a list of maps', suggest: () => undefined })

const waited = z.union([durationText, expectationSchema]).register(words, {
  ...words.get(durationText),
  expected: 'a duration such as 90s, or what to wait for',
})

const user = { as: someText.optional().meta({ description: 'User who runs the command; admin unless given' }) }
const timing = {
  commandTime: durationText
    .optional()
    .meta({ description: "What its kubectl lines take of their own; as the cluster's commandTime says unless given" }),
}
const output = { output: outputSchema.optional() }
const line = (description: string) => someText.meta({ description })

const given = {
  with: withSchema.optional().meta({ description: 'What its variables stand for' }),
}

/** A request of the API as HTTP carries it: what `podsim serve --record` writes down. */
const requestSchema = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).meta({ description: 'Method of HTTP' }),
    path: z
      .string()
      .regex(/^\//)
      .register(words, { expected: 'a path that begins with /' })
      .meta({ description: 'Path, with its query' }),
    user: someText.optional().meta({ description: 'Who asks; admin unless given' }),
    groups: z.array(someText).optional().meta({ description: 'Groups of the user' }),
    contentType: someText.optional().meta({ description: 'Media type of the body; application/json unless given' }),
    headers: z.record(z.string(), z.string()).optional().meta({ description: 'More headers' }),
    body: z
      .union([z.string(), manifestMap, z.array(z.unknown())])
      .register(words, { expected: 'a text, or what is sent as JSON: a map or a list', suggest: () => undefined })
      .optional()
      .meta({ description: 'The body: a text as it is, anything else as JSON' }),
  })
  .meta({
    id: 'Request',
    description: 'A request of the API; the answer is its output, and a code of 400 or more an exit code of 1',
  })

/** What a step `request` asks. */
export type RequestSource = z.output<typeof requestSchema>

/** One accident, of a step or at a time of its own. */
export const scenarioFaultSchema = faultSchema(durationText, clockText).meta({
  id: 'Fault',
  description: 'An accident',
})

/** Every key of an action, by the action. */
export const actionShapes = {
  kubectl: {
    kubectl: line('A kubectl command line, without the word kubectl'),
    ...user,
    editor: someText.optional().meta({ description: 'With kubectl edit: shell lines that change the file $1' }),
    ...timing,
    ...output,
  },
  run: {
    run: line('Lines for the shell of the scenario: kubectl, echo, base64, here-documents, pipes'),
    ...user,
    ...timing,
    ...output,
  },
  apply: {
    apply: manifest.meta({ description: 'Manifests, as kubectl apply takes them' }),
    ...user,
    ...timing,
    ...output,
  },
  exec: {
    exec: line('A command line that runs in a container'),
    in: containersSchema.meta({
      description:
        'pod, for its first container, or pod/container; of several (deploy/web, { app: web }) in the one that kubectl would take',
    }),
    container: objectName.optional().meta({ description: 'Which container; the first unless given' }),
    namespace: objectName.optional().meta({ description: 'Namespace of the Pod; default unless given' }),
    ...output,
  },
  request: {
    request: requestSchema,
    ...output,
  },
  populate: { populate: populationSchema, ...output },
  wait: { wait: waited.meta({ description: 'Time to let pass, or what to wait for' }) },
  use: { use: someText.meta({ description: 'The steps of a template, by its name' }), ...given },
  include: {
    include: someText.meta({ description: 'The steps of a file beside the scenario: a list, or a map with steps' }),
    ...given,
  },
  fault: { fault: scenarioFaultSchema },
} as const

export type ActionName = keyof typeof actionShapes
export const actionNames = Object.keys(actionShapes) as readonly ActionName[]

type Beside = z.output<z.ZodObject<typeof beside>>
type ActionSource = { [A in ActionName]: z.output<z.ZodObject<(typeof actionShapes)[A]>> }[ActionName]

/** One step as a scenario has it: an action, or narration and expectations alone. */
export type StepSource = (ActionSource | Readonly<Partial<Record<ActionName, undefined>>>) & Beside
export type OutputSource = z.output<typeof outputSchema>

const oneTime = { atMostOneOf: [['at', 'after']], code: 'AMBIGUOUS_STEP' } as const

/** A step does one thing at most. */
export const stepSchema: z.ZodType<StepSource> = choice<StepSource>(
  [
    ...actionNames.map((head) => ({
      head,
      schema: withRules(z.strictObject({ ...actionShapes[head], ...beside } as z.core.$ZodShape), oneTime),
    })),
    {
      head: undefined,
      schema: withRules(z.strictObject(beside), { ...oneTime, atLeastOneOf: ['say', 'ask', 'expect', 'capture'] }),
    },
  ],
  {
    noun: 'step',
    none: { code: 'UNKNOWN_STEP', message: 'the step has no action' },
    many: { code: 'AMBIGUOUS_STEP', message: 'a step does one thing' },
  },
)
