import { type Document, LineCounter, parseDocument, stringify, type YAMLError } from 'yaml'
import { fromBase64, utf8Bytes } from '../bytes/bytes.ts'
import { parseDuration } from '../sim/duration.ts'
import { closest, type Diagnostic, type DiagnosticCode, type Loaded, lineAndColumn } from './diagnostic.ts'
import { diagnosticsOf, quoted } from './issues.ts'
import type { Expectation, Place, Scenario, Step, StepAction, StepTime, Subject } from './model.ts'
import { keyRange, type Range, valueRange, type YamlPath } from './positions.ts'
import { checkManifests } from './scenario-manifests.ts'
import {
  clusterSchema,
  type ExpectationSource,
  expectationSchema,
  expectationSubjects,
  type FaultSource,
  faultKinds,
  faultSchema,
  outputSchema,
  type ScenarioSource,
  type StepSource,
  scenarioSchema,
  stepActions,
  stepSchema,
} from './schema.ts'

/** What loading needs from outside: the files that a scenario takes from beside it. */
export interface ScenarioSources {
  /** Content of a file below the scenario's own folder; undefined if there is none. Paths that leave it are refused. */
  readBeside(path: string): Uint8Array | undefined
}

/**
 * Reads a scenario from its text. All mistakes are told at once, each with its place. Scenario files are YAML 1.2;
 * manifests inside them are read as kubectl reads them.
 */
export function loadScenario(text: string, file: string, sources: ScenarioSources): Loaded<Scenario> {
  if (text.trim() === '')
    return failed({
      code: 'EMPTY_FILE',
      message: 'the file is empty; expected a scenario with title and steps',
      file,
      range: [0, 0],
    })
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, uniqueKeys: true })
  const [firstError, ...moreErrors] = document.errors
  if (firstError !== undefined)
    return {
      ok: false,
      errors: [
        yamlDiagnostic(firstError, text, file),
        ...moreErrors.slice(0, 4).map((error) => yamlDiagnostic(error, text, file)),
      ],
    }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return failed({
      code: 'YAML_SYNTAX',
      message: error instanceof Error ? error.message : String(error),
      file,
      range: [0, 1],
    })
  }
  if (value === null || value === undefined)
    return failed({
      code: 'EMPTY_FILE',
      message: 'the file holds only comments; expected a scenario with title and steps',
      file,
      range: [0, 1],
    })
  const parsed = scenarioSchema.safeParse(value, { reportInput: true })
  if (!parsed.success) return fail(diagnosticsOf(parsed.error.issues, document, file, keysAt))
  return compile(parsed.data, document, text, file, sources)
}

/** Keys that a map at this path may have, for messages. */
function keysAt(path: YamlPath): readonly string[] {
  const names = path.filter((part) => typeof part === 'string')
  const last = names[names.length - 1]
  if (names.length === 0) return Object.keys(scenarioSchema.shape)
  if (last === 'steps') return Object.keys(stepSchema.shape)
  if (last === 'expect' || last === 'wait') return Object.keys(expectationSchema.shape)
  if (last === 'fault') return Object.keys(faultSchema.shape)
  if (last === 'output') return Object.keys(outputSchema.shape)
  if (last === 'nodes') return ['name', 'cpu', 'memory', 'pods', 'labels', 'ttl', 'staticPods', 'kubelet']
  if (last === 'images') return ['name', 'program', 'size', 'pull', 'private', 'present']
  if (last === 'cluster') return Object.keys(clusterSchema.shape)
  return []
}

function yamlDiagnostic(error: YAMLError, text: string, file: string): Diagnostic {
  const [start, end] = error.pos
  const tab = text.indexOf('\t', Math.max(0, text.lastIndexOf('\n', start)))
  const isTab =
    error.code === 'TAB_AS_INDENT' ||
    (tab !== -1 && tab <= end && /^\s*$/.test(text.slice(text.lastIndexOf('\n', tab) + 1, tab)))
  if (isTab) {
    const at = text[start] === '\t' ? start : tab === -1 ? start : tab
    return {
      code: 'YAML_SYNTAX',
      message: 'found a tab where YAML wants spaces: indent with spaces',
      file,
      range: [at, at + 1],
    }
  }
  return {
    code: 'YAML_SYNTAX',
    message: error.message.split('\n')[0] ?? error.message,
    file,
    range: [start, Math.max(start + 1, end)],
  }
}

