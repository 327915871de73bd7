import { utf8Bytes } from '../bytes/bytes.ts'
import { compareBytes, isObject } from './json.ts'
import { goQuote } from './quote.ts'
import { arityOf, callFunction, functionNames } from './template-functions.ts'
import {
  type Command,
  type Operand,
  type Part,
  type Pipeline,
  type Place,
  TemplateFailure,
  type Templates,
} from './template-nodes.ts'
import { parseTemplate } from './template-parse.ts'
import { box, type Held, isTrue, missing, plain, textOf, typeOf } from './template-values.ts'
import { goValueText } from './value-text.ts'

export type TemplateResult =
  | { readonly ok: true; readonly text: string }
  /** It does not parse, or met what it cannot do with after it had written `text`. */
  | { readonly ok: false; readonly error: string; readonly text: string }

export interface TemplateOptions {
  /** A key that is not there ends the template. */
  readonly missingKeysFail?: boolean
}

/** Name of the template in messages. Source: cli-runtime pkg/printers/template.go, NewGoTemplatePrinter. */
const templateName = 'output'

/** Runs a template over a JSON value. Missing fields print `<no value>`. Source: Go text/template exec.go. */
export function executeGoTemplate(source: string, data: unknown, options: TemplateOptions = {}): TemplateResult {
  const parsed = attempted(() => parseTemplate(source, templateName, functionNames))
  if ('error' in parsed) return { ok: false, error: parsed.error, text: '' }
  const execution = new Execution(source, parsed.value, options)
  const run = attempted(() => execution.run(templateName, plain(data)))
  if ('error' in run) return { ok: false, error: run.error, text: execution.text }
  return { ok: true, text: execution.text }
}

/** Why a template does not parse; undefined when it does. */
export function goTemplateError(source: string): string | undefined {
  const parsed = attempted(() => parseTemplate(source, templateName, functionNames))
  return 'error' in parsed ? parsed.error : undefined
}

function attempted<T>(work: () => T): { readonly value: T } | { readonly error: string } {
  try {
    return { value: work() }
  } catch (thrown) {
    if (thrown instanceof TemplateFailure) return { error: thrown.message }
    throw thrown
  }
}

interface Variable {
  readonly name: string
  value: Held
}

/** Leaves the range around it. */
class Jump extends Error {
  readonly kind: 'break' | 'continue'
  constructor(kind: 'break' | 'continue') {
    super(kind)
    this.kind = kind
  }
}

/** Source: exec.go, maxExecDepth, which no terminal waits for. */
const maxDepth = 1000

class Execution {
  text = ''
  readonly #source: string
  readonly #templates: Templates
  readonly #options: TemplateOptions
  #variables: Variable[] = []
  #depth = 0
  /** What a message would name. */
  #node: Place = { at: 0, shown: '' }
  #name = templateName

  constructor(source: string, templates: Templates, options: TemplateOptions) {
    this.#source = source
    this.#templates = templates
    this.#options = options
  }

  run(name: string, dot: Held): void {
    const outer = { variables: this.#variables, name: this.#name }
    this.#variables = [{ name: '$', value: dot }]
    this.#name = name
    this.#walk(this.#templates.get(name) ?? [], dot)
    this.#variables = outer.variables
    this.#name = outer.name
  }

  #wrong(text: string): never {
    const before = this.#source.slice(0, this.#node.at)
    const line = 1 + (before.match(/\n/g)?.length ?? 0)
    const column = utf8Bytes(before.slice(before.lastIndexOf('\n') + 1)).length
    const place = `${templateName}:${line}:${column}`
    throw new TemplateFailure(`template: ${place}: executing ${goQuote(this.#name)} at <${this.#node.shown}>: ${text}`)
  }

