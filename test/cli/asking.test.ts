import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { termsNamed } from '../../src/report/glossary/glossary.ts'
import { inProcess } from './in-process.ts'

/** The commands that answer questions, as somebody calls them who wants to know something. */

const root = join(import.meta.dirname, '../..')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'podsim-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

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

describe('podsim why', () => {
  const waiting = `title: waits
steps:
  - kubectl: create secret generic other --from-literal=k=swordfish
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: app }
      spec:
        containers:
          - name: app
            image: nginx
            env: [{ name: K, valueFrom: { secretKeyRef: { name: db, key: k } } }]
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: done }
      spec: { restartPolicy: Never, containers: [{ name: c, image: busybox, command: [sh, -c, "echo swordfish; exit 3"] }] }
  - kubectl: delete pod nobody
    continue: true
  - wait: 30s
`

  test('says what is the matter at a moment, what is needed, and what led there from the first cause on', async () => {
    const { code, stdout, stderr } = await podsim('why', 'scenarios/first-light.yaml', 'pod/mypod', '--at', '10s')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^pod default\/mypod is Pending, waiting \(ContainerCreating\): .*"mysecret" not found\n {2}volume foo needs secret mysecret: there is none in default\n/,
    )
    expect(stdout).toContain('at 00:00:10.000 of scenarios/first-light.yaml, seed first-light')
    expect(stdout).toMatch(
      /what led there\n {2}00:00:00.0\d\d {2}user\/admin: creates pod default\/mypod\n {2}\S+ {2}so scheduler: assigns .*\n[\s\S]*so kubelet\/node-1: Warning FailedMount/,
    )
    expect(stdout).toContain('podsim explain ContainerCreating, FailedMount')
  })

  test('at the end of the run unless a time is given, and beyond it too; another seed is another run', async () => {
    const end = await podsim('why', 'scenarios/first-light.yaml', 'mypod', '--seed', 'x')
    expect(end.stdout).toMatch(/^pod default\/mypod is Running and ready\n {2}at \S+ of .*, seed x\n/)
    const later = await podsim('why', 'scenarios/first-light.yaml', 'secret', 'mysecret', '--at', '10m')
    expect(later.stdout).toContain('at 00:10:00.000')
    expect(later.stdout).toMatch(
      /revision A was written 9m39\.\d+s ago by user\/admin\n.*\n {2}pod mypod, \/etc\/foo sees revision A since/,
    )
  })

  test('keeps to the family of what was asked, masks values, and tells programs the same', async () => {
    const file = written('waiting.yaml', waiting)
    const done = await podsim('why', file, 'pod/done')
    expect(done.stdout).toMatch(/container c ended with exit code 3 \(Error\); its last line: <9 bytes, \w{8}>/)
    expect(done.stdout.slice(done.stdout.indexOf('what led'))).not.toContain('app')
    expect(done.stderr).toMatch(/note: the step at .*waiting.yaml:\d+:\d+ failed before that/)
    const { stdout } = await podsim('why', file, 'pod/app', '-o', 'json')
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ format: 1, seed: 'waiting', object: 'pod/default/app' },
      details: expect.arrayContaining(['env K of container app needs secret db: there is none in default']),
      chain: expect.arrayContaining([expect.objectContaining({ actor: 'scheduler', isStory: true })]),
    })
    expect((await podsim('why', file, 'pod/done', '--reveal')).stdout).toContain('its last line: swordfish')
  })

  test.each([
    [['pod/myod'], 'did you mean pod/mypod?'],
    [['pdo/mypod'], 'there is no kind "Pdo" in this version of Kubernetes; did you mean'],
    [['secret/mysecret', '-n', 'kube-system'], 'there is one in namespace default (-n)'],
    [['a/b/c/d'], 'names no object; expected kind/name'],
    [['pod/mypod', '--at', 'noon'], '--at is "noon"; expected a time'],
    [['pod/mypod', '--version', 'v1.99'], "'--version <version>' argument 'v1.99' is invalid"],
  ])('%j is exit code 2, and says what is wrong', async (args, problem) => {
    const { code, stdout, stderr } = await podsim('why', 'scenarios/first-light.yaml', ...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(problem)
  })
})