function compile(
  source: ScenarioSource,
  document: Document,
  text: string,
  file: string,
  sources: ScenarioSources,
): Loaded<Scenario> {
  const errors: Diagnostic[] = []
  const compiler = new Compiler(document, text, file, errors)
  const files = compiler.files(source, sources)
  const steps = source.steps.map((step, i) => compiler.step(step, ['steps', i]))
  const manifests = checkManifests(source, document, text, file)
  errors.push(...manifests.errors)
  if (errors.length > 0) return fail(errors)
  const seed = source.seed === undefined ? defaultSeed(file) : String(source.seed)
  return {
    ok: true,
    warnings: manifests.warnings,
    value: { file, source, title: source.title, covers: source.covers ?? [], seed, files, steps },
  }
}

/** The file's own name: stable wherever the folder stands. */
function defaultSeed(file: string): string {
  return (file.split(/[\\/]/).pop() ?? file).replace(/\.ya?ml$/, '')
}

class Compiler {
  private readonly document: Document
  private readonly text: string
  private readonly file: string
  private readonly errors: Diagnostic[]

  constructor(document: Document, text: string, file: string, errors: Diagnostic[]) {
    this.document = document
    this.text = text
    this.file = file
    this.errors = errors
  }

  files(source: ScenarioSource, sources: ScenarioSources): Record<string, Uint8Array> {
    const files: Record<string, Uint8Array> = Object.create(null) as Record<string, Uint8Array>
    for (const [path, content] of Object.entries(source.files ?? {})) {
      const at: YamlPath = ['files', path]
      if (path.startsWith('/') || path.split('/').includes('..')) {
        this.complain(
          'BAD_VALUE',
          `the file name ${quoted(path)} leaves the working directory`,
          keyRange(this.document, at),
        )
      } else if (typeof content === 'string') files[path] = utf8Bytes(content)
      else if ('from' in content) {
        const bytes = sources.readBeside(content.from)
        if (bytes === undefined)
          this.complain(
            'MISSING_FILE',
            `there is no file ${quoted(content.from)} beside the scenario`,
            valueRange(this.document, [...at, 'from']),
          )
        else files[path] = bytes
      } else {
        const bytes = fromBase64(content.base64.replace(/\s/g, ''))
        if (bytes === undefined)
          this.complain(
            'BAD_VALUE',
            `the content of ${quoted(path)} is no base64`,
            valueRange(this.document, [...at, 'base64']),
          )
        else files[path] = bytes
      }
    }
    return files
  }

  step(source: StepSource, path: YamlPath): Step {
    const actions = stepActions.filter((key) => source[key] !== undefined)
    if (actions.length > 1) {
      this.complain(
        'AMBIGUOUS_STEP',
        `a step does one thing; found ${actions.join(' and ')}`,
        keyRange(this.document, [...path, actions[1] ?? '']),
      )
    }
    if (actions.length === 0 && source.say === undefined && source.expect === undefined) {
      this.complain(
        'UNKNOWN_STEP',
        `the step has no action; expected one of ${[...stepActions, 'say', 'expect'].join(', ')}`,
        valueRange(this.document, path),
      )
    }
    const expectations =
      source.expect === undefined ? [] : Array.isArray(source.expect) ? source.expect : [source.expect]
    return {
      place: this.place(valueRange(this.document, path)),
      time: this.stepTime(source, path),
      say: source.say,
      action: this.action(source, actions[0], path),
      output: source.output,
      expectations: expectations.map((expectation, i) =>
        this.expectation(expectation, Array.isArray(source.expect) ? [...path, 'expect', i] : [...path, 'expect']),
      ),
    }
  }

  private stepTime(source: StepSource, path: YamlPath): StepTime {
    if (source.at !== undefined && source.after !== undefined) {
      this.complain(
        'AMBIGUOUS_STEP',
        'a step has one time; found at and after',
        keyRange(this.document, [...path, 'after']),
      )
    }
    if (source.at !== undefined) return { kind: 'at', ms: this.duration(source.at, [...path, 'at']) }
    return { kind: 'after', ms: source.after === undefined ? 0 : this.duration(source.after, [...path, 'after']) }
  }

