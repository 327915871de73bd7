import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { FileScore } from './judge.ts'

/** A thread of Node 20 reads no TypeScript by itself. */
const boot = `import('tsx/esm/api').then(({ register }) => {
  register()
  return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)})
})`

/** Judges files on as many threads as the machine has; the scores come in the order of the paths. */
export async function judgeAll(
  folder: string,
  paths: readonly string[],
  onScore: (score: FileScore) => void = () => {},
): Promise<readonly FileScore[]> {
  const scores = new Map<string, FileScore>()
  let next = 0
  let shown = 0
  const told = (score: FileScore): void => {
    scores.set(score.path, score)
    for (let path = paths[shown]; path !== undefined; path = paths[++shown]) {
      const ready = scores.get(path)
      if (ready === undefined) return
      onScore(ready)
    }
  }
  const threads = Math.min(availableParallelism(), 8, paths.length)
  await Promise.all(Array.from({ length: threads }, () => runThread()))
  return paths.flatMap((path) => scores.get(path) ?? [])

  function runThread(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(boot, { eval: true })
      const send = (): void => {
        const path = paths[next++]
        if (path !== undefined) worker.postMessage({ path, folder })
        else worker.terminate().then(() => resolve(), reject)
      }
      worker.on('message', (score: FileScore) => {
        told(score)
        send()
      })
      worker.on('error', reject)
      send()
    })
  }
}
