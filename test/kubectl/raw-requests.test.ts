import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

const files = {
  'one.txt': 'NAME\n',
  'k/kustomization.yaml': 'resources: [a.yaml]\n',
  'k/a.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n',
  'outside/kustomization.yaml': 'resources: [../k/a.yaml]\n',
}

/** What the binaries of 1.20.2, 1.26.4, 1.32.3 and 1.36.3 print (`podsim serve`, a cluster of the same end). */
function shell(kubectl: string, version: 'v1.18' | 'v1.36'): (line: string, stdin?: string) => string {
  const sim = createSim({ nodes: 1, version, kubectl, files, commandTime: 0 })
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

describe('what is mistaken', () => {
  const run = shell('1.36.3', 'v1.36')
  test.each([
    ['wait cm/db', 'error: unrecognized condition: []\n[1]'],
    [
      'get cm db -o go-template={{template\t"x"}}',
      /^Error executing template: template: output:1:11: executing "output" at <\{\{template "x"\}\}>/,
    ],
    [
      'get cm --request-timeout=x',
      'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)\n[1]',
    ],
    [
      'get cm -v=9x',
      /^error: invalid argument "9x" for "-v, --v" flag: strconv.ParseInt: parsing "9x": invalid syntax\n/,
    ],
    [
      'get cm db -o custom-columns-file=one.txt',
      'error: invalid template, missing spec line. Expected format is one line of space separated headers, one line of space separated column specs.\n[1]',
    ],
    ['delete cm --all -l a=b', "error: setting 'all' parameter but found a non empty selector. \n[1]"],
    ['create deploy d --image=A --dry-run=server', /spec\.template\.spec\.containers\[0\]\.name: Invalid value: "A"/],
    ['create deploy d --image=a_b.c:1 --dry-run=client -o jsonpath={..containers[0].name}', /^a-b-c-[a-z0-9]{5}$/],
    [
      'create service clusterip s --tcp=80:x:y --dry-run=client -o jsonpath={.spec.ports}',
      '[{"name":"80-x-y","port":80,"protocol":"TCP","targetPort":"x"}]',
    ],
    ['replace -f one.txt --force --dry-run=client', 'error: --dry-run can not be used when --force is set\n[1]'],
    ['get -k none', /^must build at directory/],
  ])('%s', (line, words) => {
    if (typeof words === 'string') expect(run(line)).toBe(words)
    else expect(run(line)).toMatch(words)
  })
})

describe('flags of kubectl kustomize', () => {
  const [old, middle, recent] = [shell('1.22.0', 'v1.18'), shell('1.26.4', 'v1.36'), shell('1.36.3', 'v1.36')]
  const deprecated =
    "Flag --reorder has been deprecated, use the new 'sortOptions' field in kustomization.yaml instead.\n"
  const kinds = (text: string) => [...text.matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind).join()

  test('order, restrictions, output', () => {
    expect(kinds(middle('kustomize k'))).toBe('Namespace,Secret')
    expect(kinds(middle('kustomize k --reorder=none'))).toBe('Secret,Namespace')
    expect(recent('kustomize k --reorder=none')).toContain(deprecated)
    expect(middle('kustomize k --reorder=x')).toBe(
      'error: illegal flag value --reorder x; legal values: [legacy none]\n[1]',
    )
    expect(old('kustomize k k')).toBe('Error: specify one path to kustomization.yaml\n[1]')
    expect(recent('kustomize outside')).toContain('is not in or below')
    expect(recent('kustomize outside --load-restrictor=LoadRestrictionsNone')).toContain('kind: Secret')
    expect(recent('kustomize k -o out.yaml')).toBe('')
    expect(recent('get -f out.yaml -o name')).toContain('namespace')
    expect(recent('kustomize k --enable-managedby-label')).toContain('app.kubernetes.io/managed-by: kustomize-v5.8.1')
    expect(shell('1.20.2', 'v1.18')('kustomize k -o x')).toMatch(/^Error: unknown shorthand flag/)
  })
})
