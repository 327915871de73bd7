import { describe, expect, test } from 'vitest'
import { runKustomize } from '../../src/kubectl/kustomize/kustomize.ts'
import { clientRows, clientVersions, masked } from '../judge/client-vectors.ts'

const rows = clientRows(new URL('../fixtures/vectors/kustomize.json', import.meta.url).pathname)

describe.each(clientVersions)('C10 kubectl %s kustomize answers as the real one', (version) => {
  test.each(rows.filter((row) => row.version === version))('$name', ({ argv, files, env, expected }) => {
    const minor = Number(version.split('.')[1])
    const { stdout, stderr, exitCode } = runKustomize(argv.slice(1), { files, env, minor })
    expect({ stdout: masked(stdout), stderr: masked(stderr), exit: exitCode }).toEqual(expected)
  })
})
