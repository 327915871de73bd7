import { filter, map, mergeMap } from 'rxjs'
import { describe, expect, test } from 'vitest'
import {
  attempt,
  type ControllerBody,
  type ControllerContext,
  createSim,
  forever,
  OwnCodeError,
  resources,
  type Sim,
  SimUsageError,
  type Steps,
  sleep,
  wait,
} from '../../../src/index.ts'

const secret = (name: string, value = 'b') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { a: value },
})

/** Labels every Secret of the namespace, as an operator would. */
function* labeller({ client, informer, log }: ControllerContext): Steps<never> {
  const secrets = informer(resources.secrets, { namespace: 'default' })
  for (;;) {
    const { type, object } = yield* wait(secrets.next())
    if (type === 'deleted' || object.metadata.labels?.seen === 'yes') continue
    const key = { namespace: 'default', name: object.metadata.name }
    const body = { metadata: { labels: { seen: 'yes' } } }
    const patched = yield* attempt(client.patch(resources.secrets, key, 'application/merge-patch+json', body))
    log(`${key.name} ${patched.ok ? 'labelled' : 'refused'}`)
  }
}

const labelsOf = (sim: Sim, name: string) => sim.get('Secret', name)?.metadata.labels

/** What was thrown. */
function mistakeOf(work: () => void): OwnCodeError {
  try {
    work()
  } catch (error) {
    if (error instanceof OwnCodeError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a controller of one’s own', () => {
  test('is an operator on virtual time, whose doings are in the journal under its name', () => {
    const sim = createSim({ seed: 'own' })
    const controller = sim.controller('labeller', labeller)
    sim.runFor('1s')
    sim.apply(secret('first'), secret('second'))
    sim.runFor('1s')
    expect([labelsOf(sim, 'first'), labelsOf(sim, 'second')]).toEqual([{ seen: 'yes' }, { seen: 'yes' }])
    const own = sim.journal.query({ actor: 'controller/labeller' })
    expect(own.filter(({ type }) => type === 'object.updated').map(({ object }) => object?.name)).toEqual([
      expect.stringMatching(/^default-token-/),
      'first',
      'second',
    ])
    expect(own.filter(({ type }) => type === 'controller.log').at(-1)?.detail).toEqual({
      name: 'labeller',
      text: 'second labelled',
    })
    // What led to the label is what led to the Secret.
    const update = own.find(({ object, type }) => object?.name === 'first' && type === 'object.updated')
    expect(sim.journal.causes(update?.seq ?? 0).map(({ actor }) => actor)).toContain('user/admin')
    expect(controller.state).toBe('running')
  })

  test('the same run in two simulations, whatever else runs beside it', () => {
    const run = (): string => {
      const sim = createSim({ seed: 'twice', network: 'lan' })
      sim.controller('labeller', labeller)
      sim.controller('dicer', function* ({ random, log }) {
        for (let i = 0; i < 3; i++) {
          log(String(random.integer(0, 1000)))
          yield* sleep('10s')
        }
      })
      sim.apply(secret('first'))
      sim.runFor('2m')
      return sim.journal.digest()
    }
    expect(run()).toBe(run())
    const rolled = (others: boolean): readonly unknown[] => {
      const sim = createSim({ seed: 'twice' })
      if (others) sim.controller('labeller', labeller)
      sim.controller('dicer', function* ({ random, log }) {
        log(String(random.integer(0, 1000)))
        yield* sleep(0)
      })
      return sim.journal.query({ type: 'controller.log', actor: 'controller/dicer' }).map(({ detail }) => detail)
    }
    expect(rolled(true)).toEqual(rolled(false))
  })

  test('L6 stopped it does nothing more, crashed neither, and started again it remembers nothing', () => {
    const sim = createSim({ seed: 'crash' })
    const ends: string[] = []
    const controller = sim.controller('labeller', function* (context): Steps<void> {
      try {
        yield* labeller(context)
      } finally {
        ends.push(controller.state)
      }
    })
    sim.runFor('1s')
    controller.crash({ restartAfter: '30s' })
    sim.apply(secret('late'))
    sim.runFor('29s')
    expect([controller.state, labelsOf(sim, 'late')]).toEqual(['crashed', undefined])
    sim.runFor('2s')
    expect([controller.state, labelsOf(sim, 'late')]).toEqual(['running', { seen: 'yes' }])
    controller.stop()
    sim.apply(secret('later'))
    sim.runFor('1m')
    expect([controller.state, labelsOf(sim, 'later')]).toEqual(['stopped', undefined])
    // A process that crashes runs no finally block.
    expect(ends).toEqual(['stopped'])
    controller.start()
    sim.runFor('1s')
    expect(labelsOf(sim, 'later')).toEqual({ seen: 'yes' })
    const told = sim.journal.query({ actor: 'controller/labeller', type: (type) => /start|end/.test(type) })
    expect(told.map((record) => (record.type === 'controller.end' ? record.detail.how : record.type))).toEqual([
      'controller.start',
      'crashed',
      'controller.start',
      'stopped',
      'controller.start',
    ])
    sim.dispose()
    expect(ends).toEqual(['stopped', 'stopped'])
  })

  test('L6 an informer goes on after an outage and a dropped watch', () => {
    const sim = createSim({ seed: 'outage', network: 'lan' })
    sim.controller('labeller', labeller)
    sim.runFor('1s')
    sim.fault({ apiServer: 'unreachable', for: '1m' })
    sim.runFor('61s')
    sim.fault({ watches: 'drop' })
    sim.apply(secret('after'))
    sim.runFor('1m')
    expect(labelsOf(sim, 'after')).toEqual({ seen: 'yes' })
  })

  test('may be an Observable', () => {
    const sim = createSim({ seed: 'stream' })
    const names: (string | undefined)[] = []
    const body: ControllerBody = ({ informer, client }) =>
      informer(resources.secrets, { namespace: 'default' }).changes.pipe(
        filter(({ type, object }) => type === 'added' && object.metadata.name === 'a'),
        mergeMap(({ object }) => client.get(resources.secrets, { namespace: 'default', name: object.metadata.name })),
        map(({ metadata }) => names.push(metadata.name)),
      )
    const controller = sim.controller('stream', body)
    sim.apply(secret('a'))
    sim.runFor('1s')
    controller.stop()
    expect([names, controller.state]).toEqual([['a'], 'stopped'])
  })

  test('S5 as a ServiceAccount it may do what roles allow', () => {
    const sim = createSim({ seed: 'rbac' })
    expect(() => sim.controller('reader', labeller, { serviceAccount: 'reader' })).toThrow(
      'controller: there is no ServiceAccount reader in namespace default that reader could act as; apply it first',
    )
    sim.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader' } })
    const answers: (string | undefined)[] = []
    function* asking({ client }: ControllerContext): Steps<void> {
      for (;;) {
        const reply = yield* attempt(client.list(resources.secrets, { namespace: 'default' }))
        const refusal = reply.ok || reply.error.kind === 'network' ? undefined : reply.error.status.message
        answers.push(refusal)
        yield* sleep('10s')
      }
    }
    sim.controller('reader', asking, { serviceAccount: 'reader' })
    sim.runFor('5s')
    sim.kubectl('create role reader --verb=list --resource=secrets')
    sim.kubectl('create rolebinding reader --role=reader --serviceaccount=default:reader')
    sim.runFor('10s')
    expect(answers).toEqual([
      'secrets is forbidden: User "system:serviceaccount:default:reader" cannot list resource "secrets" in API group "" in the namespace "default"',
      undefined,
    ])
  })

  test('records Events about objects, counted where they are alike', () => {
    const sim = createSim({ seed: 'events' })
    sim.apply(secret('db'))
    sim.controller('teller', function* ({ event }): Steps<never> {
      const about = sim.get('Secret', 'db')
      for (let i = 0; i < 3 && about !== undefined; i++) {
        event(about, 'Normal', 'Rotated', 'a new value was drawn')
        yield* sleep('1s')
      }
      return yield* forever()
    })
    sim.runFor('10s')
    expect(sim.events({ reason: 'Rotated', on: 'secret/db' })).toMatchObject([
      { count: 3, message: 'a new value was drawn', source: { component: 'teller' } },
    ])
  })

  test('may look at the simulation, but changes the cluster through its client alone', () => {
    const sim = createSim({ seed: 'look' })
    sim.controller('cheater', function* (): Steps<void> {
      yield* sleep('5s')
      sim.apply(secret('x'))
    })
    expect(mistakeOf(() => sim.runFor('10s')).message).toMatch(
      /^controller cheater, at 5s: apply was called while runFor runs: listeners and conditions may only look, at .*controllers\.test\.ts:\d+:\d+$/,
    )
  })
})

describe('a mistake of a controller', () => {
  const told = (body: unknown): OwnCodeError => {
    const sim = createSim({ seed: 'mistake' })
    return mistakeOf(() => {
      sim.controller('clumsy', body as ControllerBody) // or a mistake
      sim.runFor('10s')
    })
  }

  test('is told as its own, with name, time and place, and podsim is not to blame', () => {
    const mistake = told(function* (): Steps<void> {
      yield* sleep('2.5s')
      const nothing: string = JSON.parse('{}').text
      nothing.trim()
    })
    expect(mistake.message).toMatch(
      /^controller clumsy, at 2.5s: TypeError: Cannot read properties of undefined \(reading 'trim'\), at \/.*test\/sim\/own\/controllers\.test\.ts:\d+:\d+$/,
    )
    expect(mistake.owner).toBe('controller clumsy')
    expect(mistake.at).toBe(2500)
    expect(mistake.cause).toBeInstanceOf(TypeError)
    expect(mistake).toBeInstanceOf(SimUsageError)
  })

  test.each<readonly [string, unknown, string]>([
    [
      'a function that is async',
      async () => {},
      'what runs gives a Promise (virtual time does not wait for real time); expected a generator, as function* makes one',
    ],
    ['a function without a star', () => {}, 'what runs gives absent; expected a generator'],
    [
      'a Promise that is waited for',
      function* () {
        yield Promise.resolve()
      },
      'it yields a Promise (virtual time does not wait for real time); expected yield* of sleep, wait, attempt or forever',
    ],
    [
      'a wait whose star is missing',
      function* () {
        yield sleep('1s')
      },
      'it yields a wait without the star of yield*; expected yield* of sleep',
    ],
    [
      'a wrong duration',
      function* () {
        yield* sleep('soon')
      },
      'sleep: the duration is the text "soon"; expected a duration such as 500ms',
    ],
    [
      'a refusal that it lets through',
      function* ({ client }: ControllerContext) {
        yield* wait(client.get(resources.secrets, { namespace: 'default', name: 'nobody' }))
      },
      'it lets a refusal through (attempt takes it as data): secrets "nobody" not found',
    ],
    [
      'an Observable that fails',
      ({ informer }: ControllerContext) =>
        informer(resources.secrets).changes.pipe(
          map(() => {
            throw new RangeError('too much')
          }),
        ),
      'RangeError: too much, at ',
    ],
  ])('%s', (_what, body, message) => {
    expect(told(body).message).toContain(`controller clumsy, at 0s: ${message}`)
  })

  test('leaves the simulation usable, and the controller failed', () => {
    const sim = createSim({ seed: 'after' })
    const controller = sim.controller('clumsy', function* (): Steps<void> {
      yield* sleep('1s')
      throw new Error('my bug')
    })
    expect(() => sim.runFor('10s')).toThrow('controller clumsy, at 1s: Error: my bug')
    sim.runFor('10s')
    sim.apply(secret('still'))
    expect(controller.state).toBe('failed')
    expect(() => sim.controller('clumsy', labeller)).toThrow('there is a controller "clumsy" already')
    expect(() => sim.controller('Clumsy', labeller)).toThrow('controller: name is the text "Clumsy"; expected a name')
    const five = 5 as never // a mistake
    expect(() => sim.controller('x', five)).toThrow('expected a generator function, or one that gives an Observable')
  })
})
