import * as z from 'zod'
import { choice } from '../sim/input/choice.ts'
import { durationText, someText, text } from '../sim/input/formats.ts'
import { quoted, words } from '../sim/input/words.ts'
import { clusterShape, kubectlSchema, namedProgram } from '../sim/options-schema.ts'
import { type StepSource, scenarioFaultSchema, stepSchema } from './actions.ts'
import { clauses } from './clauses.ts'
import { seedsSchema, thresholdsSchema } from './thresholds.ts'
import { matrixSchema, parametersSchema, templateWithSchema } from './variables/parameters.ts'
import type { Value } from './variables/substitute.ts'

/** The shape of a scenario file. One schema gives the types, the errors, the JSON Schema for editors and the docs. */

/** A file of the working directory that is not written out in the scenario. */
type FileSource = { readonly from: string } | { readonly base64: string }

const fileSchema = choice<FileSource>(
  [
    {
      head: 'from',
      schema: z.strictObject({ from: someText.meta({ description: 'Path of a file or folder beside the scenario' }) }),
    },
    { head: 'base64', schema: z.strictObject({ base64: z.string().meta({ description: 'Its bytes in base64' }) }) },
  ],
  {
    noun: 'file',
    none: { code: 'MISSING_KEY', message: 'the file has no content' },
    many: { code: 'BAD_VALUE', message: 'a file comes from one place' },
  },
)

/** What a file of the map `files` is. */
export type FileContent = string | FileSource

const clauseSchema = z.enum(clauses).register(words, {
  expected: 'a clause of the Secrets page such as U3',
  code: 'BAD_REFERENCE',
  suggest: (found) => {
    const meant = clauses.find((clause) => clause === String(found).toUpperCase())
    return meant === undefined ? undefined : quoted(meant)
  },
})

const clusterSchema = z.strictObject(clusterShape(durationText, namedProgram))

/** An accident at a time of its own, as a file has it. */
export type TimedFaultSource = z.output<typeof timedFaultSchema>

const timedFaultSchema = z.strictObject({
  at: durationText.meta({ description: 'When, counted from the start' }),
  fault: scenarioFaultSchema,
})

/** What makes a scenario a lesson of a course. */
const lessonSchema = z.strictObject({
  watch: someText.meta({ description: 'What to look at while it plays' }),
  follow: someText.optional().meta({
    description: 'The Secret whose way is shown, NAME or NAMESPACE/NAME; the one that most happens to unless given',
  }),
  next: someText.meta({ description: 'What to try afterwards' }),
})

const steps = (description: string) => z.array(stepSchema).min(1).meta({ description })

/** Steps with variables of their own, in the scenario or in a file that it includes. */
const templateSchema = z.strictObject({
  with: templateWithSchema
    .optional()
    .meta({ description: 'Its variables with their defaults; one without a value must be given' }),
  steps: steps('Its steps'),
})

/** A file of steps that scenarios include. */
export const includeSchema: z.ZodType<TemplateSource | readonly StepSource[]> = z
  .union([templateSchema, z.array(stepSchema).min(1)])
  .register(words, { expected: 'a list of steps, or a map with steps' })

/** As a scenario has it, or a file. */
export interface TemplateSource {
  readonly with?: Readonly<Record<string, Value | null>> | undefined
  readonly steps: readonly StepSource[]
}

export const scenarioSchema = z
  .strictObject({
    title: someText.meta({ description: 'One line: what happens' }),
    description: text.optional().meta({ description: 'What it is about, in a few sentences' }),
    tags: z
      .array(
        z
          .string()
          .regex(/^[\w.-]+$/)
          .register(words, { expected: 'a tag of letters, digits, -, _ and .' }),
      )
      .optional()
      .meta({ description: 'Words by which runs choose scenarios: podsim run --tag' }),
    lesson: lessonSchema.optional().meta({
      description:
        'Makes it a lesson, with a question at least: { watch, next } tell what to look at, and what to try then; follow names the Secret whose way is shown',
    }),
    covers: z.array(clauseSchema).optional().meta({ description: 'Clauses of the Secrets page that this shows' }),
    seed: z
      .union([someText, z.int()])
      .register(words, { expected: 'a text or a whole number' })
      .optional()
      .meta({ description: 'Everything random is drawn from it; the name of the file unless given' }),
    seeds: seedsSchema
      .optional()
      .meta({ description: 'Seeds with which it runs one after the other: 1..20, or a list' }),
    cluster: clusterSchema
      .optional()
      .meta({ description: 'What there is before the first step; one node of v1.18 unless given' }),
    kubectl: kubectlSchema.optional().meta({
      description: 'Version of kubectl, such as 1.18.20; the one that fits the version of the cluster unless given',
    }),
    compare: z
      .array(z.enum(['Watch', 'Cache', 'Get']))
      .min(2)
      .optional()
      .meta({
        description:
          'Strategies of kubelets that player and pages set side by side: one world for each, from one seed. A run of its own has what cluster says',
      }),
    files: z
      .union([
        someText,
        z.array(someText).min(1),
        // What a file holds may be any bytes: here NUL means what it says.
        z.record(
          z.string(),
          z.union([z.string(), fileSchema]).register(words, { expected: 'its text, {from} or {base64}' }),
        ),
      ])
      .register(words, { expected: 'a map of files, or a file or folder beside the scenario, or several' })
      .optional()
      .meta({
        description:
          'Files of the working directory: a map with their texts, or a file or folder beside the scenario, or several; what commands name there is found without it',
      }),
    params: parametersSchema
      .optional()
      .meta({ description: 'Variables with their defaults, for ${{ name }} and podsim run --set name=value' }),
    matrix: matrixSchema.optional().meta({
      description: 'Variables with several values: the scenario runs once for each of them, or each combination',
    }),
    templates: z
      .record(z.string(), templateSchema)
      .optional()
      .meta({ description: 'Steps that other steps use, by their names' }),
    steps: steps('What happens, in order'),
    faults: z
      .array(timedFaultSchema)
      .min(1)
      .optional()
      .meta({ description: 'Accidents at times of their own, whatever the steps do then' }),
    judge: z.enum(['all', 'nevers']).optional().meta({
      description:
        'What decides: `all` that is expected, unless given; `nevers`, only what must never be, and the invariants: commands may fail, and other expectations are waited for, no more',
    }),
    thresholds: thresholdsSchema
      .optional()
      .meta({ description: 'What must be true of all runs together, with several seeds' }),
    catch: steps(
      'What to do when a step has failed, to show what went wrong; its expectations count for nothing',
    ).optional(),
    finally: steps('What to do at the end, however it went').optional(),
  })
  .meta({
    title: 'podsim scenario',
    description: 'A cluster, what happens to it at virtual times, and what must then be true',
  })

/** A scenario as its file has it. */
export type ScenarioSource = Omit<z.output<typeof scenarioSchema>, 'steps'> & { readonly steps: readonly StepSource[] }