  #walk(parts: readonly Part[], dot: Held): void {
    for (const part of parts) this.#part(part, dot)
  }

  #part(part: Part, dot: Held): void {
    switch (part.kind) {
      case 'text':
        this.text += part.text
        return
      case 'output': {
        const value = this.#pipeline(part.pipeline, dot)
        if (part.pipeline.assigns.length === 0) this.text += textOf(value)
        return
      }
      case 'break':
      case 'continue':
        throw new Jump(part.kind)
      case 'template':
        this.#template(part, dot)
        return
      default:
        this.#control(part, dot)
    }
  }

  #template({ name, pipeline, node }: Extract<Part, { kind: 'template' }>, dot: Held): void {
    this.#node = node
    if (!this.#templates.has(name)) this.#wrong(`template ${goQuote(name)} not defined`)
    if (this.#depth === maxDepth) this.#wrong(`exceeded maximum template depth (${maxDepth})`)
    this.#depth++
    this.run(name, pipeline === undefined ? missing : this.#pipeline(pipeline, dot))
    this.#depth--
  }

  #control(part: Extract<Part, { kind: 'if' | 'with' | 'range' }>, dot: Held): void {
    const mark = this.#variables.length
    const value = this.#pipeline(part.pipeline, dot)
    if (part.kind === 'range') this.#range(part, value, dot)
    else if (isTrue(value)) this.#walk(part.body, part.kind === 'with' ? value : dot)
    else this.#walk(part.otherwise, dot)
    this.#variables.length = mark
  }

  #range(part: Extract<Part, { kind: 'if' | 'with' | 'range' }>, value: Held, dot: Held): void {
    const entries = this.#entries(value)
    if (entries.length === 0) {
      this.#walk(part.otherwise, dot)
      return
    }
    const mark = this.#variables.length
    const [first, second] = [this.#variables[mark - part.pipeline.assigns.length], this.#variables[mark - 1]]
    try {
      for (const [key, item] of entries) {
        if (part.pipeline.assigns.length > 0 && second !== undefined) second.value = item
        if (part.pipeline.assigns.length > 1 && first !== undefined) first.value = plain(key)
        this.#iteration(part.body, item)
        this.#variables.length = mark
      }
    } catch (thrown) {
      if (!(thrown instanceof Jump)) throw thrown
    }
  }

  #iteration(body: readonly Part[], item: Held): void {
    try {
      this.#walk(body, item)
    } catch (thrown) {
      if (!(thrown instanceof Jump) || thrown.kind === 'break') throw thrown
    }
  }

  #entries(held: Held): readonly (readonly [unknown, Held])[] {
    const value = held === missing ? undefined : held.value
    if (Array.isArray(value)) return value.map((item, i) => [i, box(item)] as const)
    if (isObject(value)) {
      return Object.keys(value)
        .sort(compareBytes)
        .map((key) => [key, box(value[key])] as const)
    }
    return value === undefined || value === null ? [] : this.#wrong(`range can't iterate over ${goValueText(value)}`)
  }

  #pipeline(pipeline: Pipeline, dot: Held): Held {
    this.#node = pipeline
    let value: Held | undefined
    for (const command of pipeline.commands) value = unboxed(this.#command(command, dot, value))
    const result = value ?? missing
    for (const name of pipeline.assigns) {
      const known = pipeline.isAssignment ? this.#variables.findLast((one) => one.name === name) : undefined
      if (known === undefined) this.#variables.push({ name, value: result })
      else known.value = result
    }
    return result
  }

  #command(command: Command, dot: Held, piped: Held | undefined): Held {
    const [first, ...rest] = command.operands
    if (first === undefined) return this.#wrong('empty command')
    if (first.kind === 'function') return this.#call(first, command, rest, dot, piped)
    if (first.kind === 'field' || first.kind === 'chain' || (first.kind === 'variable' && first.names.length > 0))
      return this.#fields(first, dot, rest.length > 0 || piped !== undefined)
    if (first.kind !== 'pipeline') this.#node = first
    if (rest.length > 0 || piped !== undefined) this.#wrong(`can't give argument to non-function ${first.shown}`)
    if (first.kind === 'nil') return this.#wrong('nil is not a command')
    return this.#operand(first, dot)
  }

  #operand(operand: Operand, dot: Held): Held {
    if (operand.kind === 'pipeline') return this.#pipeline(operand, dot)
    this.#node = operand
    switch (operand.kind) {
      case 'literal':
        return { value: operand.value, boxed: false, goType: operand.goType }
      case 'dot':
        return dot
      case 'nil':
        return { value: null, boxed: true }
      case 'function':
        return this.#call(operand, operand, [], dot, undefined)
      default:
        return this.#fields(operand, dot, false)
    }
  }

  #fields(operand: Extract<Operand, { kind: 'field' | 'variable' | 'chain' }>, dot: Held, hasArguments: boolean): Held {
    this.#node = operand
    let value: Held = dot
    if (operand.kind === 'variable')
      value = this.#variables.findLast(({ name }) => name === operand.name)?.value ?? missing
    if (operand.kind === 'chain') {
      if (operand.of.kind === 'nil') this.#wrong(`indirection through explicit nil in ${operand.shown}`)
      value = this.#operand(operand.of, dot)
    }
    operand.names.forEach((name, i) => {
      value = this.#field(value, name, hasArguments && i === operand.names.length - 1)
    })
    return value
  }

  #field(held: Held, name: string, hasArguments: boolean): Held {
    if (held === missing)
      return this.#options.missingKeysFail === true
        ? this.#wrong(`nil data; no entry for key ${goQuote(name)}`)
        : missing
    const type = typeOf(held)
    if (held.value === null) return this.#wrong(`nil pointer evaluating ${type}.${name}`)
    if (!isObject(held.value)) return this.#wrong(`can't evaluate field ${name} in type ${type}`)
    if (hasArguments) this.#wrong(`${name} is not a method but has arguments`)
    if (Object.hasOwn(held.value, name)) return box(held.value[name])
    return this.#options.missingKeysFail === true ? this.#wrong(`map has no entry for key ${goQuote(name)}`) : missing
  }

  #call(
    node: Extract<Operand, { kind: 'function' }>,
    whole: Place,
    operands: readonly Operand[],
    dot: Held,
    piped: Held | undefined,
  ): Held {
    this.#node = node
    const { name } = node
    const { fixed, isVariadic } = arityOf(name)
    const count = operands.length + (piped === undefined ? 0 : 1)
    if (isVariadic && count < fixed)
      this.#wrong(`wrong number of args for ${name}: want at least ${fixed} got ${operands.length}`)
    if (!isVariadic && count !== fixed) this.#wrong(`wrong number of args for ${name}: want ${fixed} got ${count}`)
    if (name === 'and' || name === 'or') return this.#logic(name, operands, dot, piped)
    const given = operands.map((operand) => this.#operand(operand, dot))
    const result = callFunction(name, piped === undefined ? given : [...given, piped])
    if (!('error' in result)) return result
    if (result.isOfArgument !== true) this.#node = whole
    return this.#wrong(result.isOfArgument === true ? result.error : `error calling ${name}: ${result.error}`)
  }

  /** What decides is the last that is looked at. */
  #logic(name: 'and' | 'or', operands: readonly Operand[], dot: Held, piped: Held | undefined): Held {
    let value: Held = missing
    for (const operand of operands) {
      value = this.#operand(operand, dot)
      if (isTrue(value) === (name === 'or')) return value
    }
    return piped ?? value
  }
}

/** The value inside of an interface; nothing for a nil one. */
function unboxed(held: Held): Held {
  if (held === missing || !held.boxed) return held
  return held.value === null || held.value === undefined ? missing : { value: held.value, boxed: false }
}
