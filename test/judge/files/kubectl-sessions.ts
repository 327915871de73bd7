import { isListOf, type Judge, type RowScore } from '../judge.ts'
import { type Session, SessionRun } from '../kubectl-sessions.ts'

/** Command lines with what several kubectls printed (README-real-cluster.md, "kubectl sessions"). */
export const kubectlSessions: Judge = {
  claims: ({ content }) => isListOf(content, 'kubectl', 'steps'),
  parts(file) {
    const sessions = file.content as readonly Session[] // claimed
    return sessions.map((session) => ({
      name: `${session.name}/${session.kubectl}`,
      score: () => ({ rows: sessionRows(session) }),
    }))
  },
}

/** One row for each command and each request. */
function sessionRows(session: Session): readonly RowScore[] {
  return new SessionRun(session)
    .run()
    .map(({ row, command, passed, diff }) => ({ row, passed, diff: passed ? '' : `$ ${command}\n${diff}` }))
}
