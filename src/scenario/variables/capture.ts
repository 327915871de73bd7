import * as z from 'zod'
import { compileRegexp } from '../../go/regexp.ts'
import { executeJsonpath, relaxedTemplate } from '../../kubectl/print/jsonpath.ts'
import { parseJsonpath } from '../../kubectl/print/jsonpath-parse.ts'
import type { CommandResult, ContainerRef } from '../../looks/containers.ts'
import { choice } from '../../sim/input/choice.ts'
import { complain } from '../../sim/input/complaints.ts'
import { absolutePath, objectName, objectText, someText } from '../../sim/input/formats.ts'
import { words } from '../../sim/input/words.ts'
import type { Sim } from '../../sim/sim.ts'
import { regexpText } from '../expect/text-claims.ts'
import { containersOf, podsOf } from '../select/select-pods.ts'
import { containersSchema, type Selection, selectionSchema } from '../select/selection.ts'

/** What a step keeps for those after it: of its command's output, of an object, of a container. */

const path = someText
  .superRefine((given, context) => {
    const template = relaxedTemplate(given)
    if (template === undefined || 'error' in parseJsonpath(template))
      complain(context, [], { message: 'the path is no JSONPath; expected a path such as .metadata.uid' })
  })
  .meta({ description: 'JSONPath, as kubectl has it: .metadata.uid' })

const namespace = objectName.optional().meta({ description: 'Namespace; default unless given' })

type Looked =
  | { readonly stdout: string }
  | { readonly stderr: string }
  | { readonly object: string; readonly path: string; readonly namespace?: string | undefined }
  | { readonly pods: Selection; readonly path: string; readonly namespace?: string | undefined }
  | { readonly file: string; readonly in: Selection; readonly namespace?: string | undefined }
  | { readonly env: string; readonly in: Selection; readonly namespace?: string | undefined }

const group = regexpText.meta({ description: 'Regular expression: its first group, or all that it matches' })

const looked = choice<Looked>(
  [
    { head: 'stdout', schema: z.strictObject({ stdout: group }) },
    { head: 'stderr', schema: z.strictObject({ stderr: group }) },
    { head: 'object', schema: z.strictObject({ object: objectText, path, namespace }) },
    { head: 'pods', schema: z.strictObject({ pods: selectionSchema, path, namespace }) },
    { head: 'file', schema: z.strictObject({ file: absolutePath, in: containersSchema, namespace }) },
    { head: 'env', schema: z.strictObject({ env: someText, in: containersSchema, namespace }) },
  ],
  {
    noun: 'capture',
    none: { code: 'MISSING_KEY', message: 'the capture says not of what' },
    many: { code: 'BAD_VALUE', message: 'a capture is of one thing' },
  },
)

const plainCaptures = ['stdout', 'stderr', 'exitCode', 'time'] as const

const source = z
  .union([z.enum(plainCaptures), looked])
  .register(words, { expected: `one of ${plainCaptures.join(', ')}, or a map that says of what` })

/** `capture` of a step: names, and what each is. */
export const captureSchema = z.record(
  z
    .string()
    .regex(/^[A-Za-z_][\w-]*$/)
    .register(words, { expected: 'a name of letters, digits, - and _' }),
  source,
)

export type CaptureSource = z.output<typeof captureSchema>

/** What was captured, or why it could not be. */
export type Captured = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string }

/** Takes one capture after a step. Texts lose the line ends behind them, as `$(...)` of a shell has it. */
export function capture(sim: Sim, from: CaptureSource[string], output: CommandResult | undefined): Captured {
  if (from === 'time') return { ok: true, value: `${sim.now()}ms` }
  if (typeof from === 'string') {
    if (output === undefined) return { ok: false, problem: `there is no ${from}: the step runs no command` }
    return { ok: true, value: trimmed(String(output[from])) }
  }
  if ('stdout' in from) return matched(from.stdout, output?.stdout)
  if ('stderr' in from) return matched(from.stderr, output?.stderr)
  if ('object' in from) {
    const [kind = '', name = ''] = from.object.split('/')
    const object = sim.get(kind, name, from.namespace)
    return object === undefined ? { ok: false, problem: `there is no ${from.object}` } : pathOf(from.path, [object])
  }
  if ('pods' in from) return pathOf(from.path, podsOf(sim, from.pods, from.namespace))
  const chosen = containersOf(sim, from)
  const ref: ContainerRef | undefined = chosen.kind === 'one' ? chosen.item : chosen.items[0]?.item
  if (ref === undefined) return { ok: false, problem: `there is no container of ${chosen.text}` }
  const value = 'file' in from ? sim.file(ref, from.file)?.content : sim.env(ref)?.get(from.env)
  const what = 'file' in from ? `file ${from.file}` : `variable ${from.env}`
  return value === undefined
    ? { ok: false, problem: `there is no ${what} in ${chosen.text}` }
    : { ok: true, value: trimmed(value) }
}

function matched(pattern: string, text: string | undefined): Captured {
  const compiled = compileRegexp(pattern)
  const match = compiled.ok && text !== undefined ? compiled.regexp.exec(text) : undefined
  if (match === undefined) return { ok: false, problem: `nothing matches ${JSON.stringify(pattern)}` }
  return { ok: true, value: match.groups[1] ?? match.groups[0] ?? '' }
}

/** What a path finds in each of some objects, blanks between. */
function pathOf(given: string, objects: readonly object[]): Captured {
  const template = relaxedTemplate(given) ?? given
  const found: string[] = []
  for (const object of objects) {
    const result = executeJsonpath(template, object, { allowMissingKeys: false, minor: 36 })
    if (!result.ok) return { ok: false, problem: `${given}: ${result.error}` }
    found.push(result.text)
  }
  return found.length === 0 ? { ok: false, problem: 'nothing is selected' } : { ok: true, value: found.join(' ') }
}

function trimmed(text: string): string {
  return text.replace(/\n+$/, '')
}
