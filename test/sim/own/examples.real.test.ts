import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const stories = ['cert-rotation', 'external-secrets', 'reloader']
const versions = ['v1.18', 'v1.36']

/** Told as test/golden/examples.txt has it, which the examples are held against in the process of the tests. */
const program = `
  ${stories.map((name, at) => `import { story as story${at} } from './examples/${name}/cluster.ts'`).join('\n')}
  for (const [at, story] of [${stories.map((_, at) => `story${at}`).join()}].entries())
    for (const version of ${JSON.stringify(versions)})
      console.log(\`\${${JSON.stringify(stories)}[at]} in \${version}: \${story(version).journal.digest()}\`)
`

test('L5 stories of controllers have the same digest in another process, from the package', async () => {
  // As whoever has podsim installed runs them: nothing but their own code is put together.
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, platform: 'node', format: 'esm', external: ['podsim'], write: false },
  })
  const argv = ['--input-type=module', '-e', outputFiles[0]?.text ?? '']
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root })
  const known = readFileSync(join(root, 'test/golden/examples.txt'), 'utf8').split('\n')
  expect(stdout.trimEnd().split('\n')).toEqual(
    stories.flatMap((name) => known.filter((line) => line.startsWith(`${name} in `))),
  )
})
