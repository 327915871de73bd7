import { parentPort } from 'node:worker_threads'
import { judgeFile } from './judges.ts'
import { readVectorFile } from './vectors-folder.ts'

/** Judges the files whose paths it is sent, one after the other. */
parentPort?.on('message', ({ path, folder }: { path: string; folder: string }) => {
  parentPort?.postMessage(judgeFile(readVectorFile(path, folder)))
})
