import * as z from 'zod'
import { parseQuantity, quantityValue } from '../../api/quantity.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { parseDuration } from '../duration.ts'
import { closest } from './closest.ts'
import { complain } from './complaints.ts'
import { quoted, references, words } from './words.ts'

/** The small forms that options, calls and scenarios are made of: each with its words, none with a bare pattern. */

const durationWords = 'a duration such as 500ms, 90s, 1m30s or 2h'
const durationPattern = /^(0|(\d+(\.\d+)?(ms|s|m|h|d))+)$/

/** Units as people write them. */
const spelledOut: Readonly<Record<string, string>> = {
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  hour: 'h',
  hours: 'h',
  hr: 'h',
  hrs: 'h',
  day: 'd',
  days: 'd',
  msec: 'ms',
  msecs: 'ms',
  millis: 'ms',
}

/** `30` -> `"30s"`, `5 mins` -> `"5m"`, `-5s` -> `"5s"`. */
function suggestDuration(found: unknown, source?: string): string | undefined {
  const text = (source ?? String(found)).trim().replace(/^-/, '')
  const unquoted = text.replace(/^(["'])(.*)\1$/, '$2')
  if (/^\d+(\.\d+)?$/.test(unquoted)) return quoted(`${unquoted}s`)
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(unquoted) ?? []
  if (amount === undefined) return undefined
  const lower = unit.toLowerCase()
  const meant = spelledOut[lower] ?? closest(lower, ['ms', 's', 'm', 'h', 'd'])
  return meant === undefined ? undefined : quoted(amount + meant)
}

/** A duration as a text, as scenario files have it. */
export const durationText = z
  .string()
  .regex(durationPattern)
  .refine((text) => parseDuration(text) !== undefined)
  .register(words, { expected: durationWords, code: 'BAD_DURATION', suggest: suggestDuration })

/** A duration of more than nothing. */
export const positiveDurationText = z
  .string()
  .regex(/^(?=.*[1-9])(\d+(\.\d+)?(ms|s|m|h|d))+$/)
  .refine((text) => (parseDuration(text) ?? 0) > 0)
  .register(words, {
    expected: `${durationWords}, of more than nothing`,
    code: 'BAD_DURATION',
    suggest: suggestDuration,
  })

/** How far a clock is ahead; behind, with a minus before it. */
export const clockText = z
  .string()
  .regex(/^-?(\d+(\.\d+)?(ms|s|m|h|d))+$/)
  .refine((text) => parseDuration(text.replace(/^-/, '')) !== undefined)
  .register(words, {
    expected: 'a duration such as 5m, or -5m for behind',
    code: 'BAD_DURATION',
    suggest: suggestDuration,
  })

/** Whole milliseconds, as the library takes them beside texts. */
const milliseconds = z.int().min(0).register(words, { expected: 'whole milliseconds', code: 'BAD_DURATION' })

/** A duration as people write it (`90s`, `1m30s`), or whole milliseconds. */
export type Duration = string | VirtualMs

/** A duration as the library takes it. */
export const anyDuration: z.ZodType<Duration> = z.union([durationText, milliseconds]).register(words, {
  expected: `${durationWords}, or whole milliseconds`,
  code: 'BAD_DURATION',
  suggest: suggestDuration,
})

/** How far a clock is ahead as the library takes it; behind, if negative. */
export const clockDuration: z.ZodType<Duration> = z.union([clockText, z.int()]).register(words, {
  expected: 'a duration such as 5m, or -5m for behind, or whole milliseconds',
  code: 'BAD_DURATION',
})

/** A text without NUL and without halves of characters: nothing that a file name, a command line or a terminal chokes on. */
export const text = z.string().superRefine((given, context) => {
  const at = given.indexOf('\u0000')
  if (at !== -1) complain(context, [], { message: `the text has a NUL character at position ${at + 1}` })
  else if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(given))
    complain(context, [], { message: 'the text has half a character (a lone surrogate)' })
})

/** A text that says something. */
export const someText = text.min(1).register(words, { expected: 'a text that is not empty' })

/** One text or several. */
export const texts = z
  .union([someText, z.array(someText).min(1)])
  .register(words, { expected: 'a text, or a list of texts' })

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Name of an object as most kinds want it. Source: apimachinery/pkg/util/validation, IsDNS1123Subdomain. */
export const objectName = z
  .string()
  .max(253)
  .regex(subdomain)
  .register(words, {
    expected: 'a name of lower case letters, digits, - and .',
    suggest: (found) => suggestName(found, subdomain),
  })

/** `Mypod` -> `mypod`, `pod/mypod` -> `mypod`, `my_pod` -> `my-pod`. */
function suggestName(found: unknown, pattern: RegExp): string | undefined {
  if (typeof found !== 'string') return undefined
  const name = found
    .slice(found.lastIndexOf('/') + 1)
    .toLowerCase()
    .replaceAll('_', '-')
    .trim()
  return name !== found && pattern.test(name) ? quoted(name) : undefined
}

/** A node by name. */
export const nodeName = objectName
  .clone()
  .register(references, { to: 'node' })
  .register(words, { expected: 'the name of a node' })

/** Any object as kind/name; kinds in any spelling that kubectl takes. */
export const objectText = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9.-]*\/[^/\s]+$/)
  .register(references, { to: 'objectKind' })
  .register(words, {
    expected: 'kind/name, such as pod/mypod',
    suggest: (found) =>
      typeof found === 'string' && /^\S+[ :]\s*\S+$/.test(found) ? quoted(found.replace(/[ :]\s*/, '/')) : undefined,
  })

