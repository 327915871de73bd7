import { applyGiven } from '../check/cluster.ts'
import { type ManifestFile, readGiven } from '../check/given.ts'
import { inInstallOrder } from '../check/helm.ts'
import { stripLive } from '../check/live.ts'
import type { ObjectName } from '../check/report.ts'
import { secretMap } from '../check/secret-map.ts'
import { objectName } from '../check/words.ts'
import { workloadsOf } from '../check/workloads.ts'
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
  /** Nodes of the cluster in which Pods are placed; 0: none are. */
  readonly nodes: number
  readonly output: 'text' | 'json' | 'mermaid' | 'svg'
}

/** `podsim graph`: Secrets, keys, and who uses them how, as whom and where. */
export async function graph(flags: GraphFlags, output: Output): Promise<number> {
  const { files, problems } = findManifests({ ...flags, minor: minorOf('v1.36') })
  if (problems.length > 0) {
    for (const problem of problems) output.err(plain`error: ${problem}\n`)
    return exitCodes.usage
  }
  const map = secretMap(files, { namespace: flags.namespace, placed: placesOf(files, flags) })
  const written = {
    text: () => mapText(map, createPaint(output.isColoured)),
    json: () => plain`${JSON.stringify({ format: 1, secrets: map }, null, 2)}\n`,
    mermaid: () => plain`${mapMermaid(map)}`,
    svg: () => plain`${mapSvg(map)}`,
  }
  output.out(written[flags.output]())
  return exitCodes.passed
}

/** Pods are placed at once if at all, so a short run shows where they are. */
const placedWithin = '10s'

function placesOf(
  files: readonly ManifestFile[],
  { namespace, nodes }: GraphFlags,
): ReadonlyMap<ObjectName, readonly string[]> {
  if (nodes === 0) return new Map()
  const { objects } = stripLive(inInstallOrder(readGiven(files).objects).objects)
  const cluster = applyGiven(objects, { namespace, nodes, createNamespaces: true, storageClasses: 'all' }, '1')
  cluster.sim.runFor(placedWithin)
  return new Map(
    workloadsOf(cluster).map(({ given, pods }) => [
      objectName(given, namespace),
      pods.flatMap(({ spec }) => (spec.nodeName === undefined ? [] : [spec.nodeName])),
    ]),
  )
}
