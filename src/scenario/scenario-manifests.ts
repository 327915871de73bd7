import type { Document } from 'yaml'
import { kubernetesVersions, minorOf } from '../versions/version.ts'
import type { Diagnostic } from './diagnostic.ts'
import { manifestIssues } from './manifest-check.ts'
import {
  checkManifestText,
  keysWithNewlines,
  type ManifestReader,
  newlineWarning,
  offsetInFile,
  type TextIssue,
} from './manifest-text.ts'
import { keyRange, nodeAt, type Range, valueRange, type YamlPath } from './positions.ts'
import type { ScenarioSource } from './schema.ts'

interface Found {
  readonly errors: Diagnostic[]
  readonly warnings: Diagnostic[]
}

/** The scenario's text, in which mistakes are placed. */
interface Placing {
  readonly document: Document
  readonly text: string
  readonly file: string
}

/**
 * The manifests that a scenario holds: those of `apply`, as text or as objects, and static Pods. Mistakes are errors with
 * their place, unless the step expects to be refused. Files are the scenario's business: there only Secrets are looked at,
 * for line ends in base64 (C7).
 */
export function checkManifests(source: ScenarioSource, { document, text, file }: Placing, read: ManifestReader): Found {
  const found: Found = { errors: [], warnings: [] }
  const version = kubernetesVersions.find((known) => known === source.cluster?.version) ?? 'v1.18'
  const check = new ManifestCheck(found, { document, text, file }, minorOf(version), read)
  for (const [i, step] of source.steps.entries()) {
    if (!('apply' in step) || step.apply === undefined || (step.output?.exitCode ?? 0) !== 0) continue
    const { apply } = step
    const path: YamlPath = ['steps', i, 'apply']
    if (typeof apply === 'string') check.text(apply, path)
    else if (Array.isArray(apply)) for (const [k, object] of apply.entries()) check.object(object, [...path, k])
    else check.object(apply, path)
  }
  const nodes = source.cluster?.nodes
  for (const [i, { staticPods = [] }] of Array.isArray(nodes) ? nodes.entries() : []) {
    for (const [k, pod] of staticPods.entries()) check.object(pod, ['cluster', 'nodes', i, 'staticPods', k])
  }
  const { files = {} } = source
  const isMap = typeof files === 'object' && !Array.isArray(files)
  for (const [name, content] of Object.entries(isMap ? files : {})) {
    if (/\.ya?ml$/.test(name) && typeof content === 'string') check.file(content, ['files', name])
  }
  return found
}

class ManifestCheck {
  private readonly found: Found
  private readonly document: Document
  private readonly source: string
  private readonly fileName: string
  private readonly minor: number

  private readonly read: ManifestReader

  constructor(found: Found, { document, text, file }: Placing, minor: number, read: ManifestReader) {
    this.found = found
    this.document = document
    this.source = text
    this.fileName = file
    this.minor = minor
    this.read = read
  }

  text(manifest: string, path: YamlPath): void {
    const { errors, warnings } = checkManifestText(manifest, this.minor, this.read)
    for (const each of errors) this.found.errors.push(this.diagnostic('BAD_MANIFEST', each, this.inside(path, each)))
    this.warn(warnings, path)
  }

  /** Only what warns of line ends is wanted: where no Secret has any, their places need not be looked for. */
  file(content: string, path: YamlPath): void {
    if (!this.read(content).values.some((value) => keysWithNewlines(value).length > 0)) return
    this.warn(checkManifestText(content, this.minor, this.read).warnings, path)
  }

  object(manifest: unknown, path: YamlPath): void {
    for (const { path: inner, isAtKey, ...told } of manifestIssues(manifest, this.minor)) {
      const at = [...path, ...inner]
      const range = isAtKey ? keyRange(this.document, at) : valueRange(this.document, at)
      this.found.errors.push(this.diagnostic('BAD_MANIFEST', told, range))
    }
    for (const key of keysWithNewlines(manifest)) {
      const range = valueRange(this.document, [...path, 'data', key])
      this.found.warnings.push(this.diagnostic('NEWLINES_IN_VALUE', { message: newlineWarning }, range))
    }
  }

  private warn(warnings: readonly TextIssue[], path: YamlPath): void {
    for (const each of warnings)
      this.found.warnings.push(this.diagnostic('NEWLINES_IN_VALUE', each, this.inside(path, each)))
  }

  /** The range of a text issue in the scenario file. */
  private inside(path: YamlPath, { range: [start, end] }: TextIssue): Range {
    const at = offsetInFile(this.source, nodeAt(this.document, path), start)
    return [at, at + Math.max(1, end - start)]
  }

  private diagnostic(
    code: 'BAD_MANIFEST' | 'NEWLINES_IN_VALUE',
    { message, suggestion }: { readonly message: string; readonly suggestion?: string },
    range: Range,
  ): Diagnostic {
    return { code, message, file: this.fileName, range, ...(suggestion === undefined ? {} : { suggestion }) }
  }
}
