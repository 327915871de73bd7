import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { readScenarioFile } from '../../src/cli/scenario-files.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { clusterToServe, minorOf } from '../../src/serve/cluster-options.ts'
import { Recorder } from '../../src/serve/recorder.ts'
import { startServer } from '../../src/serve/server.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { type Client, clientNode, clientOf, clientPython, isThorough } from './clients.ts'
import { ask, type Serving, serving } from './serving.ts'

/** Client libraries as programs of their own: PODSIM_TEST_CLIENT_NODE is a folder with theirs, PODSIM_TEST_PYTHON a Python that has its. */

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

/** A program that runs, by what it prints. */
class Program {
  readonly child: ChildProcess
  readonly printed: string[] = []
  #wake = (): void => {}

  constructor(file: string, client: Client, ...words: readonly string[]) {
    this.child = spawn(process.execPath, [file, ...words], { cwd: client.folder, env: client.env })
    cleanups.push(() => this.child.kill('SIGKILL'))
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream !== null)
        createInterface({ input: stream }).on('line', (line) => {
          this.printed.push(line)
          this.#wake()
        })
  }

  /** Answers when a line says so; fails with all that was printed when it does not in time. */
  async until(says: (line: string) => boolean, withinMs = 30_000): Promise<string> {
    const endsAt = Date.now() + withinMs
    for (;;) {
      const found = this.printed.find(says)
      if (found !== undefined) return found
      if (Date.now() > endsAt) throw new Error(`the program never said so:\n${this.printed.join('\n')}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        setTimeout(resolve, 200)
      })
    }
  }
}

/** A script beside the packages that it imports. */
function placed(client: Client, script: string): string {
  const file = join(client.folder, 'program.mjs')
  copyFileSync(script, file)
  symlinkSync(join(clientNode() ?? '', 'node_modules'), join(client.folder, 'node_modules'))
  return file
}

const programs = join(import.meta.dirname, 'programs')

describe.skipIf(clientNode() === undefined)('@kubernetes/client-node', () => {
  test('an operator rolls a Deployment when its Secret is rotated; its recording gives the same again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'podsim-record-'))
    cleanups.push(() => rmSync(folder, { recursive: true }))
    const epoch = '2026-01-01T00:00:00Z'
    const { served, made } = clusterToServe({
      scenario: undefined,
      at: undefined,
      version: undefined,
      seed: 'r',
      epoch,
    })
    const file = join(folder, 'recorded.yaml')
    const recorder = new Recorder(file, made, minorOf(served))
    const complaints: string[] = []
    const server = await startServer(served, {
      ...{ port: 0, clock: 'settle' as const, speed: 1, recorder },
      complain: (what, error) => complaints.push(`${what}: ${String(error)}`),
    })
    const client = clientOf('kubectl', server)
    cleanups.push(() => client.remove())
    const { sim } = served
    const send = (method: string, path: string, body: object, type = 'application/json') =>
      ask(server, path, { method, body, headers: { 'content-type': type } })
    await send('POST', '/api/v1/namespaces/default/secrets', {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'one' } },
    })
    const containers = [{ name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'db' } }] }]
    await send('POST', '/apis/apps/v1/namespaces/default/deployments', {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
      },
    })
    const reloader = new Program(placed(client, 'examples/reloader-served/reloader.mjs'), client)
    // Its informer is there when its watch is.
    while (server.openStreams === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await send(
      'PATCH',
      '/api/v1/namespaces/default/secrets/db',
      { stringData: { password: 'two' } },
      'application/merge-patch+json',
    )
    await reloader.until((line) => line === 'rolled web for db')
    reloader.child.kill('SIGKILL')
    const running = (of: Sim) => of.list('Pod').map(({ metadata: { name, uid } }) => ({ name, uid }))
    const [pods, digest] = [running(sim), sim.journal.digest()]
    const [pod = { name: '' }] = pods
    expect([pods.length, sim.env({ pod: pod.name, container: 'c' })?.get('password')]).toEqual([1, 'two'])
    await server.close()
    expect(complaints).toEqual([])

    const { loaded } = readScenarioFile(file)
    expect(loaded, readFileSync(file, 'utf8')).toMatchObject({ ok: true })
    if (!loaded.ok) return
    let again: unknown
    let replayed: Sim | undefined
    const result = runScenario(loaded.value[0], {
      createSim: (options) => {
        replayed = createSim(options)
        return replayed
      },
      stepped: () => {
        if (replayed !== undefined) again = running(replayed)
      },
    })
    expect(result.outcome, JSON.stringify(result.steps, undefined, 1)).toBe('passed')
    expect([again, result.digest]).toEqual([pods, digest])
  })

  test('an informer whose connections are broken again and again knows what the list says', async () => {
    const count = isThorough ? 5000 : 300
    const server = await served({ nodes: 0 })
    const client = clientOf('', server)
    cleanups.push(() => client.remove())
    const { sim } = server.served
    const write = (method: string, i: number, version: number) => {
      const path = `/api/v1/namespaces/default/configmaps${method === 'POST' ? '' : `/m-${i}`}`
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m-${i}` }, data: { v: `${version}` } }
      const { code } = sim.request({ method, path, user: 'admin', ...(method === 'DELETE' ? {} : { body }) })
      expect(code).toBeLessThan(300)
    }
    for (let i = 0; i < count; i++) write('POST', i, 0)
    const informer = new Program(placed(client, join(programs, 'informer.mjs')), client)
    const listed = () => {
      const list = sim.request({ method: 'GET', path: '/api/v1/namespaces/default/configmaps', user: 'admin' })
      const { items } = JSON.parse('body' in list ? list.body : '')
      return Object.fromEntries(
        items.map(({ metadata }: { metadata: Record<string, string> }) => [metadata.name, metadata.resourceVersion]),
      )
    }
    const known = async () => {
      informer.printed.length = 0
      informer.child.stdin?.write('tell\n')
      return JSON.parse(await informer.until((line) => line.startsWith('{')))
    }
    const caughtUp = async () => {
      const wanted = JSON.stringify(listed())
      const endsAt = Date.now() + 60_000
      for (;;) {
        const told = await known()
        if (JSON.stringify(told.known) === wanted) return told
        if (Date.now() > endsAt) expect(told.known).toEqual(listed())
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    await caughtUp()
    for (let round = 1; round <= 3; round++) {
      for (let i = round; i < count; i += 10) write('PUT', i, round)
      const outage = sim.fault({ apiServer: 'unreachable' })
      server.clock.changed()
      expect(server.openStreams).toBe(0)
      for (let i = round; i < count; i += 100) write('DELETE', i, round)
      outage.clear()
      for (let i = round; i < count; i += 100) write('POST', i, round)
      await caughtUp()
    }
    expect((await known()).breaks).toBeGreaterThanOrEqual(1)
    expect(server.complaints).toEqual([])
  }, 300_000)

  test('of two that want to lead by a Lease one does; when it is gone, the other one', async () => {
    const server = await served({ nodes: 0 }, { clock: 'wall' })
    const holdsForMs = 3000
    const electors = ['one', 'two'].map((name) => {
      const client = clientOf('', server)
      cleanups.push(() => client.remove())
      return new Program(placed(client, join(programs, 'elector.mjs')), client, name, String(holdsForMs))
    })
    const leads = (line: string) => line === 'leads'
    const first = await Promise.race(electors.map((each, at) => each.until(leads).then(() => at)))
    const [leader, follower] = first === 0 ? electors : [...electors].reverse()
    const lease = () => Object(server.served.sim.get('Lease', 'leader')).spec
    const holder = first === 0 ? 'one' : 'two'
    await new Promise((resolve) => setTimeout(resolve, 2 * holdsForMs))
    expect([lease().holderIdentity, lease().leaseTransitions, follower?.printed.some(leads)]).toEqual([
      holder,
      0,
      false,
    ])
    leader?.child.kill('SIGKILL')
    await follower?.until(leads)
    expect([lease().holderIdentity !== holder, lease().leaseTransitions]).toEqual([true, 1])
  }, 120_000)
})

test.skipIf(clientPython() === undefined)("Python's client: watch, exec, patch, refusals, Deployments", async () => {
  const server = await served({ nodes: 1 }, { clock: 'settle' })
  const client = clientOf(clientPython() ?? '', server)
  cleanups.push(() => client.remove())
  const { stdout, stderr } = await client.run([join(programs, 'client.py')])
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toEqual([
    'watched until it runs',
    "lists ['web']",
    'exec one',
    'patched dHdv',
    'refused 409 Conflict',
    'version v1.36',
    'ready 2',
    '',
  ])
  expect(server.complaints).toEqual([])
})

async function served(...options: Parameters<typeof serving>): Promise<Serving> {
  const server = await serving(...options)
  cleanups.push(() => server.close())
  return server
}
