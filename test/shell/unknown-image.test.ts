import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/** A Pod whose images nobody knows; `full` for who asks what happened. */
function pod(spec: object, journal: 'off' | 'full' = 'off') {
  const sim = createSim({ version: 'v1.36', seed: 'unknown', journal })
  sim.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db' },
    stringData: { password: 'x', json: '{"a":1}' },
  })
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
  sim.runFor('1m')
  return {
    sim,
    row: sim
      .kubectl('get pod p --no-headers')
      .stdout.trim()
      .split(/\s{2,}/)
      .slice(1, 4),
  }
}

const server = { name: 'app', image: 'corp/app' }
const running = ['1/1', 'Running', '0']

describe('an image of which nothing is known does its duty', () => {
  test.each([
    ['its own program', {}],
    ['a program by its path', { command: ['/app/server', '--port', '80'] }],
    ['a program that a shell starts', { command: ['sh', '-c', '/app/migrate && exec /app/server'] }],
    ['what lies in a directory of its own', { command: ['sh', '-c', 'cd /app && echo x > conf && exec ./server'] }],
    ['bash with an environment of its own', { command: ['bash', '-ec', 'source /venv/bin/activate; exec app'] }],
    ['bash with a script that only it has', { command: ['bash', '-c', 'set -e; prepare; app-server --flag'] }],
    [
      'one that a shell starts, asked by its probes',
      {
        command: ['sh', '-c', 'exec java -jar app.jar'],
        readinessProbe: { httpGet: { path: '/up', port: 8080 }, periodSeconds: 1 },
        livenessProbe: { tcpSocket: { port: 8081 }, periodSeconds: 5, failureThreshold: 1 },
      },
    ],
  ])('L3: a server runs on: %s', (_what, rest) => {
    expect(pod({ containers: [{ ...server, ...rest }] }).row).toEqual(running)
  })

  test.each([
    ['its own program', {}],
    ['a program by its path', { command: ['/app/migrate'] }],
    ['a tool that copies what the image may have', { command: ['/bin/cp', '-n', '/usr/local/bin/app', '/shared/app'] }],
    ['a script of both', { command: ['sh', '-c', 'cp -r /opt/files/* /shared/ && /app/migrate'] }],
  ])('L3: an init container ends: %s', (_what, rest) => {
    const volumes = [{ name: 'shared', emptyDir: {} }]
    const init = { name: 'init', image: 'corp/app', volumeMounts: [{ name: 'shared', mountPath: '/shared' }], ...rest }
    expect(pod({ initContainers: [init], containers: [server], volumes }).row).toEqual(running)
  })

  test('a container that is not restarted ends well', () => {
    expect(pod({ restartPolicy: 'Never', containers: [server] }).row).toEqual(['0/1', 'Completed', '0'])
  })

  test.each([
    ['its own program', {}],
    ['a program by its path', { command: ['/app/migrate', '--once'] }],
    ['a script', { command: ['sh', '-c', '/app/x'] }],
  ])('a Job completes: %s', (_what, rest) => {
    const sim = createSim({ version: 'v1.36', seed: 'job', journal: 'off' })
    const template = { spec: { restartPolicy: 'OnFailure', containers: [{ ...server, ...rest }] } }
    sim.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template } })
    sim.runFor('1m')
    expect(sim.kubectl('get job j --no-headers').stdout).toMatch(/^j +Complete +1\/1 /)
  })

  test('probes and hooks of unknown programs say yes', () => {
    const exec = { exec: { command: ['/app/health'] } }
    const lifecycle = { postStart: exec }
    expect(pod({ containers: [{ ...server, readinessProbe: exec, livenessProbe: exec, lifecycle }] }).row).toEqual(
      running,
    )
  })

  test('E3, V1: what is asked of a mounted Secret is not taken for granted', () => {
    const volumes = [{ name: 'db', secret: { secretName: 'db' } }]
    const mount = { volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }
    const wants = (path: string) => ({ ...server, ...mount, command: ['sh', '-c', `cat ${path} && exec /app/server`] })
    expect(pod({ containers: [wants('/etc/db/password')], volumes }).row).toEqual(running)
    expect(pod({ containers: [wants('/etc/db/passwd')], volumes }).row[1]).toMatch(/Error|CrashLoopBackOff/)
    const copies = { ...server, ...mount, name: 'init', command: ['cp', '/etc/db/passwd', '/app/keys/passwd'] }
    expect(pod({ initContainers: [copies], containers: [server], volumes }).row[1]).toMatch(
      /Init:(Error|CrashLoopBackOff)/,
    )
  })

  test.each([
    [
      'an unknown image has it or not',
      'corp/app',
      '/app/tool',
      126,
      'podsim: nothing is known of /app/tool of this image',
    ],
    [
      'a known image has it not',
      'nginx',
      '/app/tool',
      1,
      'exec: "/app/tool": stat /app/tool: no such file or directory',
    ],
    ['nor by its name', 'busybox', 'python3', 1, 'exec: "python3": executable file not found in $PATH'],
    ['a file that is no program', 'nginx', '/etc/passwd', 1, 'exec: "/etc/passwd": permission denied'],
    ['a directory', 'corp/app', '/etc', 1, 'exec: "/etc": is a directory'],
    ['a tool of podsim', 'corp/app', 'jq -n 1', 0, ''],
  ])('kubectl exec: %s', (_what, image, command, code, text) => {
    const { sim } = pod({ containers: [{ name: 'c', image, command: ['sleep', '1000'] }] })
    const { exitCode, stderr } = sim.kubectl(`exec p -- ${command}`)
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(text)])
  })

  test.each([
    ['jq', 'jq -r .a /etc/db/json', '1'],
    ['openssl', 'openssl rand -hex 4 | wc -c', '9'],
    ['envsubst', "echo '$HOME.' | envsubst '$HOME'", '/root.'],
    ['a template of the image', 'envsubst < /tpl/app.conf > /tmp/o; echo $?', '0'],
    ['a template that a mount lacks', 'envsubst < /etc/db/app.tpl; echo $?', '1'],
    ['what is read of a name outside', 'T=$(curl -s https://example.com | jq -r .t); [ -n "$T" ] || exit 1', ''],
  ])('tools that podsim has are really run: %s', (_what, script, line) => {
    const volumes = [{ name: 'db', secret: { secretName: 'db' } }]
    const mount = { volumeMounts: [{ name: 'db', mountPath: '/etc/db' }], env: [{ name: 'HOME', value: '/root' }] }
    const container = { name: 'c', image: 'corp/tools', command: ['sh', '-c', script], ...mount }
    const { sim, row } = pod({ restartPolicy: 'Never', containers: [container], volumes })
    expect([row[1], sim.logs({ pod: 'p' }).trim().split('\n').at(-1)]).toEqual(['Completed', line])
  })

  test('strict: only what an image is said to have', () => {
    const sim = createSim({ version: 'v1.36', unknownImages: 'strict', journal: 'off' })
    const containers = [{ name: 'app', image: 'corp/app', command: ['sh', '-c', '/app/server'] }]
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers } })
    sim.runFor('1m')
    expect(sim.kubectl('get pod p').stdout).toMatch(/Error|CrashLoopBackOff/)
  })

  test('what is taken for granted is listed, and told of a Pod; strict takes nothing', () => {
    const spec = {
      initContainers: [{ name: 'init', image: 'corp/init:2' }],
      containers: [server, { name: 'b', image: 'nginx' }],
    }
    const { sim } = pod(spec, 'full')
    const told = [
      'image corp/init:2: what it does is not known; taken is that init container init of pod default/p does its work and ends, and reads what it is given',
      'image corp/app: what it does is not known; taken is that container app of pod default/p starts and runs on, and reads what it is given',
    ]
    expect(sim.assumptions().map(({ pods, message }) => [pods, message])).toEqual(
      told.map((text) => [['default/p'], text]),
    )
    expect(sim.why('pod/p').assumed).toEqual(told)
    expect(sim.why('secret/db').assumed).toEqual([])
    const described = createSim({ images: [{ name: 'corp/app' }], unknownImages: 'strict' })
    described.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'x' }] },
    })
    expect(described.assumptions()).toEqual([])
  })

  test('known images keep to what they have', () => {
    expect(pod({ containers: [{ name: 'app', image: 'nginx', command: ['/app/server'] }] }).row[1]).toMatch(
      /RunContainerError|CrashLoopBackOff/,
    )
  })
})

