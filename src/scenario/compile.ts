import { type Document, stringify } from 'yaml'
import { fromBase64, utf8Bytes } from '../bytes/bytes.ts'
import { millisecondsOf } from '../sim/input/formats.ts'
import { quoted } from '../sim/input/words.ts'
import type { StepSource } from './actions.ts'
import { BesideFiles } from './beside.ts'
import { type Diagnostic, type DiagnosticCode, lineAndColumn } from './diagnostic.ts'
import { timeWords } from './expect/subject.ts'
import { type ExpectationSource, lookOf } from './expect/subjects.ts'
import type { Expectation, ExpectationTiming, Question, Step, StepAction, StepTime } from './model.ts'
import type { Place } from './place.ts'
import { keyRange, type Range, valueRange, type YamlPath } from './positions.ts'
import type { FileContent, ScenarioSource } from './schema.ts'
import type { ScenarioSources } from './sources.ts'

/** Makes of a scenario that fits the schema what is run; tells what only now is seen to be wrong. */
export class Compiler {
  readonly errors: Diagnostic[] = []
  private readonly document: Document
  private readonly text: string
  private readonly file: string

  private readonly isIncluded: boolean

  constructor(document: Document, text: string, file: string, isIncluded = false) {
    this.document = document
    this.text = text
    this.file = file
    this.isIncluded = isIncluded
  }

  /** The files that a scenario declares; those of folders beside it among them. */
  files({ files: given = {} }: ScenarioSource, sources: ScenarioSources): BesideFiles {
    // No prototype: __proto__ is a name like any other.
    const files: Record<string, Uint8Array> = Object.create(null) as Record<string, Uint8Array>
    const beside = new BesideFiles(files, sources)
    const isMap = typeof given === 'object' && !Array.isArray(given)
    const paths = isMap ? [] : typeof given === 'string' ? [given] : given
    for (const [path, content] of Object.entries(isMap ? given : {})) {
      if (typeof content === 'object' && 'from' in content && beside.add(content.from, path)) continue
      const bytes = this.bytesOf(path, content, sources)
      if (bytes !== undefined) files[path] = bytes
    }
    // A union of a text and a list: which it is was seen above.
    const all = paths as readonly string[]
    for (const [i, path] of all.entries()) {
      const range = valueRange(this.document, typeof given === 'string' ? ['files'] : ['files', i])
      if (path.startsWith('/'))
        this.complain('BAD_VALUE', `${quoted(path)} is no path below the scenario's folder`, range)
      else if (!beside.add(path))
        this.complain('MISSING_FILE', `there is no ${quoted(path)} beside the scenario`, range)
    }
    return beside
  }

  /** Takes what the commands of some steps name beside the scenario, too. */
  filesNamed(beside: BesideFiles, steps: readonly Step[]): Readonly<Record<string, Uint8Array>> {
    beside.addNamed(steps)
    const { problem, files } = beside
    if (problem !== undefined) this.complain('BAD_VALUE', `${problem} beside the scenario`, [0, 1])
    return files
  }

  private bytesOf(path: string, content: FileContent, sources: ScenarioSources): Uint8Array | undefined {
    const at: YamlPath = ['files', path]
    const wrongName = fileNameProblem(path)
    if (wrongName !== undefined) {
      this.complain('BAD_VALUE', `the file name ${quoted(path)} ${wrongName}`, keyRange(this.document, at))
      return undefined
    }
    if (typeof content === 'string') return utf8Bytes(content)
    const isFrom = 'from' in content
    const bytes = isFrom ? sources.readBeside(content.from) : fromBase64(content.base64.replace(/\s/g, ''))
    if (bytes !== undefined) return bytes
    const range = valueRange(this.document, [...at, isFrom ? 'from' : 'base64'])
    if (isFrom) this.complain('MISSING_FILE', `there is no file ${quoted(content.from)} beside the scenario`, range)
    else this.complain('BAD_VALUE', `the content of ${quoted(path)} is no base64`, range)
    return undefined
  }

  step(source: StepSource, path: YamlPath): Step {
    const { expect = [], capture = {}, continue: continues = false } = source
    return {
      place: this.place(path),
      time: timeOf(source),
      say: source.say,
      ask: this.question(source, path),
      action: this.action(source, path),
      output: 'output' in source ? source.output : undefined,
      expectations: Array.isArray(expect)
        ? expect.map((each: ExpectationSource, i) => this.expectation(each, [...path, 'expect', i]))
        : [this.expectation(expect as ExpectationSource, [...path, 'expect'])],
      capture,
      continues,
    }
  }