describe('podsim diff', () => {
  const file = 'scenarios/first-light.yaml'
  const journal = async (name: string, ...more: readonly string[]) => {
    const path = join(folder, name)
    const { code } = await podsim('run', file, '--story', 'never', '--journal', path, ...more)
    expect(code).toBe(0)
    return path
  }

  test('of two journals: the first difference in context, what differs at the end, no value of a Secret', async () => {
    const [a, b] = [await journal('a.ndjson'), await journal('b.ndjson', '--seed', '7')]
    expect(readFileSync(a, 'utf8')).not.toMatch(/MWYyZDFlMmU2N2Rm|1f2d1e2e67df/)
    const types = new Set(
      [...readFileSync(a, 'utf8').matchAll(/"type":"([a-z-]+\.[a-z-]+)"/g)].map(([, type = '']) => type),
    )
    expect(types.size).toBeGreaterThan(10)
    expect([...types].filter((type) => termsNamed(type).length === 0)).toEqual([])
    const { code, stdout } = await podsim('diff', a, b)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^- scenarios\/first-light.yaml, seed first-light, v1.18, digest \w+\n\+ scenarios\/first-light.yaml, seed 7, v1.18, digest \w+\n\nthe first difference, at 00:00:00.\d+\n- \S+ {2}user\/admin .*creates pod default\/mypod\n\+ \S+ {2}user\/admin .*creates pod default\/mypod\n/,
    )
    expect(stdout).toMatch(
      /\n- \S+ {2}kubelet\/node-1 {2}Warning FailedMount .*\n\+ \S+ {2}kubelet\/node-1 {2}Warning FailedMount/,
    )
    expect(stdout).toMatch(
      /at the end\n {2}delay: pod default\/mypod has secret mysecret in volume foo\n {4}- [\d.]+s\n {4}\+ [\d.]+s\n/,
    )
    const same = await podsim('diff', a, await journal('c.ndjson'))
    expect(same).toMatchObject({ code: 0, stderr: '' })
    expect(same.stdout).toMatch(/\n\nthe same: \d+ records, digest \w+\n$/)
  })

  test('a journal is played and exported as the run that it tells of, made again; one that would be another is refused', async () => {
    const told = await journal('told.ndjson', '--seed', '7', '--version', 'v1.26')
    const page = (name: string) => readFileSync(join(folder, name), 'utf8')
    expect((await podsim('export', told, '-o', join(folder, 'told.txt'))).stderr).toBe('')
    const played = await podsim('play', told, '--ui', 'plain')
    expect(played.stdout).toMatch(
      /\n✓ A Pod waits for its Secret {2}scenarios\/first-light.yaml: .*, seed 7, digest (\w+)\n/,
    )
    const digest = / digest (\w+)\n/.exec(played.stdout)?.[1] ?? ''
    expect(page('told.ndjson')).toContain(`"digest":"${digest}"`)
    writeFileSync(join(folder, 'other.ndjson'), page('told.ndjson').replace(digest, 'f00'))
    expect(await podsim('export', join(folder, 'other.ndjson'), '-o', join(folder, 'other.txt'))).toMatchObject({
      code: 2,
      stderr: `error: ${join(folder, 'other.ndjson')} tells of a run with digest f00, and this one has ${digest}: scenario, settings or podsim have changed since\n`,
    })
    writeFileSync(join(folder, 'bad.ndjson'), 'no journal')
    expect((await podsim('play', join(folder, 'bad.ndjson'), '--ui', 'plain')).stderr).toContain(
      "line 1 is no journal's",
    )
  })

  test('of two seeds, for programs', async () => {
    const { code, stdout } = await podsim('diff', '--seeds', '1,2', file, '-o', 'json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ format: 1, isSame: false, left: { seed: '1' }, right: { seed: '2' } },
      parting: { actors: ['user/admin', 'scheduler', 'kubelet/node-1'] },
    })
  })

  test('of two versions: at which of those between the run changes, and what is dated there', async () => {
    const { code, stdout } = await podsim('diff', '--versions', 'v1.29,v1.31', file)
    expect(code).toBe(1)
    expect(stdout).toMatch(/versions at which the run changes\n {2}v1.30 {2}otherwise than v1.29: kubelet\/node-1\n/)
    expect(stdout).toMatch(/\n {4}kubelet: envFrom takes keys that are no names of variables {2}pkg\/kubelet/)
    expect(stdout).toContain('which of them did it the tables do not say')
  })

  test.each([
    [[file], 'found 1 path; expected two journals, or one scenario with --seeds A,B or --versions A,B'],
    [
      [file, file],
      'first-light.yaml:1:1: error: found "title: A Pod waits for its Secret", expected an object as JSON; for two runs of a scenario give --seeds',
    ],
    [['nowhere', 'nowhere'], 'nowhere cannot be read (ENOENT)'],
    [[file, '--seeds', '1'], '--seeds "1": expected two with a comma between'],
    [[file, '--seeds', '1,2', '--versions', 'v1.18,v1.19'], 'are two questions'],
    [[file, '--versions', 'v1.18,v2'], '--versions: there is no "v2"; expected v1.18 to v1.36'],
    [['nowhere.yaml', '--seeds', '1,2'], 'nowhere.yaml:1:1: error NOT_READABLE'],
  ])('%j is exit code 2, and says what is wrong', async (args, problem) => {
    const { code, stdout, stderr } = await podsim('diff', ...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(problem)
  })

  test('a journal is of one run, and is opened before it runs', async () => {
    const many = await podsim('run', file, '--seeds', '1,2', '--journal', join(folder, 'x'))
    expect(many).toMatchObject({ code: 2, stderr: 'error: --journal is for one run; 2 were selected\n' })
    const nowhere = await podsim('run', file, '--journal', join(folder, 'no/where'))
    expect(nowhere).toMatchObject({ code: 2, stdout: '' })
    expect(nowhere.stderr).toContain('the file cannot be written (ENOENT)')
  })
})

