import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, clientOf, installedKubectls } from './clients.ts'
import type { Serving } from './serving.ts'
import { speaker, webCluster } from './web-cluster.ts'

/** Real kubectls run commands in a container, copy, follow logs and forward ports. */

let server: Serving
beforeAll(async () => {
  server = await webCluster()
})
afterAll(() => server.close())

describe.each(installedKubectls())('kubectl $version', ({ path, minor }) => {
  let client: Client
  beforeAll(() => {
    client = clientOf(path, server)
  })
  afterAll(() => client.remove())

  test('exec: exit code, both outputs, standard input', async () => {
    const failed = await client.run(['exec', 'web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 5'])
    expect([failed.code, failed.stdout]).toEqual([5, 'out\n'])
    expect(failed.stderr).toContain('err\n')
    expect((await client.run('exec -i web -- cat', { stdin: 'through' })).stdout).toBe('through')
  })

  test('cp both ways, files and folders', async () => {
    mkdirSync(join(client.folder, 'in/deep'), { recursive: true })
    writeFileSync(join(client.folder, 'in/deep/a.txt'), 'alpha\n')
    writeFileSync(join(client.folder, 'in/b.bin'), Buffer.from([0, 255, 10, 13]))
    expect(await client.run('cp in web:/tmp/put')).toMatchObject({ code: 0 })
    expect((await client.run('exec web -- cat /tmp/put/deep/a.txt')).stdout).toBe('alpha\n')
    expect(await client.run('cp web:/tmp/put out')).toMatchObject({ code: 0 })
    expect(readFileSync(join(client.folder, 'out/b.bin'))).toEqual(Buffer.from([0, 255, 10, 13]))
  })

  test('logs -f ends with the Pod', async () => {
    const name = `log-${minor}`
    server.served.sim.apply(speaker(name))
    server.served.sim.runUntil(() => server.served.sim.get('Pod', name)?.status?.phase === 'Running', { within: '1m' })
    expect(await client.run(`logs -f ${name}`)).toMatchObject({ code: 0, stdout: 'line 1\nline 2\nline 3\n' })
  })

  test('run -i: what is typed reaches a new Pod, and its answer comes back', async () => {
    const name = `typed-${minor}`
    const line = `run ${name} --image=busybox -i --restart=Never --pod-running-timeout=30s -- cat`
    const ran = await client.run(line.split(' '), { stdin: 'through a Pod\n' })
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('through a Pod\n') })
  })

  test('port-forward reaches a program that serves', async () => {
    const env = { PATH: process.env.PATH, HOME: client.folder, KUBECONFIG: join(client.folder, 'kubeconfig') }
    const forwarding = spawn(path, ['port-forward', 'pod/web', ':80'], { env })
    const port = await new Promise<string>((resolve) => {
      forwarding.stdout.on('data', (told: Buffer) => {
        const found = /127\.0\.0\.1:(\d+) -> 80/.exec(told.toString())?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    const code = await new Promise((resolve, reject) => {
      httpGet(`http://127.0.0.1:${port}/`, { agent: false }, ({ statusCode }) => resolve(statusCode)).on(
        'error',
        reject,
      )
    })
    forwarding.kill()
    expect(code).toBe(200)
  })
})

test('nothing went wrong in the server', () => {
  expect(server.complaints).toEqual([])
})