  private question({ ask }: StepSource, path: YamlPath): Question | undefined {
    if (ask === undefined) return undefined
    const choices = ask.choices.map(({ say, expect }, i) => {
      const at: YamlPath = [...path, 'ask', 'choices', i, 'expect']
      const expectation = this.expectation(expect, at)
      if (expectation.timing.kind !== 'now')
        this.complain(
          'BAD_VALUE',
          'an answer is looked at when it is asked for: it takes no time',
          keyRange(this.document, at),
        )
      return { text: say, expectation }
    })
    return { text: ask.question, choices, because: ask.because }
  }

  private action(source: StepSource, path: YamlPath): StepAction | undefined {
    if ('kubectl' in source && source.kubectl !== undefined) {
      const { kubectl: line, editor } = source
      if (editor !== undefined && !/\bedit\b/.test(line))
        this.complain(
          'BAD_VALUE',
          'an editor goes with kubectl edit alone',
          keyRange(this.document, [...path, 'editor']),
        )
      return { kind: 'kubectl', line, ...commandOf(source), editor }
    }
    if ('run' in source && source.run !== undefined) return { kind: 'run', script: source.run, ...commandOf(source) }
    if ('apply' in source && source.apply !== undefined)
      return { kind: 'apply', ...manifestOf(source.apply), ...commandOf(source) }
    if ('exec' in source && source.exec !== undefined) {
      const { exec: line, in: selection, container, namespace } = source
      return { kind: 'exec', line, in: selection, container, namespace }
    }
    if ('request' in source && source.request !== undefined) return { kind: 'request', request: source.request }
    if ('populate' in source && source.populate !== undefined) return { kind: 'populate', population: source.populate }
    if ('wait' in source && source.wait !== undefined) {
      const { wait } = source
      if (typeof wait === 'string') return { kind: 'wait', ms: millisecondsOf(wait) }
      return { kind: 'waitFor', expectation: this.expectation(wait, [...path, 'wait']) }
    }
    if ('fault' in source && source.fault !== undefined) return { kind: 'fault', fault: source.fault }
    return undefined
  }

  private expectation(source: ExpectationSource, path: YamlPath): Expectation {
    return {
      place: this.place(path),
      source,
      timing: timingOf(source),
      isSometimes: source.sometimes === true,
      ...lookOf(source),
    }
  }

  /** Line and column of the value at `path`. */
  place(path: YamlPath): Place {
    const place = lineAndColumn(this.text, valueRange(this.document, path)[0])
    return this.isIncluded ? { ...place, file: this.file } : place
  }

  private complain(code: DiagnosticCode, message: string, range: Range): void {
    this.errors.push({ code, message, file: this.file, range, ...(this.isIncluded ? { text: this.text } : {}) })
  }
}

/** Why a path can't be that of a file in the working directory; undefined if it can. */
function fileNameProblem(path: string): string | undefined {
  if (path === '') return 'is empty'
  if (path.includes('\u0000')) return 'has a NUL character'
  if (path.startsWith('/') || path.split('/').includes('..')) return 'leaves the working directory'
  return path.endsWith('/') || path.split('/').includes('.') ? 'is that of a folder' : undefined
}

function timeOf({ at, after }: StepSource): StepTime {
  if (at !== undefined) return { kind: 'at', ms: millisecondsOf(at) }
  return { kind: 'after', ms: after === undefined ? 0 : millisecondsOf(after) }
}

/** When an expectation must hold. */
function timingOf(source: ExpectationSource): ExpectationTiming {
  for (const kind of timeWords) {
    const { [kind]: duration } = source
    if (duration !== undefined) return { kind, ms: millisecondsOf(duration) }
  }
  return { kind: 'now' }
}

/** Who runs a command, and what time it takes. */
function commandOf({
  as,
  commandTime,
}: {
  readonly as?: string | undefined
  readonly commandTime?: string | undefined
}) {
  return { as, ...(commandTime === undefined ? {} : { commandTime: millisecondsOf(commandTime) }) }
}

function manifestOf(manifest: string | object | readonly object[]): {
  readonly manifest: string
  readonly shown: string
} {
  if (typeof manifest === 'string') return { manifest, shown: manifest }
  const objects: readonly object[] = Array.isArray(manifest) ? manifest : [manifest]
  return {
    // Objects one after the other: what begins with a brace kubectl up to 1.32 reads as JSON to its end, in which no line parts documents
    // (k8s.io/apimachinery pkg/util/yaml/decoder.go). People read the other.
    manifest: objects.map((object) => JSON.stringify(object)).join('\n'),
    shown: objects.map((object) => stringify(object, { version: '1.1', lineWidth: 0 })).join('---\n'),
  }
}
