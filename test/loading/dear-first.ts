import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that begin. Files that take long, the longest first, so that no worker is left alone with one at the end: vitest knows by
 * itself only how long they took the last time, which a clean checkout does not have. Before them what needs no source, while the sources are put
 * together, and who weighs objects, while little is there that each collection of garbage has to go over.
 */
export const dearFiles: readonly string[] = [
  'test/tidy/tidy.test.ts',
  'test/kernel/exact.test.ts',
  'test/kernel/recent-parts.test.ts',
  'test/ui/terminal.real.test.ts',
  'test/cli/bundle.real.test.ts',
  'test/golden/golden.test.ts',
  'test/judge/timelines-v1.18.soak.test.ts',
  'test/serve/same-output.real.test.ts',
  'test/judge/timelines-v1.36.test.ts',
  'test/ui/manners.test.ts',
  'test/serve/kubectl.real.test.ts',
  'test/invariants/random.test.ts',
  'test/apiserver/secrets-vectors.test.ts',
  'test/cli/command-line.test.ts',
  'test/judge/timelines-v1.26.soak.test.ts',
  'test/golden/another-seed.soak.test.ts',
  'test/node/kubelet/idle-polls.test.ts',
  'test/kubectl/sessions.test.ts',
  'test/serve/watched.real.test.ts',
  'test/scenario/broken.test.ts',
  'test/sim/boot.test.ts',
  'test/sim/memory.test.ts',
  'test/scenario/telling.test.ts',
  'test/ui/byte-stream.test.ts',
  'test/snippets.test.ts',
  'test/bench/scale.test.ts',
  'test/apiserver/pods.vectors.test.ts',
  'test/shell/command-line.test.ts',
  'test/cli/manifests.test.ts',
  'test/check/planted.test.ts',
  'test/cluster/watch-renewal.test.ts',
  'test/ui/player.test.ts',
  'test/invariants/random-odd.test.ts',
  'test/sim/direct-apply.test.ts',
]

/** Sorts by `dearFiles`; the others follow in vitest's order. */
export class DearFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = dearFiles.findIndex((file) => moduleId.endsWith(`/${file}`))
      return at < 0 ? dearFiles.length : at
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