describe('what hangs on a program of which nothing is known', () => {
  test.each([
    ['a file of its own', {}, 'cat /tmp/ready', '1/1'],
    ['a script that looks for one', {}, 'sh -c "[ -f /var/run/app/ready ]"', '1/1'],
    ['where its program is started by a script', { command: ['sh', '-c', 'prepare; exec /app/x'] }, 'ls /ready', '1/1'],
    ['what its program says', {}, 'sh -c "[ imok = $(echo ruok | nc -w 1 127.0.0.1 80) ]"', '1/1'],
    ['a file of a mounted Secret', {}, 'cat /etc/db/nothing', '0/1'],
    ['no file at all', {}, 'false', '0/1'],
    ['a file of a program that podsim runs', { command: ['sleep', '1d'] }, 'cat /tmp/ready', '0/1'],
  ])('L2: a readiness probe that looks for %s', (_what, rest, probe, ready) => {
    const [, shell = '', script = ''] = /^(sh -c) "(.*)"$/.exec(probe) ?? []
    const command = shell === '' ? probe.split(' ') : [...shell.split(' '), script]
    const volumes = [{ name: 'db', secret: { secretName: 'db' } }]
    const mount = { volumeMounts: [{ name: 'db', mountPath: '/etc/db' }], readinessProbe: { exec: { command } } }
    expect(pod({ containers: [{ ...server, ...mount, ...rest }], volumes }).row).toEqual([ready, 'Running', '0'])
  })

  test.each([
    ['a directory', ['/etc/db'], running],
    ['a file that is no program', ['/etc/db/json', '--verbose'], running],
  ])('L3: arguments alone are its entrypoint’s: %s', (_what, args, row) => {
    const volumes = [{ name: 'db', secret: { secretName: 'db' } }]
    const container = { ...server, volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }
    expect(pod({ containers: [{ ...container, args }], volumes }).row).toEqual(row)
    expect(pod({ containers: [{ ...container, command: args }], volumes }).row[1]).toMatch(/Error|CrashLoopBackOff/)
  })

  test.each([
    ['a tool that podsim has', { command: ['sleep', '1d'] }, 137, 30],
    ['a script of such tools', { command: ['sh', '-c', 'date; sleep 1d; exit 1'] }, 137, 30],
    ['its own program', {}, 0, 0],
    ['a script that started it', { command: ['sh', '-c', 'prepare; exec /app/x'] }, 0, 0],
  ])('L5: SIGTERM is heard by what may have a handler: %s', (_what, rest, code, seconds) => {
    const { sim } = pod({ containers: [{ ...server, ...rest }] }, 'full')
    const asked = sim.now()
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('40s')
    const [exit] = sim.journal.query({ type: 'container.exit' })
    expect([exit?.detail?.exitCode, Math.floor(((exit?.time ?? 0) - asked) / 1000)]).toEqual([code, seconds])
  })
})

