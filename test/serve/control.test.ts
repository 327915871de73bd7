import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readScenarioFile } from '../../src/cli/scenario-files.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { clusterToServe, minorOf } from '../../src/serve/cluster-options.ts'
import { Recorder } from '../../src/serve/recorder.ts'
import { startServer } from '../../src/serve/server.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { ask, http2, type Serving, serving, watch } from './serving.ts'

const pods = '/api/v1/namespaces/default/pods'
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { p: 'hunter2' } }
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'db' } }] }] },
}

describe('/podsim/v1', () => {
  let server: Serving
  beforeAll(async () => {
    server = await serving()
  })
  afterAll(() => server.close())

  test('is for the administrator alone', async () => {
    for (const token of [null, 'guessed']) expect((await ask(server, '/podsim/v1/state', { token })).code).toBe(403)
    expect((await ask(server, '/podsim/v1/nothing')).code).toBe(404)
  })

  test('time goes on when it is told to: what waits for it comes', async () => {
    await ask(server, '/api/v1/namespaces/default/secrets', { body: secret })
    await ask(server, pods, { body: pod })
    expect((await ask(server, `${pods}/web`)).json()).toMatchObject({ status: { phase: 'Pending' } })
    const advanced = await ask(server, '/podsim/v1/clock', { body: { advance: '1m' } })
    expect(advanced.json()).toMatchObject({ time: '00:01:00.000', clock: 'manual' })
    expect((await ask(server, `${pods}/web`)).json()).toMatchObject({ status: { phase: 'Running' } })
    const wrong = await ask(server, '/podsim/v1/clock', { body: { advance: 'soon' } })
    expect([wrong.code, wrong.json().error]).toEqual([400, 'advance is "soon"; expected a duration such as "5s"'])
  })

  test('expectations are those of scenarios; what fails is told with what was found', async () => {
    const holds = await ask(server, '/podsim/v1/expect', { body: { pod: 'web', phase: 'Running' } })
    expect([holds.code, holds.json().passed]).toEqual([200, true])
    const fails = await ask(server, '/podsim/v1/expect', { body: { pod: 'web', phase: 'Failed' } })
    expect(fails.code).toBe(417)
    expect(fails.text).toContain('Running')
    expect((await ask(server, '/podsim/v1/expect', { body: { pod: 'web', phas: 'x' } })).code).toBe(400)
  })

  test('an outage breaks connections and watches of clients until it ends; refusals are answered', async () => {
    const session = http2(server)
    const read = watch(server, session, `${pods}?watch=true`)
    await read.until(1)
    const begun = await ask(server, '/podsim/v1/faults', { body: { apiServer: 'unreachable' } })
    expect(begun.code).toBe(201)
    expect(await read.ended).toBe('broken')
    await expect(ask(server, pods)).rejects.toThrow(/socket hang up|ECONNRESET/)
    await ask(server, `/podsim/v1/faults/${String(begun.json().id)}`, { method: 'DELETE' })
    expect((await ask(server, pods)).code).toBe(200)
    await ask(server, '/podsim/v1/faults', { body: { http: 429, resource: 'pods' } })
    expect((await ask(server, pods)).code).toBe(429)
    expect((await ask(server, '/podsim/v1/faults', { method: 'DELETE' })).json().faults).toEqual([])
    expect((await ask(server, pods)).code).toBe(200)
    await ask(server, '/podsim/v1/faults', { body: { apiServer: 'slow', latency: '5s', verb: 'list' } })
    let isAnswered = false
    const slow = ask(server, pods).then(() => {
      isAnswered = true
    })
    expect((await ask(server, `${pods}/web`)).code).toBe(200)
    await ask(server, '/podsim/v1/clock', { body: { advance: '4s' } })
    expect(isAnswered).toBe(false)
    await ask(server, '/podsim/v1/clock', { body: { advance: '1s' } })
    await slow
    await ask(server, '/podsim/v1/faults', { method: 'DELETE' })
    const wrong = await ask(server, '/podsim/v1/faults', { body: { apiServer: 'gone' } })
    expect(wrong.code).toBe(400)
    session.destroy()
  })
})

test('a recording is a scenario that gives the same objects, uids and digest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-record-'))
  const file = join(folder, 'recorded.yaml')
  const epoch = '2026-01-01T00:00:00Z'
  const { served, made } = clusterToServe({ scenario: undefined, at: undefined, version: undefined, seed: 'r', epoch })
  const recorder = new Recorder(file, made, minorOf(served))
  const server = await startServer(served, { port: 0, clock: 'manual', speed: 1, recorder, complain: () => {} })
  await ask(server, '/api/v1/namespaces/default/secrets', { body: secret })
  await ask(server, '/api/v1/namespaces/default/secrets', { body: secret })
  await ask(server, pods, { body: pod })
  // Who reads changes nothing.
  const session = http2(server)
  const read = watch(server, session, `${pods}?watch=true`)
  await ask(server, '/podsim/v1/clock', { body: { advance: '40s' } })
  await ask(server, `${pods}/web`)
  await ask(server, '/podsim/v1/faults', { body: { kubelet: 'restart', node: 'node-1' } })
  await ask(server, '/podsim/v1/clock', { body: { advance: '20.5s' } })
  await ask(server, `${pods}/web`, {
    method: 'DELETE',
    headers: { 'impersonate-user': 'system:admin', 'impersonate-group': 'system:masters' },
  })
  await ask(server, '/podsim/v1/clock', { body: { advance: '1m' } })
  const [uid, digest] = [served.sim.get('Secret', 'db')?.metadata.uid, served.sim.journal.digest()]
  read.close()
  session.destroy()
  await server.close()

  const { loaded } = readScenarioFile(file)
  const text = readFileSync(file, 'utf8')
  rmSync(folder, { recursive: true })
  expect(loaded, text).toMatchObject({ ok: true })
  if (!loaded.ok) return
  let sim: Sim | undefined
  const uids: unknown[] = []
  const result = runScenario(loaded.value[0], {
    createSim(options) {
      sim = createSim(options)
      return sim
    },
    stepped: () => uids.push(sim?.get('Secret', 'db')?.metadata.uid),
  })
  expect(result.outcome, JSON.stringify(result.steps, undefined, 1)).toBe('passed')
  expect(uids.at(-1)).toBe(uid)
  expect(result.digest).toBe(digest)
})
