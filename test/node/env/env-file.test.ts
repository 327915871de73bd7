import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../../src/bytes/bytes.ts'
import { createNodeFs } from '../../../src/fs/memory-fs.ts'
import { createSim } from '../../../src/index.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { envFileValue, pathWithin } from '../../../src/node/env/env-file.ts'

/** Source: pkg/kubelet/util/env/env_util.go, ParseEnv, in v1.35, and what its documentation says is a value. */
describe('a file of variables', () => {
  const valueIn = (text: string, key = 'KEY') => {
    const found = envFileValue(text, key)
    return found.ok ? found.value : found.error.replace('invalid environment variable format ', '')
  }
  test.each([
    ["KEY='value'\n", 'value'],
    ["  KEY='value' # comment", 'value'],
    ["# KEY='no'\n\nOTHER='1'\nKEY='a # b $X \\n'", 'a # b $X \\n'],
    ["KEY='one\ntwo\n'\n", 'one\ntwo\n'],
    ["KEY= 'value'\n", ''],
    ["OTHER='1'\n", ''],
    ["KEY='1'\nKEY='2'", '1'],
    ['KEY', "at line 1: missing '='"],
    ["\n='x'", 'at line 2: empty variable name'],
    ["KEY ='x'", "at line 1: whitespace before '=' is not allowed"],
    ['OTHER=x', 'at line 1: value must be enclosed in single quotes'],
    ["OTHER='1'2", 'at line 1: unexpected content after closing quote'],
    ["OTHER='1\n2", 'starting at line 1: unclosed single quote'],
  ])('%j', (text, expected) => {
    expect(valueIn(text)).toBe(expected)
  })

  test('a path stays in its volume', () => {
    const fs = createNodeFs({ kernel: createKernel(), memoryBytes: 1 << 30 })
    fs.mkdirAll('/v/a', 0o755)
    fs.writeFile('/secret', utf8Bytes('x'))
    fs.symlink('/secret', '/v/link')
    fs.symlink('../../../secret', '/v/a/up')
    fs.symlink('loop', '/v/loop')
    const within = (path: string) => pathWithin(fs, '/v', path)
    expect(['a/f', '../../secret', 'link', 'a/up', 'a/./b'].map(within)).toEqual([
      '/v/a/f',
      '/v/secret',
      '/v/secret',
      '/v/secret',
      '/v/a/b',
    ])
    expect(within('loop')).toBe(undefined)
  })
})

describe('fileKeyRef', () => {
  const run = (version: 'v1.35', text: string, optional: boolean) => {
    const sim = createSim({ version })
    const fileKeyRef = { volumeName: 'v', path: 'app.env', key: 'TOKEN', optional }
    sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        initContainers: [
          {
            name: 'i',
            image: 'busybox',
            command: ['sh', '-c', `printf "%s" "${text}" > /v/app.env`],
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        ],
        containers: [
          {
            name: 'c',
            image: 'busybox',
            command: ['sh', '-c', 'echo "token ${TOKEN-none}"; sleep 100'],
            env: [{ name: 'TOKEN', valueFrom: { fileKeyRef } }],
          },
        ],
      },
    })
    sim.runFor('20s')
    const waiting = sim.get('Pod', 'p')?.status?.containerStatuses?.[0]?.state?.waiting
    return waiting === undefined ? sim.shell('kubectl logs p').stdout : [waiting.reason, waiting.message]
  }
  const file =
    /^environment variable key "TOKEN" not found in file "\/var\/lib\/kubelet\/pods\/[-0-9a-f]{36}\/volumes\/kubernetes.io~empty-dir\/v\/app.env"$/

  test('the value that an init container wrote', () => {
    expect(run('v1.35', "TOKEN='abc'", false)).toBe('token abc\n')
  })
  test('a key that is not there stops the container unless it is optional', () => {
    expect(run('v1.35', "OTHER='abc'", true)).toBe('token none\n')
    expect(run('v1.35', "OTHER='abc'", false)).toEqual(['CreateContainerConfigError', expect.stringMatching(file)])
  })
  test('a file that cannot be read stops it always', () => {
    expect(run('v1.35', 'TOKEN=abc', true)).toEqual(['CreateContainerConfigError', "couldn't parse env file"])
  })
})
