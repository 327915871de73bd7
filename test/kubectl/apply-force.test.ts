import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What kubectl 1.20.2, 1.32.3 and 1.35.2 printed for the same lines (`podsim serve`, clusters of v1.18 and v1.36). */

const configMap = (data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data, immutable: true })

function lines(kubectl: string) {
  const sim = createSim({ version: 'v1.36', kubectl, nodes: 1 })
  const run = (line: string, stdin?: string): string => {
    const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '), stdin === undefined ? {} : { stdin })
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
  return { sim, run }
}

describe.each(['1.20.2', '1.32.3', '1.35.2'])('C5 kubectl %s: apply --force', (kubectl) => {
  test('what cannot be patched is deleted and made anew', () => {
    const { run } = lines(kubectl)
    run('apply -f -', configMap({ a: '1' }))
    const before = run('get cm x -o jsonpath={.metadata.uid}')
    expect(run('apply -f -', configMap({ a: '2' }))).toContain('field is immutable when `immutable` is set')
    expect(run('apply -f - --force', configMap({ a: '2' }))).toBe('configmap/x configured\n')
    expect(run('get cm x -o jsonpath={.data.a}')).toBe('2')
    expect(run('get cm x -o jsonpath={.metadata.uid}')).not.toBe(before)
    expect(run('apply -f - --force', configMap({ a: '2' }))).toBe('configmap/x unchanged\n')
  })

  test('what cannot be made gives its place back', () => {
    const { run } = lines(kubectl)
    run('apply -f -', configMap({ a: '1' }))
    expect(run('apply -f - --force', configMap({ 'a b': '1' }))).toContain('data[a b]: Invalid value: "a b"')
    expect(run('get cm x -o jsonpath={.data}')).toBe('{"a":"1"}')
  })

  test('not on the server, neither in its dry run', () => {
    const { run } = lines(kubectl)
    expect(run('apply -f - --force --server-side', configMap({}))).toBe(
      'error: --force cannot be used with --server-side\n[1]',
    )
    expect(run('apply -f - --force --dry-run=server', configMap({}))).toBe(
      'error: --dry-run=server cannot be used with --force\n[1]',
    )
  })
})

/** A Pod takes its time to go. */
describe('C5 apply --force waits', () => {
  const pod = (port: number) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1000'], ports: [{ containerPort: port }] }],
      },
    })

  test.each([
    ['1.31.0', '', 'pod/p configured\n'],
    ['1.31.0', ' --timeout=2s', 'timed out waiting for the condition'],
    ['1.32.3', '', 'context deadline exceeded'],
    ['1.32.3', ' --timeout=20s', 'pod/p configured\n'],
  ])('kubectl %s with%s', (kubectl, flag, told) => {
    const { sim, run } = lines(kubectl)
    run('apply -f -', pod(80))
    sim.runFor('10s')
    expect(run(`apply -f - --force${flag}`, pod(81))).toContain(told)
  })
})
