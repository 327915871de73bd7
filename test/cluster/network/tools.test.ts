import { describe, expect, test } from 'vitest'
import { forever, type OwnProcess, type Steps } from '../../../src/index.ts'
import { cluster, logOf, pod, run, service } from './network-world.ts'

/** Texts are those of busybox 1.31 and 1.28 and of curl 7.88, from their sources. */

const app = {
  name: 'own/app',
  *program(proc: OwnProcess): Steps<never> {
    proc.serve(8080, ({ path, method, headers, body }) => {
      if (path === '/hello') return { status: 200, body: 'hello\n' }
      if (path === '/moved') return { status: 302, headers: { location: '/hello' } }
      if (path === '/echo')
        return { status: 200, body: `${method} ${body} ${headers.authorization ?? ''} ${headers['x-a'] ?? ''}\n` }
      return path === '/' ? 200 : 404
    })
    return yield* forever()
  },
}
const sim = cluster(
  [
    service('api', { clusterIP: '10.96.7.1', ports: [{ port: 8080 }] }),
    service('none', { clusterIP: '10.96.7.9' }),
    pod('api-0', { containers: [{ name: 'api', image: 'own/app' }] }, { app: 'api' }),
    pod('curl', { containers: [{ name: 'curl', image: 'curlimages/curl', command: ['sleep', '1d'] }] }),
    pod('old', { containers: [{ name: 'sh', image: 'busybox:1.28', command: ['sleep', '1d'] }] }),
  ],
  { images: [app] },
)
const curl = (args: string) => run(sim, `curl ${args}`, { pod: 'curl' })

describe('busybox nslookup', () => {
  test('asks for a short name in every domain of the search list, and fails unless all have it', () => {
    expect(run(sim, 'nslookup api')).toEqual([
      'Server:\t\t10.96.0.10',
      'Address:\t10.96.0.10:53',
      '',
      'Name:\tapi.default.svc.cluster.local',
      'Address: 10.96.7.1',
      '',
      "** server can't find api.svc.cluster.local: NXDOMAIN",
      '',
      "** server can't find api.cluster.local: NXDOMAIN",
      '',
      '',
      "** server can't find api.svc.cluster.local: NXDOMAIN",
      '',
      "** server can't find api.cluster.local: NXDOMAIN",
      '',
      '= 1',
    ])
  })

  test('takes a name with a dot as it stands', () => {
    expect(run(sim, 'nslookup -type=a api.default.svc.cluster.local').slice(3)).toEqual([
      'Name:\tapi.default.svc.cluster.local',
      'Address: 10.96.7.1',
      '',
    ])
    expect(run(sim, 'nslookup -type=a api.default').slice(3)).toEqual([
      "** server can't find api.default: NXDOMAIN",
      '',
      '= 1',
    ])
  })

  test('an address gives its name', () => {
    expect(run(sim, 'nslookup 10.96.7.1').slice(3)).toEqual([
      '1.7.96.10.in-addr.arpa\tname = api.default.svc.cluster.local',
      '',
    ])
  })

  test('that of 1.28 asks as programs do', () => {
    expect(run(sim, 'nslookup api', { pod: 'old' })).toEqual([
      'Server:    10.96.0.10',
      'Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local',
      '',
      'Name:      api',
      'Address 1: 10.96.7.1 api.default.svc.cluster.local',
    ])
    expect(run(sim, 'nslookup nothing', { pod: 'old' }).slice(3)).toEqual(["nslookup: can't resolve 'nothing'", '= 1'])
  })

  test('of a machine that is cut off no server is reached', () => {
    const lost = cluster([
      pod('asks', {
        containers: [
          { name: 'sh', image: 'busybox', command: ['sh', '-c', 'sleep 60; nslookup api; wget -qO- api; sleep 1d'] },
        ],
      }),
    ])
    lost.fault({ partition: 'node-1' })
    lost.runFor('3m')
    expect(lost.logs({ pod: 'asks' }).split('\n')).toEqual([
      ';; connection timed out; no servers could be reached',
      '',
      "wget: bad address 'api'",
      '',
    ])
  })
})