  private action(
    source: StepSource,
    kind: (typeof stepActions)[number] | undefined,
    path: YamlPath,
  ): StepAction | undefined {
    if (source.kubectl !== undefined)
      return { kind: 'kubectl', line: source.kubectl, as: source.as, editor: source.editor }
    if (source.run !== undefined) return { kind: 'run', script: source.run, as: source.as }
    if (source.apply !== undefined) {
      if (typeof source.apply === 'string') return { kind: 'apply', manifest: source.apply, shown: source.apply }
      const objects: readonly object[] = Array.isArray(source.apply) ? source.apply : [source.apply]
      return {
        kind: 'apply',
        // JSON means the same to every reader of YAML; people read the other.
        manifest: objects.map((object) => JSON.stringify(object)).join('\n---\n'),
        shown: objects.map((object) => stringify(object, { version: '1.1', lineWidth: 0 })).join('---\n'),
      }
    }
    if (source.exec !== undefined) {
      const [pod, container] = (source.in ?? '').split('/')
      if (pod === undefined || pod === '')
        this.complain('MISSING_KEY', 'exec needs in: pod or pod/container', valueRange(this.document, path))
      return { kind: 'exec', line: source.exec, pod: pod ?? '', container, namespace: source.namespace }
    }
    if (typeof source.wait === 'string') return { kind: 'wait', ms: this.duration(source.wait, [...path, 'wait']) }
    if (source.wait !== undefined)
      return { kind: 'waitFor', expectation: this.expectation(source.wait, [...path, 'wait']) }
    if (kind === 'fault' && source.fault !== undefined) return this.fault(source.fault, [...path, 'fault'])
    return undefined
  }

  private fault(fault: FaultSource, path: YamlPath): StepAction {
    const kinds = faultKinds.filter((key) => fault[key] !== undefined)
    if (kinds.length !== 1) {
      this.complain(
        'BAD_VALUE',
        `a fault is one accident; found ${kinds.length === 0 ? 'none' : kinds.join(' and ')}, expected one of ${faultKinds.join(', ')}`,
        valueRange(this.document, path),
      )
    }
    return {
      kind: 'fault',
      fault,
      forMs: fault.for === undefined ? undefined : this.duration(fault.for, [...path, 'for']),
    }
  }

  private expectation(source: ExpectationSource, path: YamlPath): Expectation {
    const subjects = expectationSubjects.filter((key) => source[key] !== undefined)
    if (subjects.length === 0) {
      this.complain(
        'UNKNOWN_EXPECTATION',
        `the expectation names nothing to look at; expected one of ${expectationSubjects.join(', ')}`,
        valueRange(this.document, path),
      )
    }
    if (subjects.length > 1) {
      this.complain(
        'AMBIGUOUS_EXPECTATION',
        `an expectation looks at one thing; found ${subjects.join(' and ')}`,
        keyRange(this.document, [...path, subjects[1] ?? '']),
      )
    }
    const needsContainer = source.file !== undefined || source.env !== undefined
    if (needsContainer && source.in === undefined)
      this.complain(
        'MISSING_KEY',
        'missing key "in": pod or pod/container to look into',
        valueRange(this.document, path),
      )
    return {
      place: this.place(valueRange(this.document, path)),
      subject: (subjects[0] ?? 'pod') as Subject,
      source,
      timing: this.timing(source, path),
      atMostMs: source.atMost === undefined ? undefined : this.duration(source.atMost, [...path, 'atMost']),
      atLeastMs: source.atLeast === undefined ? undefined : this.duration(source.atLeast, [...path, 'atLeast']),
    }
  }

  private timing(source: ExpectationSource, path: YamlPath): Expectation['timing'] {
    for (const kind of ['within', 'always', 'never'] as const) {
      const text = source[kind]
      if (text !== undefined) return { kind, ms: this.duration(text, [...path, kind]) }
    }
    return { kind: 'now' }
  }

  private duration(text: string, path: YamlPath): number {
    const ms = parseDuration(text)
    if (ms !== undefined) return ms
    const number = /^\d+(\.\d+)?$/.test(text.trim())
    const unit =
      spelledOut[text.replace(/[\d.\s]/g, '').toLowerCase()] ??
      closest(text.replace(/[\d.\s]/g, ''), ['ms', 's', 'm', 'h', 'd'])
    this.complain(
      'BAD_DURATION',
      `${quoted(text)} is no duration; expected a number with a unit (ms, s, m, h, d), such as 90s or 1m30s`,
      valueRange(this.document, path),
      number ? quoted(`${text.trim()}s`) : unit === undefined ? undefined : quoted(text.replace(/[^\d.]/g, '') + unit),
    )
    return 0
  }

  private place(range: Range): Place {
    return lineAndColumn(this.text, range[0])
  }

  private complain(code: DiagnosticCode, message: string, range: Range, suggestion?: string): void {
    this.errors.push({ code, message, file: this.file, range, ...(suggestion === undefined ? {} : { suggestion }) })
  }
}

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
  day: 'd',
  days: 'd',
  msec: 'ms',
}

function fail(errors: readonly Diagnostic[]): Loaded<never> {
  const [first, ...rest] = [...errors].sort((a, b) => a.range[0] - b.range[0])
  if (first === undefined) throw new Error('a scenario that fails to load has an error')
  return { ok: false, errors: [first, ...rest] }
}

function failed(error: Diagnostic): Loaded<never> {
  return { ok: false, errors: [error] }
}
