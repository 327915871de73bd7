import { safeJson } from '../bytes/terminal-text.ts'
import { plain } from '../report/text.ts'
import { scenarioJsonSchema } from '../scenario/json-schema.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'

/** `podsim schema`: the JSON Schema of scenario files. */
export function schema(output: Output): number {
  output.out(plain`${safeJson(scenarioJsonSchema(), 2)}\n`)
  return exitCodes.passed
}
