import { fromBase64, utf8Text } from '../bytes/bytes.ts'
import { compareBytes, isObject } from './json.ts'
import { goQuote } from './quote.ts'
import {
  type Operand,
  type Part,
  type Pipeline,
  parseTemplate,
  TemplateFailure,
  templateWrong,
} from './template-parse.ts'
import { goValueText } from './value-text.ts'

export type TemplateResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string }

/** Runs a template over a JSON value. Missing fields print `<no value>`. Source: Go text/template exec.go. */
export function executeGoTemplate(source: string, data: unknown): TemplateResult {
  try {
    const parts = parseTemplate(source)
    return { ok: true, text: new Execution().run(parts, data, new Map([['$', data]])) }
  } catch (thrown) {
    if (thrown instanceof TemplateFailure) return { ok: false, error: thrown.message }
    throw thrown
  }
}

type Variables = Map<string, unknown>

/** Stands for a field that is not there; printed as `<no value>`. */
const missing = Symbol('no value')

class Execution {
  run(parts: readonly Part[], dot: unknown, variables: Variables): string {
    let text = ''
    for (const part of parts) text += this.#part(part, dot, variables)
    return text
  }

  #part(part: Part, dot: unknown, variables: Variables): string {
    if (part.kind === 'text') return part.text
    const inner: Variables = part.kind === 'output' ? variables : new Map(variables)
    const value = this.#pipeline(part.pipeline, dot, inner)
    if (part.kind === 'output') return part.pipeline.assigns.length > 0 ? '' : printed(value)
    if (part.kind === 'range') return this.#range(part, value, dot, inner)
    if (!isTrue(value)) return this.run(part.otherwise, dot, inner)
    return this.run(part.body, part.kind === 'with' ? value : dot, inner)
  }

  #range(part: Exclude<Part, { kind: 'text' | 'output' }>, value: unknown, dot: unknown, variables: Variables): string {
    const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
      ? value.map((item, i) => [i, item] as const)
      : isObject(value)
        ? Object.keys(value)
            .sort(compareBytes)
            .map((key) => [key, value[key]] as const)
        : value === missing || value === null || value === undefined
          ? []
          : templateWrong(`range can't iterate over ${goValueText(value)}`)
    if (entries.length === 0) return this.run(part.otherwise, dot, variables)
    const [first, second] = part.pipeline.assigns
    return entries
      .map(([key, item]) => {
        const scope = new Map(variables)
        if (second !== undefined && first !== undefined) scope.set(first, key).set(second, item)
        else if (first !== undefined) scope.set(first, item)
        return this.run(part.body, item, scope)
      })
      .join('')
  }

  #pipeline(pipeline: Pipeline, dot: unknown, variables: Variables): unknown {
    let value: unknown = missing
    pipeline.commands.forEach((command, i) => {
      value = this.#command(command, dot, variables, i === 0 ? [] : [value])
    })
    if (pipeline.assigns.length === 1) variables.set(pipeline.assigns[0] ?? '', value)
    return value
  }

  #command(command: readonly Operand[], dot: unknown, variables: Variables, piped: readonly unknown[]): unknown {
    const [first, ...rest] = command
    if (first === undefined) return templateWrong('missing value for command')
    if (first.kind === 'function') {
      const args = rest.map((operand) => this.#operand(operand, dot, variables))
      return callFunction(first.name, [...args, ...piped])
    }
    if (rest.length > 0 || piped.length > 0) templateWrong(`can't give argument to non-function`)
    return this.#operand(first, dot, variables)
  }

  #operand(operand: Operand, dot: unknown, variables: Variables): unknown {
    switch (operand.kind) {
      case 'literal':
        return operand.value
      case 'dot':
        return dot
      case 'variable':
        return variables.has(operand.name)
          ? variables.get(operand.name)
          : templateWrong(`undefined variable ${goQuote(operand.name)}`)
      case 'function':
        return callFunction(operand.name, [])
      case 'pipeline':
        return this.#pipeline(operand.pipeline, dot, new Map(variables))
      case 'chain':
        return operand.fields.reduce(fieldOf, this.#operand(operand.of, dot, variables))
    }
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (isObject(value)) return Object.hasOwn(value, name) ? value[name] : missing
  if (value === missing || value === null || value === undefined)
    return templateWrong(`nil data; no entry for key ${goQuote(name)}`)
  return templateWrong(`can't evaluate field ${name} in type interface {}`)
}

function printed(value: unknown): string {
  return value === missing || value === null || value === undefined ? '<no value>' : goValueText(value)
}

function isTrue(value: unknown): boolean {
  if (value === missing || value === null || value === undefined || value === false || value === 0 || value === '')
    return false
  return Array.isArray(value) ? value.length > 0 : isObject(value) ? Object.keys(value).length > 0 : true
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : templateWrong('error calling len: len of untyped nil')
}

function ordered(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareBytes(a, b)
  return templateWrong('incompatible types for comparison')
}

/** fmt.Sprint puts blanks between neighbours of which neither is a string. */
function sprint(values: readonly unknown[]): string {
  return values.reduce<string>((text, value, i) => {
    const gap = i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string'
    return text + (gap ? ' ' : '') + goValueText(value === missing ? undefined : value)
  }, '')
}

function sprintf(format: unknown, values: readonly unknown[]): string {
  let next = 0
  return String(format).replace(
    /%([-+# 0]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const value = values[next++]
      let text = goValueText(value === missing ? undefined : value)
      if (verb === 'q') text = goQuote(text)
      else if (verb === 'x') text = typeof value === 'number' ? value.toString(16) : text
      else if (verb === 'f' && typeof value === 'number')
        text = value.toFixed(precision === undefined ? 6 : Number(precision))
      return flags.includes('-')
        ? text.padEnd(Number(width))
        : text.padStart(Number(width), flags.includes('0') ? '0' : ' ')
    },
  )
}

/** Source: text/template funcs.go; exists and base64decode: k8s.io/cli-runtime pkg/printers/template.go. */
function callFunction(name: string, args: readonly unknown[]): unknown {
  const [a, b] = args
  switch (name) {
    case 'and':
      return args.find((value) => !isTrue(value)) ?? args.at(-1)
    case 'or':
      return args.find(isTrue) ?? args.at(-1)
    case 'not':
      return !isTrue(a)
    case 'len':
      return lengthOf(a)
    case 'index':
      return args
        .slice(1)
        .reduce((value, key) => (Array.isArray(value) ? value[Number(key)] : fieldOf(value, String(key))), a)
    case 'eq':
      return args.slice(1).some((value) => value === a)
    case 'ne':
      return a !== b
    case 'lt':
      return ordered(a, b) < 0
    case 'le':
      return ordered(a, b) <= 0
    case 'gt':
      return ordered(a, b) > 0
    case 'ge':
      return ordered(a, b) >= 0
    case 'print':
      return sprint(args)
    case 'println':
      return `${args.map((value) => printed(value)).join(' ')}\n`
    case 'printf':
      return sprintf(a, args.slice(1))
    case 'exists':
      return (
        args
          .slice(1)
          .reduce<unknown>(
            (value, key) => (isObject(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : missing),
            a,
          ) !== missing
      )
    case 'base64decode': {
      const bytes = fromBase64(String(a))
      return bytes === undefined ? templateWrong('error calling base64decode: illegal base64 data') : utf8Text(bytes)
    }
    default:
      return templateWrong(`function ${goQuote(name)} not defined`)
  }
}
