import { checkManifests } from '../check/check.ts'
import type { CheckOptions, HadObject } from '../check/options.ts'
import { allStarts, type CheckReport } from '../check/report.ts'
import { checkHtml, checkMarkdown } from '../report/check/documents.ts'
import { checkGithub, checkJson, checkJunit, checkSarif } from '../report/check/machine-formats.ts'
import { checkText } from '../report/check/text.ts'
import { createPaint, plain, type TerminalText } from '../report/text.ts'
import { parseDuration } from '../sim/duration.ts'
import { type KubernetesVersion, minorOf } from '../versions/version.ts'
import { exitCodes } from './exit-codes.ts'
import { findManifests } from './manifest-files.ts'
import { type NodeFlags, nodesOf } from './node-flags.ts'
import type { Output } from './output.ts'
import { version as podsimVersion } from './version.ts'

/** Flags of `podsim check`, as commander hands them over. */
export interface CheckFlags extends NodeFlags {
  readonly filename?: readonly string[]
  readonly kustomize?: readonly string[]
  readonly recursive?: boolean
  readonly version: KubernetesVersion
  readonly private?: readonly string[]
  readonly operators?: 'run' | 'absent'
  readonly strategy?: 'Watch' | 'Cache' | 'Get'
  readonly namespace: string
  readonly createNamespaces?: boolean
  readonly serverSide?: boolean
  readonly have?: readonly string[]
  readonly for: string
  readonly seeds: number
  readonly unknownImages: 'succeed' | 'strict' | 'refuse'
  readonly output: CheckFormat
}

type CheckFormat = 'text' | 'json' | 'junit' | 'github' | 'sarif' | 'markdown' | 'html'

/** `podsim check`: will it start, and if not, why? 0 everything starts, 1 something does not, 2 it cannot be read. */
export async function check(flags: CheckFlags, output: Output): Promise<number> {
  const { files, problems } = findManifests({ ...flags, minor: minorOf(flags.version) })
  const have = readHave(flags.have ?? [])
  const duration =
    parseDuration(flags.for) === undefined
      ? [`--for ${JSON.stringify(flags.for)} is no duration; expected one as 90s or 10m`]
      : []
  const wrong = [...problems, ...have.problems, ...duration]
  if (wrong.length > 0) {
    for (const problem of wrong) output.err(plain`error: ${problem}\n`)
    return exitCodes.usage
  }
  const report = checkManifests(files, optionsOf(flags, have))
  if (report.objects + report.unreadable.length + report.assumed.length === 0) {
    output.err(plain`error: there is nothing to check: ${files.map(({ name }) => name).join(', ')} holds no object\n`)
    return exitCodes.usage
  }
  output.out(written(report, flags.output, output.isColoured))
  if (report.unreadable.length > 0) return exitCodes.usage
  return allStarts(report) ? exitCodes.passed : exitCodes.failed
}

function optionsOf(flags: CheckFlags, have: Had): CheckOptions {
  const { version, namespace, seeds, createNamespaces = false, serverSide = false, unknownImages } = flags
  const { strategy } = flags
  return {
    ...{ version, namespace, seeds, createNamespaces, serverSide, unknownImages, for: flags.for },
    ...{ have: have.objects, storageClasses: have.classes, presentImages: have.images },
    ...(strategy === undefined ? {} : { strategy }),
    ...nodesOf(flags),
    ...(flags.private === undefined ? {} : { privateRegistries: flags.private }),
    ...(flags.operators === undefined ? {} : { operators: flags.operators }),
  }
}

function written(report: CheckReport, format: CheckFormat, isColoured: boolean): TerminalText {
  switch (format) {
    case 'text':
      return checkText(report, createPaint(isColoured))
    case 'json':
      return plain`${checkJson(report)}`
    case 'junit':
      return plain`${checkJunit(report)}`
    case 'github':
      return plain`${checkGithub(report)}`
    case 'sarif':
      return plain`${checkSarif(report, podsimVersion)}`
    case 'markdown':
      return plain`${checkMarkdown(report)}`
    case 'html':
      return plain`${checkHtml(report)}`
  }
}

interface Had {
  readonly objects: readonly HadObject[]
  readonly classes: readonly string[]
  readonly images: readonly string[]
  readonly problems: readonly string[]
}

const hadPattern =
  /^(secret|configmap|storageclass)(?:e?s)?\/(?:([a-z0-9.-]+)\/)?([a-z0-9.-]+)(?::([A-Za-z0-9._-]+(?:,[A-Za-z0-9._-]+)*))?$/

const imagePattern = /^images?\/(\S+)$/

/** `secret/NAME`, `secret/NAMESPACE/NAME`, each with `:KEY,KEY` behind it, `configmap/` likewise; `storageclass/NAME`; `image/NAME`. */
function readHave(texts: readonly string[]): Had {
  const objects: HadObject[] = []
  const classes: string[] = []
  const images: string[] = []
  const problems: string[] = []
  for (const text of texts) {
    const [, image] = imagePattern.exec(text) ?? []
    const [, kind, namespace, name, keys] = hadPattern.exec(text) ?? []
    const isClass = kind === 'storageclass' && namespace === undefined && keys === undefined
    if (image !== undefined) images.push(image)
    else if (name === undefined || (kind === 'storageclass' && !isClass))
      problems.push(
        `--have ${JSON.stringify(text)} names nothing; expected secret/NAME, secret/NAMESPACE/NAME, either with :KEY,KEY, the same with configmap, storageclass/NAME or image/NAME`,
      )
    else if (isClass) classes.push(name)
    else
      objects.push({
        kind: kind === 'secret' ? 'Secret' : 'ConfigMap',
        name,
        keys: keys?.split(',') ?? [],
        ...(namespace === undefined ? {} : { namespace }),
      })
  }
  return { objects, classes, images, problems }
}
