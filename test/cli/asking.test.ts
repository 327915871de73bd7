import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inProcess } from './in-process.ts'

/** The commands that answer questions, as somebody calls them who wants to know something. */

const root = join(import.meta.dirname, '../..')
const podsim = (...args: readonly string[]) => inProcess(args, { cwd: root })

describe('podsim explain', () => {
  test('says what a reason means, when it comes up, which clauses it comes from, and what else to look at', async () => {
    const { code, stdout, stderr } = await podsim('explain', 'FailedMount')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^FailedMount {2}reason of an Event\n {2}A volume of the Pod could not be made/)
    expect(stdout).toMatch(
      / when .*\n[\s\S]* clauses {2}L2: [\s\S]* source {3}pkg\/kubelet[\s\S]* see also ContainerCreating/,
    )
    expect(stdout).not.toContain('\u001b')
  })

  test('takes a term as somebody says it, and tells all that a name means', async () => {
    expect((await podsim('explain', 'exit', 'code', '137')).stdout).toContain('137  exit code')
    expect((await podsim('explain', 'node', 'authorizer')).stdout).toContain('node authorizer  word')
    expect((await podsim('explain', 'pod.spec.volumes.secret.optional')).stdout).toContain('optional  field')
    const { stdout } = await podsim('explain', 'failed')
    expect(stdout).toMatch(/^Failed {2}reason of an Event[\s\S]*\n\nFailed {2}phase of a Pod\n/)
  })

  test('what nobody knows is exit code 2, with what may have been meant, or where it is spoken of', async () => {
    const misspelt = await podsim('explain', 'FaildMount')
    expect(misspelt).toMatchObject({ code: 2, stdout: '' })
    expect(misspelt.stderr).toContain('nothing is known of "FaildMount"; did you mean FailedMount?')
    expect((await podsim('explain', 'symlinkish')).stderr).toBe(
      'error: nothing is known of "symlinkish"\n  podsim explain lists all terms\n',
    )
    expect((await podsim('explain', 'encryption')).stderr).toMatch(/it is spoken of in .*Secret.*etcd/)
    expect((await podsim('explain', '\u001b[31mx')).stderr).not.toContain('\u001b')
  })

  test('lists all that there is, and gives the table to programs', async () => {
    const { stdout } = await podsim('explain')
    for (const name of ['CrashLoopBackOff', 'U4', 'S-12', 'object.visible', 'BAD_DURATION', 'partition'])
      expect(stdout).toContain(name)
    const { stdout: json } = await podsim('explain', 'U4', '-o', 'json')
    expect(JSON.parse(json)).toMatchObject({ format: 1, terms: [{ name: 'U4', kind: 'clause' }] })
  })
})
