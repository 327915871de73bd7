import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What the binaries of 1.20.2, 1.26.4, 1.32.3 and 1.36.3 print (`podsim serve`, a cluster of the same end). */
function shell(kubectl: string, version: 'v1.18' | 'v1.36'): (line: string, stdin?: string) => string {
  const sim = createSim({ nodes: 1, version, kubectl, commandTime: 0 })
  sim.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { p: 'one' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'db' } },
    {
      apiVersion: version === 'v1.18' ? 'batch/v1beta1' : 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick' },
      spec: {
        schedule: '0 0 1 1 *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] },
            },
          },
        },
      },
    },
  )
  return (line, stdin) => {
    const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '), stdin === undefined ? {} : { stdin })
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}

const secret = (metadata: object) => JSON.stringify({ kind: 'Secret', metadata })
const secrets = '/api/v1/namespaces/default/secrets'
const none = 'Error from server (NotFound): secrets "none" not found\n[1]'

describe('--raw sends what stands there and prints what comes', () => {
  const run = shell('1.36.3', 'v1.36')
  test.each([
    [`replace --raw ${secrets}/none -f -`, secret({ name: 'none' }), none],
    [
      `replace --raw ${secrets}/db -f -`,
      secret({ name: 'other' }),
      'Error from server (BadRequest): the name of the object (other) does not match the name on the URL (db)\n[1]',
    ],
    // A version that is no number is nothing that the registry can compare: 500, in v1.18 as in v1.36.
    [
      `replace --raw ${secrets}/db -f -`,
      secret({ name: 'db', resourceVersion: 'zz' }),
      'Error from server: strconv.ParseUint: parsing "zz": invalid syntax\n[1]',
    ],
    [
      `replace --raw ${secrets}/db -f -`,
      secret({ name: 'db', resourceVersion: '1' }),
      'Error from server (Conflict): Operation cannot be fulfilled on secrets "db": the object has been modified; please apply your changes to the latest version and try again\n[1]',
    ],
    [
      `create --raw ${secrets} -f -`,
      '{"apiVersion":"v1","kind":"ConfigMap"}',
      'Error from server (BadRequest): ConfigMap in version "v1" cannot be handled as a Secret: converting (v1.ConfigMap) to (core.Secret): unknown conversion\n[1]',
    ],
    [
      `create --raw ${secrets}?dryRun=All -f -`,
      secret({ name: 'made' }),
      /^\{"kind":"Secret","apiVersion":"v1","metadata":\{"name":"made",.*\}\n?$/,
    ],
    [`delete --raw ${secrets}/none`, undefined, none],
    [`create --raw ${secrets} -f a -f b`, undefined, 'error: --raw can only use a single local file or stdin\n[1]'],
    [`create --raw ${secrets} -f - -R`, '', 'error: --raw and --recursive are mutually exclusive\n[1]'],
    ['create --raw x -f -', '', 'error: --raw must be a valid URL path: parse "x": invalid URI for request\n[1]'],
    [`delete --raw ${secrets}/none -o name`, undefined, 'error: --raw and --output are mutually exclusive\n[1]'],
  ])('%s %s', (line, stdin, words) => {
    if (typeof words === 'string') expect(run(line, stdin)).toBe(words)
    else expect(run(line, stdin)).toMatch(words)
  })
})

describe('words by version', () => {
  const [old, recent] = [shell('1.20.2', 'v1.18'), shell('1.36.3', 'v1.36')]

  test.each([
    ['get secret %', '%', "may not contain '%'"],
    ['get secret ..', '..', "may not be '..'"],
    ['delete secret .', '.', "may not be '.'"],
    ['label secret %% a=b', '%%', "may not contain '%'"],
  ])('%s: names that no path can hold', (line, name, why) => {
    for (const run of [old, recent]) expect(run(line)).toContain(`error: invalid resource name "${name}": [${why}]\n`)
  })

  test('of several objects newer kubectls tell no events', () => {
    expect(recent('describe secret,cm db')).not.toContain('Events')
    expect(recent('describe cm db')).toContain('Events:')
    expect(recent('describe cm d')).not.toContain('Events')
    expect(recent('describe cm --show-events=true')).toContain('Events:')
    expect(old('describe cm,cj')).toContain('Events:')
  })

  test('time zones and proxies', () => {
    expect(recent('describe cj tick')).toContain(
      'Suspend:                       False\nTime Zone:                     <unset>\n',
    )
    expect(old('describe cj tick')).not.toContain('Time Zone')
    expect(recent('describe node')).not.toContain('Kube-Proxy')
    expect(old('describe node')).toContain('Kube-Proxy Version:')
  })

  test('accounts and their tokens', () => {
    expect(old('create sa A_b --dry-run=server')).toMatch(/^The ServiceAccount "A_b" is invalid: metadata.name/)
    expect(recent('create sa A_b --dry-run=server')).toMatch(/^error: failed to create serviceaccount: /)
    expect(recent('create token default --bound-object-kind=Foo --bound-object-name=x')).toBe(
      'error: supported --bound-object-kind values are Node, Pod, Secret\n[1]',
    )
  })
})