describe('busybox nc', () => {
  test.each([
    ['-z api 8080', []],
    ['-v -z api 8080', ['api (10.96.7.1:8080) open']],
    ['-z none 80', ['= 1']],
    ['-v -z none 80', ['= 1']],
    ['-vv -z none 80', ['nc: none (10.96.7.9:80): Connection refused', '= 1']],
    ['-z nothing 80', ["nc: bad address 'nothing'", '= 1']],
    ['-l -p 80', ['nc: podsim does not simulate nc that listens', '= 126']],
  ])('%s', (args, lines) => {
    expect(run(sim, `nc ${args}`)).toEqual(lines)
  })

  test('gives up after -w seconds', () => {
    const log = logOf(sim, 'date +%s; nc -v -w 3 -z api 81; code=$?; date +%s; (exit $code)', { within: '1m' })
    expect(log.slice(1, 2)).toEqual(['nc: api (10.96.7.1:81): Connection timed out'])
    expect([Number(log.at(-2)) - Number(log[0]), log.at(-1)]).toEqual([3, '= 1'])
  })

  test('speaks HTTP where that is sent', () => {
    expect(run(sim, "printf 'GET /hello HTTP/1.0\\r\\n\\r\\n' | nc api 8080")[0]).toBe('HTTP/1.1 200 OK\r')
  })
})

describe('busybox wget', () => {
  test.each([
    [
      '-O- http://api:8080/hello',
      [
        'hello',
        'Connecting to api:8080 (10.96.7.1:8080)',
        'writing to stdout',
        '-                    100% |********************************|     6  0:00:00 ETA',
        'written to stdout',
      ],
    ],
    ['-qO- api:8080/moved', ['hello']],
    ['-q --spider api:8080', []],
    ['--spider api:8080', ['Connecting to api:8080 (10.96.7.1:8080)', 'remote file exists']],
    ['-qO- api:8080/x', ['wget: server returned error: HTTP/1.1 404 Not Found', '= 1']],
    ['-qO- none', ["wget: can't connect to remote host (10.96.7.9): Connection refused", '= 1']],
    ['-qO- nothing:81', ["wget: bad address 'nothing:81'", '= 1']],
    ["-qO- --header 'X-A: 1' --post-data a=b u:p%40@api:8080/echo", ['POST a=b Basic dTpwQA== 1']],
    ['-qO- https://api:8080', ['wget: podsim does not simulate https', '= 126']],
  ])('%s', (args, lines) => {
    expect(run(sim, `wget ${args}`)).toEqual(lines)
  })

  test('saves a file, and does not write over one', () => {
    expect(run(sim, 'cd /tmp; wget -q api:8080/hello; cat hello; wget -q api:8080/hello')).toEqual([
      'hello',
      "wget: can't open 'hello': File exists",
      '= 1',
    ])
  })

  test('gives up after -T seconds', () => {
    expect(logOf(sim, 'wget -T 2 -qO- api:81', { within: '1m' })).toEqual(['wget: download timed out', '= 1'])
  })

  test('alpine’s C library has words of its own', () => {
    expect(logOf(sim, 'wget -qO- api:81', { image: 'alpine:3.19', within: '5m' })).toEqual([
      "wget: can't connect to remote host (10.96.7.1): Operation timed out",
      '= 1',
    ])
  })
})

