import { clientVectors } from './files/client-vectors.ts'
import { kubectlSessions } from './files/kubectl-sessions.ts'
import { manifestVerdicts } from './files/manifest-verdicts.ts'
import { openApi } from './files/open-api.ts'
import { requestVectors } from './files/request-vectors.ts'
import { schedulerVectors } from './files/scheduler.ts'
import { timelines } from './files/timelines.ts'
import type { FileScore, Judge, Part, VectorFile } from './judge.ts'

/** Every kind of file, the more particular shapes first. */
const judges: readonly Judge[] = [
  timelines,
  schedulerVectors,
  kubectlSessions,
  clientVectors,
  manifestVerdicts,
  openApi,
  requestVectors,
]

/** Scores a file; one that no judge knows is said not to be judged. */
export function judgeFile(file: VectorFile): FileScore {
  const { path } = file
  const judge = judgeOf(file)
  if (judge === undefined) return { path, rows: [], notJudged: 'not judged: unknown shape' }
  const notJudged = judge.notJudged?.(file)
  if (notJudged !== undefined) return { path, rows: [], notJudged }
  const scores = judge.parts(file).map(scorePart)
  return { path, rows: scores.flatMap(({ rows }) => rows), figures: scores.flatMap(({ figures = [] }) => figures) }
}

export function judgeOf(file: VectorFile): Judge | undefined {
  return judges.find((each) => each.claims(file))
}

/** A part whose set-up cannot be made fails, and no other does. */
function scorePart(part: Part): ReturnType<Part['score']> {
  try {
    return part.score()
  } catch (error) {
    const diff = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { rows: [{ row: `${part.name}#(set-up)`, passed: false, diff }] }
  }
}
