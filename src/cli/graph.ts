import { secretMap } from '../check/secret-map.ts'
import { mapMermaid, mapSvg, mapText } from '../report/check/secret-map.ts'
import { createPaint, plain } from '../report/text.ts'
import { minorOf } from '../versions/version.ts'
import { exitCodes } from './exit-codes.ts'
import { findManifests } from './manifest-files.ts'
import type { Output } from './output.ts'

/** Flags of `podsim graph`, as commander hands them over. */
export interface GraphFlags {
  readonly filename?: readonly string[]
  readonly kustomize?: readonly string[]
  readonly recursive?: boolean
  readonly namespace: string
  readonly output: 'text' | 'json' | 'mermaid' | 'svg'
}

/** `podsim graph`: Secrets, keys, and who uses them how. */
export async function graph(flags: GraphFlags, output: Output): Promise<number> {
  const { files, problems } = findManifests({ ...flags, minor: minorOf('v1.36') })
  if (problems.length > 0) {
    for (const problem of problems) output.err(plain`error: ${problem}\n`)
    return exitCodes.usage
  }
  const map = secretMap(files, flags.namespace)
  const written = {
    text: () => mapText(map, createPaint(output.isColoured)),
    json: () => plain`${JSON.stringify({ format: 1, secrets: map }, null, 2)}\n`,
    mermaid: () => plain`${mapMermaid(map)}`,
    svg: () => plain`${mapSvg(map)}`,
  }
  output.out(written[flags.output]())
  return exitCodes.passed
}
