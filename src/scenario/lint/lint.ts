import type { Document } from 'yaml'
import { fileText, fromBase64, utf8Text } from '../../bytes/bytes.ts'
import { closest } from '../../sim/input/closest.ts'
import { quoted } from '../../sim/input/words.ts'
import type { StepSource } from '../actions.ts'
import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts'
import { isMap } from '../expect/compare.ts'
import type { ExpectationSource } from '../expect/subjects.ts'
import type { ManifestReader } from '../manifest-text.ts'
import { keyRange, type Range, valueRange, type YamlPath } from '../positions.ts'
import type { ScenarioSource } from '../schema.ts'
import { secretUses } from './secret-references.ts'
import { unusedNames } from './unused.ts'

/**
 * Mistakes in a scenario that is good as far as its shape goes, and that can be told from the file alone: Secrets that nobody
 * creates, keys that they do not have, values that are not what they seem, Pods that nobody creates, variables that nobody uses.
 * What shows such a mistake on purpose (it expects that something is not found) is left alone.
 */

interface Linted {
  readonly source: ScenarioSource
  /** The same with its variables as they are written. */
  readonly written: unknown
  readonly document: Document
  readonly text: string
  readonly file: string
  /** Files of the working directory, those from beside the scenario too. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly readManifests: ManifestReader
}

/** A manifest of the scenario and where it stands. */
interface Placed {
  readonly value: unknown
  readonly range: (path: YamlPath, isAtKey?: boolean) => Range
  /** What a warning of it begins with: the name of its file, if that is another. */
  readonly prefix?: string
}

/** Warnings, in no order. */
export function lintScenario(linted: Linted): readonly Diagnostic[] {
  const { source, document, file } = linted
  const manifests = manifestsOf(linted)
  const written = textOfCommands(source, linted.files)
  const isAboutMissing =
    /FailedMount|CreateContainerConfigError|ImagePull|ErrImage|not found|exists: false|exitCode: [1-9]|phase: Pending/.test(
      linted.text,
    )
  const warnings: Diagnostic[] = []
  const warn = (code: DiagnosticCode, message: string, range: Range, suggestion?: string): void => {
    warnings.push({
      code,
      message,
      file,
      range,
      ...(suggestion === undefined ? {} : { suggestion: quoted(suggestion) }),
    })
  }
  for (const { path, message } of unusedNames(linted.written)) warn('UNUSED', message, keyRange(document, path))
  if (source.lesson !== undefined && !source.steps.some(({ ask }) => ask !== undefined))
    warn(
      'NO_QUESTION',
      'a lesson without a question: a step of it must `ask` something',
      keyRange(document, ['lesson']),
    )
  // Who expects a refusal for it knows of it.
  if (!/illegal base64/.test(linted.text)) for (const manifest of manifests) warnValues(manifest, warn)
  // What other files hold, or only the run makes, nobody can know here.
  const isOpen = /\$\{\{|include:|generatorOptions|secretGenerator|-k\s/.test(linted.text) || /\$[({\w]/.test(written)
  if (isAboutMissing || isOpen) return warnings
  warnSecrets(manifests, written, warn)
  warnPods(linted, manifests, written, warn)
  return warnings
}

type Warn = (code: DiagnosticCode, message: string, range: Range, suggestion?: string) => void

/** Values of Secrets that are not what they seem. */
function warnValues({ value, range, prefix = '' }: Placed, warn: Warn): void {
  if (!isMap(value) || value.kind !== 'Secret') return
  for (const [field, decode] of [
    ['data', decoded],
    ['stringData', (text: string) => text],
  ] as const) {
    const { [field]: values } = value
    for (const [key, text] of Object.entries(isMap(values) ? values : {})) {
      if (typeof text !== 'string') continue
      const plain = decode(text)
      if (plain === undefined) {
        const message = `${prefix}the value of ${quoted(key)} is no base64; plain text goes into stringData`
        warn('BAD_SECRET_VALUE', message, range([field, key]))
      } else if (/^[^\n]{1,100}\n$/.test(plain)) {
        const message = `${prefix}the value of ${quoted(key)} ends in a line end, which containers will see: write it without (echo -n, or |- in YAML)`
        warn('BAD_SECRET_VALUE', message, range([field, key]))
      }
    }
  }
}

function decoded(text: string): string | undefined {
  const bytes = fromBase64(text.replace(/\s/g, ''))
  return bytes === undefined ? undefined : utf8Text(bytes)
}

/** Secrets that are referred to and that nobody creates, and keys that they do not have. */
function warnSecrets(manifests: readonly Placed[], written: string, warn: Warn): void {
  const keys = knownKeys(manifests, written)
  for (const { value, range, prefix = '' } of manifests) {
    for (const use of secretUses(value)) {
      if (use.isOptional) continue
      const known = keys.get(use.name)
      if (known === undefined && !hasWord(written, use.name)) {
        const meant = closest(use.name, [...keys.keys()])
        const message = `${prefix}nobody creates the Secret ${quoted(use.name)}: what needs it will wait`
        warn('UNKNOWN_SECRET', message, range(use.path), meant)
      }
      if (known === undefined || known === 'open') continue
      for (const { key, path } of use.keys) {
        if (known.has(key)) continue
        const meant = closest(key, [...known])
        const message = `${prefix}the Secret ${quoted(use.name)} has no key ${quoted(key)}; it has ${[...known].map(quoted).join(', ')}`
        warn('UNKNOWN_SECRET_KEY', message, range(path), meant)
      }
    }
  }
}

/** Keys of the Secrets that a scenario creates; `open` where they cannot be told from the file. */
function knownKeys(manifests: readonly Placed[], written: string): ReadonlyMap<string, ReadonlySet<string> | 'open'> {
  const keys = new Map<string, ReadonlySet<string> | 'open'>()
  const add = (name: string, more: readonly string[] | undefined): void => {
    const before = keys.get(name)
    keys.set(name, more === undefined || before === 'open' ? 'open' : new Set([...(before ?? []), ...more]))
  }
  for (const { value } of manifests) {
    if (!isMap(value) || value.kind !== 'Secret' || !isMap(value.metadata)) continue
    const { data, stringData, metadata } = value
    add(
      String(metadata.name),
      [data, stringData].flatMap((values) => Object.keys(isMap(values) ? values : {})),
    )
  }
  for (const [line, kind = '', name = ''] of written.matchAll(/create secret (\S+) ([a-z0-9.-]+)[^\n]*/g)) {
    const literals = [...line.matchAll(/--from-literal[=\s]['"]?([\w.-]+)=/g)].map(([, key = '']) => key)
    const isWhole = kind === 'generic' && literals.length > 0 && !/--from-(file|env-file)/.test(line)
    add(name, isWhole ? literals : undefined)
  }
  // Whoever changes Secrets by hand may give them any key.
  for (const [, name = ''] of written.matchAll(/(?:patch|edit|replace)\s+secrets?[\s/]([a-z0-9.-]+)/g))
    add(name, undefined)
  return keys
}

/** Expectations about a Pod that nobody creates: they can never hold. */
function warnPods({ source, document }: Linted, manifests: readonly Placed[], written: string, warn: Warn): void {
  const names = manifests.flatMap(({ value }) => namesIn(value))
  const text = `${written}\n${names.join('\n')}`
  for (const [i, step] of source.steps.entries()) {
    for (const { expectation, path } of expectationsIn(step, ['steps', i])) {
      if (!('pod' in expectation) || expectation.exists === false || expectation.never !== undefined) continue
      const name = expectation.pod
      const stems = name.split('-').map((_, k, parts) => parts.slice(0, k + 1).join('-'))
      if (stems.some((stem) => hasWord(text, stem))) continue
      const meant = closest(name, names)
      const message = `nobody creates the Pod ${quoted(name)}: this can never hold`
      warn('UNREACHABLE', message, valueRange(document, [...path, 'pod']), meant)
    }
  }
}

function expectationsIn(step: StepSource, path: YamlPath) {
  const { expect = [] } = step
  // As the schema has it: one, or a list.
  const list = (Array.isArray(expect) ? expect : [expect]) as readonly ExpectationSource[]
  const all = list.map((expectation, i) => ({
    expectation,
    path: Array.isArray(expect) ? [...path, 'expect', i] : [...path, 'expect'],
  }))
  const waited = 'wait' in step && typeof step.wait === 'object' ? step.wait : undefined
  return waited === undefined ? all : [...all, { expectation: waited, path: [...path, 'wait'] }]
}

/** Names of objects below a value. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (!isMap(value)) return []
  const { metadata } = value
  const own = isMap(metadata) && typeof metadata.name === 'string' ? [metadata.name] : []
  return [...own, ...Object.values(value).flatMap(namesIn)]
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text.charAt(at - 1)
    const after = text.charAt(at + word.length)
    if (!/[\w.-]/.test(before) && !/[\w.-]/.test(after)) return true
  }
  return false
}

/** All that the scenario's commands say, and what files hold that are no manifests. */
function textOfCommands({ steps }: ScenarioSource, files: Readonly<Record<string, Uint8Array>>): string {
  const lines = steps.flatMap((step) => [
    'kubectl' in step ? (step.kubectl ?? '') : '',
    'kubectl' in step && 'editor' in step ? (step.editor ?? '') : '',
    'run' in step ? (step.run ?? '') : '',
    'exec' in step ? (step.exec ?? '') : '',
  ])
  const others = Object.entries(files).flatMap(([name, bytes]) =>
    /\.(ya?ml|json)$/.test(name) ? [] : [utf8Text(bytes)],
  )
  return [...lines, ...others].join('\n')
}

/** Manifests of `apply`, of static Pods and of files. */
function manifestsOf({ source, document, text, files, readManifests }: Linted): readonly Placed[] {
  const placed: Placed[] = []
  const object = (value: unknown, path: YamlPath): void => {
    const range = (inner: YamlPath, isAtKey = false): Range =>
      isAtKey ? keyRange(document, [...path, ...inner]) : valueRange(document, [...path, ...inner])
    placed.push({ value, range })
  }
  const inText = (manifest: string, path: YamlPath, prefix = ''): void => {
    const [from] = valueRange(document, path)
    for (const value of readManifests(manifest).values)
      placed.push({ value, range: prefix === '' ? wordRange(value, text, from) : () => [from, from + 1], prefix })
  }
  for (const [i, step] of source.steps.entries()) {
    if (!('apply' in step) || step.apply === undefined || (step.output?.exitCode ?? 0) !== 0) continue
    const path: YamlPath = ['steps', i, 'apply']
    if (typeof step.apply === 'string') inText(step.apply, path)
    else if (Array.isArray(step.apply)) for (const [k, each] of step.apply.entries()) object(each, [...path, k])
    else object(step.apply, path)
  }
  const { nodes } = source.cluster ?? {}
  for (const [i, { staticPods = [] }] of Array.isArray(nodes) ? nodes.entries() : [])
    for (const [k, pod] of staticPods.entries()) object(pod, ['cluster', 'nodes', i, 'staticPods', k])
  for (const [name, bytes] of Object.entries(files)) {
    const path: YamlPath = ['files', name]
    if (/\.ya?ml$/.test(name)) inText(fileText(bytes), path, document.hasIn(path) ? '' : `${name}: `)
  }
  return placed
}

/** Inside a text the word itself is looked for: the value at the path, from where the text begins. */
function wordRange(value: unknown, text: string, from: number): Placed['range'] {
  return (path) => {
    const found = path.reduce<unknown>((inner, part) => {
      // Maps and lists have members by their keys.
      return typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[part]
        : undefined
    }, value)
    // A value over several lines is shown by its key.
    const isKey = typeof found !== 'string' || found.includes('\n')
    const word = isKey ? `${String(path[path.length - 1])}:` : found
    let at = text.indexOf(word, from)
    while (at !== -1 && /[\w.-]/.test(text.charAt(at - 1))) at = text.indexOf(word, at + 1)
    return at === -1 ? [from, from + 1] : [at, at + word.length]
  }
}
