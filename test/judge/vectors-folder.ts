import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { VectorFile } from './judge.ts'

/** Names the folder of vectors that is judged; another set of the same shape may stand there. */
const vectorsVariable = 'PODSIM_VECTORS'

/** The project's own vectors. */
export const ownVectors = fileURLToPath(new URL('../fixtures/vectors', import.meta.url))

export function vectorsFolder(): string {
  return process.env[vectorsVariable] ?? ownVectors
}

/** Paths of all JSON files below the folder, sorted. */
export function vectorPaths(folder = vectorsFolder()): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.json'))
    .sort()
}

export function readVectorFile(path: string, folder = vectorsFolder()): VectorFile {
  return { path, content: JSON.parse(readFileSync(join(folder, path), 'utf8')) as unknown }
}

/** Minor version of the cluster that a file was recorded on: that of its folder (`v1.36/authz.json`), else v1.18. */
export function minorOfPath(path: string): number {
  return Number(/(?:^|\/)v1\.(\d+)\//.exec(path)?.[1] ?? 18)
}
