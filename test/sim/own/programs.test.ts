import { describe, expect, test } from 'vitest'
import {
  createSim,
  forever,
  type OwnProcess,
  type OwnProgram,
  type Sim,
  type Steps,
  sleep,
  wait,
} from '../../../src/index.ts'

const secret = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: { password: value },
})
const podOf = (container: object, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'shop/api:1',
        env: [{ name: 'LEVEL', value: 'debug' }],
        volumeMounts: [{ name: 'db', mountPath: '/etc/db' }],
        ...container,
      },
    ],
    volumes: [{ name: 'db', secret: { secretName: 'db' } }],
    ...spec,
  },
})

function running(program: OwnProgram, container: object = {}, spec: object = {}): Sim {
  const sim = createSim({ seed: 'program', images: [{ name: 'shop/api', program }] })
  sim.apply(secret('old'), podOf(container, spec))
  sim.runFor('20s')
  return sim
}

/** Serves while it knows its password, which it reads again whenever it changes. */
function* api(proc: OwnProcess): Steps<never> {
  let password = proc.readFile('/etc/db/password')
  proc.log(`${proc.args.join(' ')} ${proc.env.get('LEVEL')} on ${proc.hostname}: ${password?.length}`)
  proc.serve(8080, ({ path }) => (path === '/healthz' ? 200 : password === 'broken' ? 503 : 204))
  for (;;) {
    yield* wait(proc.changed('/etc/db/password'))
    const next = proc.readFile('/etc/db/password')
    if (next === password) continue
    password = next
    proc.log(`reloaded: ${password?.length}`)
  }
}

describe('a program of one’s own', () => {
  test('U1 E1 reads files and variables, watches a file, serves probes and logs', () => {
    const sim = running(api, {
      args: ['--verbose'],
      readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 5 },
    })
    expect(sim.kubectl('get pod app').stdout).toMatch(/1\/1 +Running +0/)
    expect(sim.logs({ pod: 'app' })).toBe('--verbose debug on app: 3\n')
    sim.apply(secret('broken'))
    sim.runFor('2m')
    expect(sim.logs({ pod: 'app' })).toBe('--verbose debug on app: 3\nreloaded: 6\n')
    expect(sim.kubectl('get pod app').stdout).toMatch(/0\/1 +Running +0/)
    expect(sim.events({ reason: 'Unhealthy' })[0]?.message).toBe(
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
    )
    // What the image has beside it is a shell.
    expect(sim.exec({ pod: 'app' }, ['cat', '/etc/db/password']).stdout).toBe('broken')
  })

  test('nobody listens on a port that it does not serve', () => {
    const sim = running(api, { readinessProbe: { tcpSocket: { port: 9090 } } })
    const ip = sim.get('Pod', 'app')?.status?.podIP
    expect(sim.events({ reason: 'Unhealthy' })[0]?.message).toBe(
      `Readiness probe failed: dial tcp ${ip}:9090: connect: connection refused`,
    )
  })

  test('L1 ends with its exit code, which restarts and Jobs go by', () => {
    const sim = running(
      function* ({ error }) {
        yield* sleep('2s')
        error('no connection')
        return 3
      },
      {},
      { restartPolicy: 'OnFailure' },
    )
    const [status] = sim.get('Pod', 'app')?.status?.containerStatuses ?? []
    expect(status?.restartCount).toBeGreaterThan(0)
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' })
    const done = running(function* () {}, {}, { restartPolicy: 'Never' })
    expect(done.get('Pod', 'app')?.status?.phase).toBe('Succeeded')
  })

  test('says what SIGTERM does to it; its finally blocks run', () => {
    const ends: string[] = []
    const sim = running(function* (proc) {
      proc.onTerm({ after: '4s', exitCode: 7 })
      try {
        yield* forever()
      } finally {
        ends.push('ended')
      }
    })
    sim.kubectl('delete pod app --wait=false')
    sim.runFor('3s')
    expect(ends).toEqual([])
    sim.runFor('3s')
    expect(ends).toEqual(['ended'])
    const exit = sim.journal.query({ type: 'container.exit' }).at(-1)
    expect(exit?.detail?.exitCode).toBe(7)
  })

  test('files that it writes are there', () => {
    const sim = running(function* (proc) {
      proc.writeFile('/tmp/a', 'x')
      proc.log(String(proc.writeFile('/etc/db/password', 'no')))
      proc.log(String(proc.listDirectory('/tmp')))
      yield* forever()
    })
    expect(sim.logs({ pod: 'app' })).toBe('false\na\n')
    expect(sim.exec({ pod: 'app' }, ['cat', '/tmp/a']).stdout).toBe('x')
  })

  test.each<readonly [string, OwnProgram, string]>([
    [
      'throws',
      function* () {
        yield* sleep('1s')
        throw new Error('mine')
      },
      'Error: mine, at ',
    ],
    [
      'gives no exit code',
      function* () {
        yield* sleep(0)
        return 'done' as never // a mistake
      },
      'the exit code is the text "done"; expected a whole number from 0 to 255, or nothing',
    ],
    [
      'serves no port',
      function* (proc) {
        proc.serve(0, () => 200)
        yield* forever()
      },
      'serve: port is the number 0; expected a whole number from 1 to 65535',
    ],
    [
      'answers nothing',
      function* (proc) {
        proc.serve(80, () => undefined as never) // a mistake
        yield* forever()
      },
      'the handler of a port gives absent; expected an HTTP status code such as 200',
    ],
  ])('one that %s has made a mistake of its own', (_what, program, message) => {
    expect(() => running(program, { readinessProbe: { httpGet: { port: 80 } } })).toThrow(
      /^program of image shop\/api in app, at \d/,
    )
    expect(() => running(program, { readinessProbe: { httpGet: { port: 80 } } })).toThrow(message)
  })

  test('a program that there is not is told with those that there are', () => {
    const program = 'sell' as never // a mistake
    expect(() => createSim({ images: [{ name: 'a', program }] })).toThrow(
      'images[0].program is the text "sell"; expected "serve", "shell", "succeed", "crash", "password-server", "secret-reader", or a generator function; did you mean "shell"?',
    )
  })
})
