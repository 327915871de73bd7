import * as z from 'zod'
import { choice } from '../sim/input/choice.ts'
import { durationText, someText, text } from '../sim/input/formats.ts'
import { quoted, words } from '../sim/input/words.ts'
import { clusterShape, kubectlSchema, namedProgram } from '../sim/options-schema.ts'
import { type StepSource, stepSchema } from './actions.ts'
import { clauses } from './clauses.ts'

/** The shape of a scenario file. One schema gives the types, the errors, the JSON Schema for editors and the docs. */

/** A file of the working directory that is not written out in the scenario. */
type FileSource = { readonly from: string } | { readonly base64: string }

const fileSchema = choice<FileSource>(
  [
    {
      head: 'from',
      schema: z.strictObject({ from: someText.meta({ description: 'Path of a file beside the scenario' }) }),
    },
    { head: 'base64', schema: z.strictObject({ base64: z.string().meta({ description: 'Its bytes in base64' }) }) },
  ],
  {
    noun: 'file',
    none: { code: 'MISSING_KEY', message: 'the file has no content' },
    many: { code: 'BAD_VALUE', message: 'a file comes from one place' },
  },
)

const clauseSchema = z.enum(clauses).register(words, {
  expected: 'a clause of the Secrets page such as U3',
  code: 'BAD_REFERENCE',
  suggest: (found) => {
    const meant = clauses.find((clause) => clause === String(found).toUpperCase())
    return meant === undefined ? undefined : quoted(meant)
  },
})

const clusterSchema = z.strictObject(clusterShape(durationText, namedProgram))

export const scenarioSchema = z
  .strictObject({
    title: someText.meta({ description: 'One line: what happens' }),
    description: text.optional().meta({ description: 'What it is about, in a few sentences' }),
    covers: z.array(clauseSchema).optional().meta({ description: 'Clauses of the Secrets page that this shows' }),
    seed: z
      .union([someText, z.int()])
      .register(words, { expected: 'a text or a whole number' })
      .optional()
      .meta({ description: 'Everything random is drawn from it; the name of the file unless given' }),
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
      // What a file holds may be any bytes: here NUL means what it says.
      .record(
        z.string(),
        z.union([z.string(), fileSchema]).register(words, { expected: 'its text, {from} or {base64}' }),
      )
      .optional()
      .meta({ description: 'Files of the working directory' }),
    steps: z.array(stepSchema).min(1).meta({ description: 'What happens, in order' }),
  })
  .meta({
    title: 'podsim scenario',
    description: 'A cluster, what happens to it at virtual times, and what must then be true',
  })

export type ScenarioSource = Omit<z.output<typeof scenarioSchema>, 'steps'> & { readonly steps: readonly StepSource[] }
