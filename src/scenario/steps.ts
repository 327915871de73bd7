import { utf8Text } from '../bytes/bytes.ts'
import { closest } from '../sim/input/closest.ts'
import { complaintsOf } from '../sim/input/complaints.ts'
import { quoted } from '../sim/input/words.ts'
import { type StepSource, stepSchema } from './actions.ts'
import { Compiler } from './compile.ts'
import type { Diagnostic } from './diagnostic.ts'
import { diagnosticOf, tellingOf } from './issues.ts'
import type { ResolvedStep, Step } from './model.ts'
import { keyRange, valueRange, type YamlPath } from './positions.ts'
import { includeSchema, type TemplateSource } from './schema.ts'
import type { ScenarioSources } from './sources.ts'
import { at, fitted } from './variables/fit.ts'
import { hasVariables, substituted, unknownVariables, type Values } from './variables/substitute.ts'
import { type ReadText, readYaml } from './yaml-text.ts'

/** Makes the steps of a scenario: templates and included files are put in where they are used, with their variables. */

/** A text with steps: the scenario's own, or one that it includes. */
export interface StepText {
  readonly compiler: Compiler
  readonly read: Extract<ReadText, { readonly ok: true }>
  readonly text: string
  readonly file: string
  readonly isIncluded: boolean
}

interface Scope {
  readonly templates: Readonly<Record<string, TemplateSource>>
  readonly sources: ScenarioSources
  /** Names that steps capture, anywhere. */
  readonly captured: readonly string[]
}

type UsingStep = StepSource & { readonly with?: Values | undefined }

/** Templates that use templates: more are a circle. */
const deepestUse = 10

export class StepMaker {
  readonly errors: Diagnostic[] = []
  private readonly scope: Scope
  private readonly main: StepText

  constructor(main: StepText, scope: Scope) {
    this.main = main
    this.scope = scope
  }

  /** The steps at `path` of the scenario, with `values` put in already. */
  steps(sources: readonly StepSource[], path: YamlPath, values: Values): readonly Step[] {
    return sources.flatMap((source, i) => this.made(source, [...path, i], this.main, values, 0))
  }

  private made(source: StepSource, path: YamlPath, from: StepText, values: Values, depth: number): readonly Step[] {
    const used = this.usedBy(source, path, from, depth)
    if (used === 'nothing') return [this.step(source, path, from)]
    if (used === undefined) return []
    const { at, after, say, expect, capture, with: given = {} } = source as UsingStep // it uses something
    const inner = { ...values, ...this.valuesFor(used.template, given, path, from) }
    const own = used.template.steps.flatMap((step, i) => {
      const place = [...used.path, i]
      const names = [...Object.keys(inner), ...Object.keys(used.template.with ?? {})]
      const filled = this.filled(step, inner, place, used.text, names)
      return filled === undefined ? [] : this.made(filled, place, used.text, values, depth + 1)
    })
    // What stands beside it comes before and after the steps that it stands for.
    const before = {
      ...(at === undefined ? {} : { at }),
      ...(after === undefined ? {} : { after }),
      ...(say === undefined ? {} : { say }),
    }
    const behind = { ...(expect === undefined ? {} : { expect }), ...(capture === undefined ? {} : { capture }) }
    return [
      ...(Object.keys(before).length === 0 ? [] : [this.step(before, path, from)]),
      ...own,
      ...(Object.keys(behind).length === 0 ? [] : [this.step(behind, path, from)]),
    ]
  }

  /** The steps that a step stands for: `nothing`, if it stands for itself; undefined, if they are not to be had. */
  private usedBy(source: StepSource, path: YamlPath, from: StepText, depth: number) {
    const template = 'use' in source ? source.use : undefined
    const file = 'include' in source ? source.include : undefined
    if (template === undefined && file === undefined) return 'nothing'
    if (depth >= deepestUse) {
      const message = 'templates use each other without end'
      this.complain(from, 'BAD_REFERENCE', message, [...path, template === undefined ? 'include' : 'use'])
      return undefined
    }
    return template === undefined ? this.included(String(file), path, from) : this.template(template, path, from)
  }

  private template(name: string, path: YamlPath, from: StepText) {
    const { templates } = this.scope
    const template = Object.hasOwn(templates, name) ? templates[name] : undefined
    if (template !== undefined) return { template, path: ['templates', name, 'steps'], text: this.main }
    const names = Object.keys(templates)
    const meant = closest(name, names)
    const message = `there is no template ${quoted(name)}; expected ${names.length === 0 ? 'none, for none is declared' : `one of ${names.join(', ')}`}`
    this.complain(from, 'BAD_REFERENCE', message, [...path, 'use'], meant)
    return undefined
  }

