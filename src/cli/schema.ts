import * as z from 'zod'
import { scenarioSchema } from '../scenario/schema.ts'
import { exitCodes } from './exit-codes.ts'

/** `podsim schema`: the JSON Schema of scenario files. */
export function schema(): number {
  process.stdout.write(`${JSON.stringify(z.toJSONSchema(scenarioSchema), undefined, 2)}\n`)
  return exitCodes.passed
}