describe('programs that podsim knows by name only', () => {
  /** Init containers, each in a Pod of its own: what becomes of it. */
  const inits: Readonly<
    Record<
      string,
      { readonly image: string; readonly script?: string; readonly args?: readonly string[]; readonly status: RegExp }
    >
  > = {
    'an applet of a busybox': { image: 'busybox', script: 'ping -c 1 web', status: /^Running$/ },
    'the world outside': { image: 'busybox', script: 'wget -q --spider https://example.com', status: /^Running$/ },
    'a Service that is not there': { image: 'busybox', script: 'wget -q --spider http://web', status: /^Init:/ },
    'what an applet printed is not known': {
      image: 'busybox',
      script: 'a=$(ping -c 1 web | tail -1); [ -n "$a" ] || exit 1',
      status: /^Running$/,
    },
    'a limit and a setting of the kernel': {
      image: 'busybox',
      script: 'sysctl -w vm.max_map_count=262144 && ulimit -c unlimited',
      status: /^Running$/,
    },
    'a package manager and what it brings': {
      image: 'alpine',
      script: 'apk add --no-cache curl && curl -fs http://example.com',
      status: /^Running$/,
    },
    'what a busybox has not': { image: 'busybox', script: 'curl http://web', status: /^Init:/ },
    'what fails for a reason of its own': {
      image: 'corp/app',
      script: 'curl http://web; cat /etc/nothing',
      status: /^Init:/,
    },
    'files that it makes and reads': {
      image: 'corp/app',
      script: 'touch /tmp/a && mkdir /tmp/k && tail -n 1 /tmp/a && [ -d /tmp/k ]',
      status: /^Running$/,
    },
    'files in directories of the image': {
      image: 'corp/app',
      script: 'echo x > /opt/app/conf && cp /etc/passwd /app/keys/id && grep x /opt/app/conf && grep root /app/keys/id',
      status: /^Running$/,
    },
    'a file of the image that it edits': {
      image: 'corp/app',
      script: 'sed -i s/a/b/ /etc/app/conf',
      status: /^Running$/,
    },
    'a file that nobody makes': { image: 'corp/app', script: 'cat /tmp/nothing', status: /^Init:/ },
    'options of another nc': { image: 'corp/app', script: 'nc -q 1 127.0.0.1 80', status: /^Running$/ },
    'options of busybox’s nc': { image: 'busybox', script: 'nc -q 1 127.0.0.1 80', status: /^Init:/ },
    'what an entrypoint becomes': { image: 'postgres', args: ['sh', '-c', 'exit 0'], status: /^Running$/ },
    'how that ends': { image: 'curlimages/curl', args: ['sh', '-c', 'exit 3'], status: /^Init:/ },
    'a command of its image': {
      image: 'curlimages/curl',
      args: ['-so', '/dev/null', 'http://x.org'],
      status: /^Running$/,
    },
    'a script that ends before': { image: 'busybox', script: 'exit 3; nslookup web', status: /^Init:/ },
  }

  test('L3: they do their duty; a failure that hangs on what they print is none', () => {
    const sim = createSim({ version: 'v1.36', seed: 'named', journal: 'off' })
    const pods = Object.values(inits).map(({ image, script, args }, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${String(i).padStart(2, '0')}` },
      spec: {
        initContainers: [
          { name: 'init', image, ...(args === undefined ? { command: ['sh', '-c', script] } : { args }) },
        ],
        containers: [{ name: 'app', image: 'nginx' }],
      },
    }))
    sim.apply(pods)
    sim.runFor('1m')
    const rows = sim.kubectl('get pods --no-headers').stdout.trim().split('\n')
    const statuses = rows.map((row) => row.split(/\s{2,}/)[2])
    for (const [i, [what, { status }]] of Object.entries(inits).entries()) expect(statuses[i], what).toMatch(status)
  })

  test.each([
    ['redis', 'redis-cli ping'],
    ['postgres', 'pg_isready -U postgres'],
    ['mysql', 'mysqladmin ping -h localhost'],
  ])('a probe finds the client of %s', (image, command) => {
    const readinessProbe = { exec: { command: command.split(' ') } }
    expect(pod({ containers: [{ name: 'db', image, readinessProbe }] }).row).toEqual(running)
  })
})
