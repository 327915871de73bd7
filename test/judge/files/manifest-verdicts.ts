import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runKubectl } from '../../../src/sim/run-kubectl.ts'
import { TerminalClock } from '../../../src/sim/terminal-clock.ts'
import type { Judge, RowScore } from '../judge.ts'
import { userNamed } from '../kubectl-sessions.ts'
import { MemoryFiles } from '../memory-files.ts'
import { createRecordedControlPlane } from '../recorded-control-plane.ts'

/** Names a checkout of the repository whose manifests were judged. */
const manifestsVariable = 'PODSIM_MANIFESTS'

interface Verdict {
  readonly file: string
  readonly sha256: string
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

interface VerdictFile {
  readonly repository: string
  readonly commit: string
  readonly verdicts: readonly Verdict[]
}

/** What kubectl and server said to every manifest of a public repository. */
export const manifestVerdicts: Judge = {
  claims: ({ content }) =>
    typeof content === 'object' && content !== null && Object.hasOwn(content, 'verdicts') && !Array.isArray(content),
  notJudged({ content }) {
    const { repository, commit, verdicts } = content as VerdictFile // claimed
    const folder = process.env[manifestsVariable]
    if (folder === undefined) return `not judged: set ${manifestsVariable} to a checkout of ${repository} at ${commit}`
    // The folder may be another file's.
    const isThere = verdicts.some(({ file }) => existsSync(join(folder, file)))
    return isThere ? undefined : `not judged: none of its manifests is in ${folder}`
  },
  parts({ content }) {
    const { verdicts } = content as VerdictFile // claimed
    const folder = process.env[manifestsVariable] ?? ''
    return [{ name: 'manifests', score: () => ({ rows: verdictRows(folder, verdicts) }) }]
  },
}

function verdictRows(folder: string, verdicts: readonly Verdict[]): readonly RowScore[] {
  const cluster = createRecordedControlPlane({ seed: 'manifests' })
  const files = new MemoryFiles()
  return verdicts.map((verdict) => {
    const path = join(folder, verdict.file)
    if (!existsSync(path)) return { row: verdict.file, passed: false, diff: `${path} is not there` }
    // The judged checkout had its line ends converted.
    const content = Buffer.from(readFileSync(path).toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    const digest = createHash('sha256').update(content).digest('hex')
    if (!digest.startsWith(verdict.sha256)) {
      return { row: verdict.file, passed: false, diff: `another content was judged: ${verdict.sha256}, is ${digest}` }
    }
    files.write(verdict.file, content)
    const clock = new TerminalClock(cluster.kernel)
    const result = runKubectl(cluster.kernel, clock, ['create', '--dry-run=server', '-f', verdict.file, '-o', 'name'], {
      clientVersion: '1.18.20',
      serverAddress: 'https://10.0.0.1:6443',
      http: cluster.http,
      user: userNamed('admin'),
      now: () => cluster.calendar.at(cluster.kernel.now()),
      until: (condition, timeoutMs) => clock.until(condition, timeoutMs),
      files,
      stdin: undefined,
      env: new Map(),
      digits: (n) => '1'.repeat(n),
      config: { contexts: [{ name: 'c', cluster: 'c', user: 'admin' }], currentContext: 'c' },
    })
    const found = { exit: result.exitCode, stdout: result.stdout, stderr: result.stderr }
    const problems = (['exit', 'stdout', 'stderr'] as const)
      .filter((part) => found[part] !== verdict[part])
      .map((part) => `${part} wanted:\n${verdict[part]}\n${part} was:\n${found[part]}`)
    return { row: verdict.file, passed: problems.length === 0, diff: problems.join('\n') }
  })
}
