import { runCreateClientSide } from '../../../src/kubectl/create/client-side.ts'
import { runKustomize } from '../../../src/kustomize/kustomize.ts'
import { type ClientRow, type ClientVector, clientRows, masked } from '../client-vectors.ts'
import { isListOf, type Judge, type RowScore } from '../judge.ts'

/** Commands that need no server: `create secret ... --dry-run=client` and `kustomize` (README.md). */
export const clientVectors: Judge = {
  claims: ({ content }) => isListOf(content, 'argv', 'files', 'stdout'),
  parts(file) {
    const vectors = file.content as readonly ClientVector[] // claimed
    return vectors.map((vector) => ({
      name: vector.name,
      score: () => ({ rows: clientRows([vector]).map(clientRow) }),
    }))
  },
}

/** One row for each case and version. */
function clientRow({ name, version, argv, files, env, expected }: ClientRow): RowScore {
  const [command, ...rest] = argv
  const klogPrefix = (severity: string): string => `${severity}<KLOG> `
  const result =
    command === 'kustomize'
      ? runKustomize(rest, { files, env, minor: Number(version.split('.')[1]) })
      : runCreateClientSide(rest, { clientVersion: version, files, env, klogPrefix })
  const problems: string[] = []
  const compare = (what: string, wanted: string, found: string): void => {
    if (wanted !== found) problems.push(`${what} wanted:\n${wanted}\n${what} was:\n${found}`)
  }
  if (result.exitCode !== expected.exit) problems.push(`exit ${result.exitCode}, wanted ${expected.exit}`)
  compare('stdout', expected.stdout, masked(result.stdout))
  compare('stderr', expected.stderr, masked(result.stderr))
  return { row: `${name}/${version}`, passed: problems.length === 0, diff: problems.join('\n') }
}