  private included(name: string, path: YamlPath, from: StepText) {
    const bytes = this.scope.sources.readBeside(name)
    if (bytes === undefined) {
      this.complain(from, 'MISSING_FILE', `there is no file ${quoted(name)} beside the scenario`, [...path, 'include'])
      return undefined
    }
    const text = utf8Text(bytes)
    const read = readYaml(text, name)
    if (!read.ok) {
      this.errors.push(...read.errors.map((error) => ({ ...error, text })))
      return undefined
    }
    const compiler = new Compiler(read.document, text, name, true)
    const stepText: StepText = { compiler, read, text, file: name, isIncluded: true }
    const complaints = complaintsOf(includeSchema, read.value, tellingOf(read.document)).filter(
      (complaint) => !isOpen(read.value, complaint.path),
    )
    if (complaints.length > 0) {
      for (const each of complaints) this.errors.push({ ...diagnosticOf(each, read.document, name), text })
      return undefined
    }
    // Just now the schema took it.
    const value = read.value as TemplateSource | readonly StepSource[]
    const isList = Array.isArray(value)
    // Which of both it is was just now seen.
    const template: TemplateSource = isList ? { steps: value as readonly StepSource[] } : (value as TemplateSource)
    return { template, path: isList ? [] : ['steps'], text: stepText }
  }

  /** What a template's variables stand for here; tells of those that are missing or not its own. */
  private valuesFor(template: TemplateSource, given: Values, path: YamlPath, from: StepText): Values {
    const { with: own = {} } = template
    const values: Record<string, Values[string]> = {}
    for (const [name, preset] of Object.entries(own)) {
      const value = Object.hasOwn(given, name) ? given[name] : preset
      if (value === null || value === undefined)
        this.complain(from, 'MISSING_KEY', `the variable ${quoted(name)} has no value; expected it in with`, path)
      else values[name] = value
    }
    for (const name of Object.keys(given).filter((each) => !Object.hasOwn(own, each))) {
      const meant = closest(name, Object.keys(own))
      const message = `there is no variable ${quoted(name)} in what is used; expected ${Object.keys(own).join(', ') || 'none'}`
      this.complain(from, 'BAD_REFERENCE', message, [...path, 'with', name], meant, true)
    }
    return values
  }

  /** A step of a template with its variables put in; undefined, and told of, if it means nothing with them. */
  private filled(
    step: StepSource,
    values: Values,
    path: YamlPath,
    from: StepText,
    known: readonly string[],
  ): StepSource | undefined {
    const before = this.errors.length
    const put = substituted(step, values)
    for (const problem of unknownVariables(put, [...known, ...this.scope.captured]))
      this.complain(from, 'BAD_REFERENCE', problem.message, [...path, ...problem.path], problem.suggestion)
    const { document } = from.read
    const { value, complaints } = fitted(stepSchema, step, put, tellingOf(document))
    for (const complaint of complaints) {
      if (isOpen(put, complaint.path)) continue
      const placed = diagnosticOf({ ...complaint, path: [...path, ...complaint.path] }, document, from.file)
      this.errors.push(from.isIncluded ? { ...placed, text: from.text } : placed)
    }
    // The schema took it, but for what only the run puts in.
    return this.errors.length > before ? undefined : (value as StepSource)
  }

  private step(source: StepSource, path: YamlPath, from: StepText): Step {
    const step = from.compiler.step(source, path)
    if (!hasVariables(source)) return step
    return { ...step, resolve: (values) => this.resolved(source, path, from, values) }
  }

  /** The step with what the run has captured. */
  private resolved(source: StepSource, path: YamlPath, from: StepText, values: Values): ResolvedStep {
    const filled = substituted(source, values)
    const [missing] = unknownVariables(filled, Object.keys(values))
    if (missing !== undefined) return { ok: false, problem: `${missing.message}: nothing was captured as that yet` }
    const fit = fitted(stepSchema, source, filled)
    const [complaint] = fit.complaints
    if (complaint !== undefined) return { ok: false, problem: complaint.message }
    // Just now the schema took it.
    return {
      ok: true,
      // The schema took it.
      step: new Compiler(from.read.document, from.text, from.file, from.isIncluded).step(fit.value as StepSource, path),
    }
  }

  private complain(
    { read: { document }, file, text, isIncluded }: StepText,
    code: Diagnostic['code'],
    message: string,
    path: YamlPath,
    suggestion?: string,
    isAtKey = false,
  ): void {
    const range = isAtKey ? keyRange(document, path) : valueRange(document, path)
    const told =
      suggestion === undefined ? {} : { suggestion: suggestion.startsWith('"') ? suggestion : quoted(suggestion) }
    if (this.errors.some((error) => error.file === file && error.message === message && error.range[0] === range[0]))
      return
    this.errors.push({ code, message, file, range, ...(isIncluded ? { text } : {}), ...told })
  }
}

/** Whether the value at a path waits for what only the run knows: the schema can say nothing of it yet. */
export function isOpen(value: unknown, path: YamlPath): boolean {
  const found = at(value, path)
  return typeof found === 'string' && hasVariables(found)
}

/** Names that a text's steps capture, those of files that it includes among them. */
export function capturedNames(value: unknown, sources: ScenarioSources, depth = 0): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const names: string[] = []
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'capture' && typeof inner === 'object' && inner !== null) names.push(...Object.keys(inner))
    else if (key === 'include' && typeof inner === 'string' && depth < deepestUse) {
      const bytes = sources.readBeside(inner)
      const read = bytes === undefined ? undefined : readYaml(utf8Text(bytes), inner)
      if (read?.ok === true) names.push(...capturedNames(read.value, sources, depth + 1))
    } else names.push(...capturedNames(inner, sources, depth))
  }
  return [...new Set(names)]
}
