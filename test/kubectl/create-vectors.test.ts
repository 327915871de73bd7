import { describe, expect, test } from 'vitest'
import { runCreateClientSide } from '../../src/kubectl/create/client-side.ts'
import { clientRows, clientVersions, masked } from '../judge/client-vectors.ts'

const rows = clientRows(new URL('../fixtures/vectors/secrets-create.json', import.meta.url).pathname)

describe.each(clientVersions)('C1 kubectl %s create secret --dry-run=client answers as the real one', (version) => {
  test.each(rows.filter((row) => row.version === version))('$name', ({ argv, files, env, expected }) => {
    const klogPrefix = (severity: string): string => `${severity}<KLOG> `
    const world = { clientVersion: version, files, env, klogPrefix }
    const { stdout, stderr, exitCode } = runCreateClientSide(argv.slice(1), world)
    expect({ stdout: masked(stdout), stderr: masked(stderr), exit: exitCode }).toEqual(expected)
  })
})