describe('curl', () => {
  test.each([
    ['-s api:8080/hello', ['hello']],
    ['-s -o /dev/null -w "%{http_code}\\n" api:8080/x', ['404']],
    ['-sf api:8080/x', ['= 22']],
    ['-sSf api:8080/x', ['curl: (22) The requested URL returned error: 404', '= 22']],
    ['-sL api:8080/moved', ['hello']],
    ['-s -X PUT -d a=b -d c -u u:p -H "X-A: 1" api:8080/echo', ['PUT a=b&c Basic dTpw 1']],
    ['-sS nothing', ['curl: (6) Could not resolve host: nothing', '= 6']],
    ['-s nothing', ['= 6']],
    ['-s -o /dev/null -w "%{http_code} %{exitcode}\\n" nothing', ['000 6', '= 6']],
    ['-sS none', ["curl: (7) Failed to connect to none port 80 after 0 ms: Couldn't connect to server", '= 7']],
    ['-sS ftp://api', ['curl: (1) Protocol "ftp" not supported or disabled in libcurl', '= 1']],
    ['-sS https://api', ['curl: podsim does not simulate https', '= 126']],
  ])('%s', (args, lines) => {
    expect(curl(args)).toEqual(lines)
  })

  test('-i and -I show the head', () => {
    const head = [
      'HTTP/1.1 200 OK\r',
      'content-type: text/plain; charset=utf-8\r',
      'content-length: 6\r',
      'connection: close\r',
      '\r',
    ]
    expect(curl('-si api:8080/hello')).toEqual([...head, 'hello'])
    expect(curl('-sI api:8080/hello')).toEqual(head)
  })

  test.each([
    [
      '-sS --connect-timeout 2 api:81',
      'curl: (28) Failed to connect to api port 81 after 2000 ms: Timeout was reached',
      28,
    ],
    ['-sS -m 3 api:81', 'curl: (28) Connection timed out after 3000 milliseconds', 28],
  ])('%s', (args, text, code) => {
    const log = logOf(sim, `curl ${args}`, { image: 'curlimages/curl', within: '1m' })
    expect(log[0]?.replace(/200\d/, '2000').replace(/300\d/, '3000')).toBe(text)
    expect(log[1]).toBe(`= ${code}`)
  })

  test('--retry waits a second, then two', () => {
    const log = logOf(sim, 'date +%s; curl -S --retry 2 --retry-connrefused none; date +%s', {
      image: 'curlimages/curl',
      within: '1m',
    })
    const failed = expect.stringMatching(
      /^curl: \(7\) Failed to connect to none port 80 after \d ms: Couldn't connect to server$/,
    )
    expect(log.slice(1, -2)).toEqual([
      failed,
      'Warning: Problem : connection refused. Will retry in 1 seconds. 2 retries ',
      'Warning: left.',
      failed,
      'Warning: Problem : connection refused. Will retry in 2 seconds. 1 retries ',
      'Warning: left.',
      failed,
    ])
    expect(Number(log.at(-2)) - Number(log[0])).toBe(3)
  })

  test('is where images have it', () => {
    expect(run(sim, 'curl -s api:8080')).toEqual(['sh: curl: not found', '= 127'])
  })
})

describe('what curl will not have, in the words of a real 7.88.1', () => {
  test.each([
    ['', ["curl: try 'curl --help' or 'curl --manual' for more information", '= 2']],
    ['-s', ['curl: no URL specified!', "curl: try 'curl --help' or 'curl --manual' for more information", '= 2']],
    [
      '-m',
      ['curl: option -m: requires parameter', "curl: try 'curl --help' or 'curl --manual' for more information", '= 2'],
    ],
    [
      '-m abc api',
      [
        'curl: option -m: expected a proper numerical parameter',
        "curl: try 'curl --help' or 'curl --manual' for more information",
        '= 2',
      ],
    ],
    [
      '-m -1 api',
      [
        'curl: option -m: expected a positive numerical parameter',
        "curl: try 'curl --help' or 'curl --manual' for more information",
        '= 2',
      ],
    ],
    [
      '--retry 1.5 api',
      [
        'curl: option --retry: expected a proper numerical parameter',
        "curl: try 'curl --help' or 'curl --manual' for more information",
        '= 2',
      ],
    ],
    ['-s -o /dev/null -w "%{nope}|%{http_code}\\n" api:8080/x', ['|404', "curl: unknown --write-out variable: 'nope'"]],
    [
      '-S -d @/nope api:8080/echo',
      ['POST   ', `Warning: Couldn't read data from file "/nope", this makes an empty POST.`],
    ],
    ['-sS -O api:8080/', ['curl: (23) Failed writing received data to disk/application', '= 23']],
    ['-sS -o /nope/x api:8080/hello', ['curl: (23) Failure writing output to destination', '= 23']],
    [
      '-o /nope/x api:8080/hello',
      [
        'Warning: Failed to open the file /nope/x: No such file or directory',
        'curl: (23) Failure writing output to destination',
        '= 23',
      ],
    ],
    ['--http3 api', ['curl: podsim does not simulate option --http3 of curl', '= 126']],
  ])('%s', (args, lines) => {
    expect(curl(args)).toEqual(lines)
  })
})