/** How many: a number, or a comparison such as ">=5". */
export const comparison = z.union([z.int().min(0), z.string().regex(/^(>=|<=|>|<|==)?\s*\d+$/)]).register(words, {
  expected: 'a whole number, or a comparison such as ">=5"',
  suggest: (found) => {
    const [, sign, digits] = /^\s*(=>|=<|=|>=|<=|>|<|==)\s*(\d+)\s*$/.exec(String(found)) ?? []
    return sign === undefined ? undefined : quoted(`${{ '=>': '>=', '=<': '<=', '=': '==' }[sign] ?? sign}${digits}`)
  },
})

/** Permission bits in octal, quoted. */
export const modeText = z
  .string()
  .regex(/^0?[0-7]{3,4}$/)
  .register(words, {
    expected: 'permission bits in octal as a quoted text, such as "0644"',
    suggest(found, source) {
      const written = (source ?? String(found)).trim()
      if (typeof found === 'number' && /^0?[0-7]{3,4}$/.test(written)) return quoted(written.padStart(4, '0'))
      const [, octal] = /^0o([0-7]{3,4})$/.exec(written) ?? []
      return octal === undefined ? undefined : quoted(octal.padStart(4, '0'))
    },
  })

/** An absolute path. */
export const absolutePath = text.regex(/^\//).register(words, {
  expected: 'a path that begins with /',
  suggest: (found) => (typeof found === 'string' && found !== '' ? quoted(`/${found}`) : undefined),
})

/** A quantity of Kubernetes above zero. */
export const quantity = z
  .union([z.string(), z.number()])
  .refine((given) => parseQuantity(String(given)).ok && quantityValue(String(given)) > 0)
  .register(words, { expected: 'a quantity such as 500m, 4 or 8Gi', suggest: suggestQuantity })

/** `8 GB` -> `8G`, `8gi` -> `8Gi`. */
function suggestQuantity(found: unknown): string | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(String(found)) ?? []
  if (amount === undefined) return undefined
  const binary = /^([kmgtpe])ib?$/i.exec(unit)?.[1]
  const decimal = /^([kmgtpe])b?$/i.exec(unit)?.[1]
  if (binary !== undefined) return quoted(`${amount}${binary.toUpperCase()}i`)
  if (decimal === undefined) return undefined
  const upper = decimal.toUpperCase()
  return quoted(`${amount}${upper === 'K' ? 'k' : upper}`)
}

/** Milliseconds of a duration that a schema has let through. */
export function millisecondsOf(duration: Duration): VirtualMs {
  return typeof duration === 'number' ? duration : (parseDuration(duration) ?? 0)
}