describe('a scenario with variables and a matrix', () => {
  const text = `title: Three times
params:
  size: { default: small }
matrix:
  strategy: [Watch, Cache, Get]
cluster: { kubelet: { configMapAndSecretChangeDetectionStrategy: "\${{ strategy }}" } }
steps:
  - run: kubectl create secret generic db-\${{ size }} --from-literal=password=fixed
  - run: kubectl create secret generic other --from-literal=password=hidden
  - wait: 10s
`
  const settings = ['--set', 'strategy=Cache', '--set', 'size=large'] as const

  test.each([
    ['export', ['-o', '-', '--format', 'txt', '--reveal', '--secret', 'db-large']],
    ['play', ['--ui', 'plain', '--reveal']],
    ['why', ['secret/db-large', '--reveal']],
    ['diff', ['--seeds', '1,2', '--reveal']],
  ])('podsim %s runs what is set, as podsim run does', async (command, rest) => {
    const file = written('matrix.yaml', text)
    const asked = await podsim(command, file, ...rest, ...settings)
    expect(asked.stderr).toBe('')
    expect(asked.stdout).not.toContain('Watch')
    if (command !== 'diff') expect(asked.stdout).toContain('db-large')
    expect(await podsim(command, file, ...rest, '--set', 'strateg=Cache')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--set strateg: no scenario has a variable of that name; did you mean strategy?'),
    })
    expect((await podsim(command, file, ...rest, '--set', 'strategy=None')).stderr).toContain(
      'strategy is set to "None"; the matrix has Watch, Cache, Get',
    )
  })

  test.each([
    ['export', ['-o', '-', '--format', 'txt', '--secret', 'db-small']],
    ['why', ['secret/db-small']],
    ['diff', ['--seeds', '1,2']],
  ])('podsim %s says which run of the matrix it looks at', async (command, rest) => {
    const { stderr } = await podsim(command, written('matrix.yaml', text), ...rest)
    expect(stderr).toMatch(/^note: .*matrix\.yaml is 3 runs, of which this is the first: --set strategy=Watch\n$/)
  })

  test('a journal tells what was set, so that its run is made again; not where that is a value of a Secret', async () => {
    const file = written('matrix.yaml', text)
    const journal = join(folder, 'set.ndjson')
    expect((await podsim('run', file, ...settings, '--journal', journal)).code).toBe(0)
    expect(JSON.parse(readFileSync(journal, 'utf8').trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'end',
      settings: { strategy: 'Cache', size: 'large' },
    })
    expect(await podsim('export', journal, '-o', '-', '--format', 'txt')).toMatchObject({ code: 0, stderr: '' })
    expect((await podsim('play', journal, '--ui', 'plain')).stdout).toContain('[strategy=Cache]')
    await podsim('run', file, '--set', 'strategy=Cache', '--set', 'size=fixed', '--journal', journal)
    expect(readFileSync(journal, 'utf8')).not.toContain('settings')
    expect((await podsim('export', journal, '-o', '-', '--format', 'txt')).stderr).toContain(
      'settings or podsim have changed',
    )
  })
})
