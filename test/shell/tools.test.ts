import { describe, expect, test } from 'vitest'
import { createWorld } from './world.ts'

const run = (script: string, rest?: Parameters<ReturnType<typeof createWorld>['shell']>[1]) =>
  createWorld().shell(script, rest)

describe('V6 what a mounted Secret looks like', () => {
  test('ls, one name a line, dot files hidden', () => {
    expect(run('ls /etc/foo')).toEqual(['password', 'username'])
  })

  test('ls -l shows links, V7 hides what begins with a dot', () => {
    const { shell } = createWorld({ username: 'admin', '.secret-file': 'x' })
    expect(shell('ls -l /etc/foo/')).toEqual([
      'total 0',
      'lrwxrwxrwx    1 root     root            15 May  1 12:34 username -> ..data/username',
    ])
  })

  test('ls -la shows ..data and the time-stamped directory', () => {
    expect(run('ls -la /etc/foo')).toEqual([
      'total 4',
      'drwxrwxrwt    3 root     root           120 May  1 12:34 .',
      'drwxr-xr-x    3 root     root          4096 May  1 12:34 ..',
      'drwxr-xr-x    2 root     root            80 May  1 12:34 ..2020_05_01_12_34_56.000000001',
      'lrwxrwxrwx    1 root     root            31 May  1 12:34 ..data -> ..2020_05_01_12_34_56.000000001',
      'lrwxrwxrwx    1 root     root            15 May  1 12:34 password -> ..data/password',
      'lrwxrwxrwx    1 root     root            15 May  1 12:34 username -> ..data/username',
    ])
  })

  test('ls -l of a link shows the link, with a slash what it leads to; -L the file', () => {
    expect(run('ls -l /etc/foo/..data; ls -l /etc/foo/..data/; ls -lL /etc/foo/username')).toEqual([
      'lrwxrwxrwx    1 root     root            31 May  1 12:34 /etc/foo/..data -> ..2020_05_01_12_34_56.000000001',
      'total 8',
      '-rw-r--r--    1 root     root            12 May  1 12:34 password',
      '-rw-r--r--    1 root     root             5 May  1 12:34 username',
      '-rw-r--r--    1 root     root             5 May  1 12:34 /etc/foo/username',
    ])
  })

  test('ls -R and several arguments get headings; what is absent is told', () => {
    expect(run('ls -R /etc/foo/..data/; ls /nope /etc/passwd /etc/foo; ls -1A /etc/foo')).toEqual([
      '/etc/foo/..data/:',
      'password',
      'username',
      '! ls: /nope: No such file or directory',
      '/etc/passwd',
      '',
      '/etc/foo:',
      'password',
      'username',
      '..2020_05_01_12_34_56.000000001',
      '..data',
      'password',
      'username',
    ])
  })

  test('stat and its formats, readlink, realpath', () => {
    expect(
      run(
        "stat -c '%a %U:%G %s %F %n' /etc/foo/..data/username; stat -L -c %a /etc/foo/username; stat -c %N /etc/foo/username; readlink /etc/foo/username; readlink -f /etc/foo/username",
      ),
    ).toEqual([
      '644 root:root 5 regular file /etc/foo/..data/username',
      '644',
      "'/etc/foo/username' -> '..data/username'",
      '..data/username',
      '/etc/foo/..2020_05_01_12_34_56.000000001/username',
    ])
    expect(run('stat -L /etc/foo/username').map((line) => line.replace(/Inode: \d+ +/, 'Inode: N '))).toEqual([
      '  File: /etc/foo/username',
      '  Size: 5         \tBlocks: 8          IO Block: 4096   regular file',
      'Device: 54h/84d\tInode: N Links: 1',
      'Access: (0644/-rw-r--r--)  Uid: (    0/    root)   Gid: (    0/    root)',
      'Access: 2020-05-01 12:34:56.000000000 +0000',
      'Modify: 2020-05-01 12:34:56.000000000 +0000',
      'Change: 2020-05-01 12:34:56.000000000 +0000',
    ])
  })

  test('find lists the newest first, as the kernel does', () => {
    expect(run('find /etc/foo; find /etc/foo -type f -name "user*"; find -L /etc/foo -maxdepth 1 -type f')).toEqual([
      '/etc/foo',
      '/etc/foo/password',
      '/etc/foo/username',
      '/etc/foo/..data',
      '/etc/foo/..2020_05_01_12_34_56.000000001',
      '/etc/foo/..2020_05_01_12_34_56.000000001/password',
      '/etc/foo/..2020_05_01_12_34_56.000000001/username',
      '/etc/foo/..2020_05_01_12_34_56.000000001/username',
      '/etc/foo/password',
      '/etc/foo/username',
    ])
  })

  test('cat joins files without line ends, and tells what it cannot read', () => {
    expect(run('cat /etc/foo/username /etc/foo/password; echo; cat /etc/foo; cat /etc/foo/none')).toEqual([
      'admin1f2d1e2e67df',
      '! cat: read error: Is a directory',
      "! cat: can't open '/etc/foo/none': No such file or directory",
      '= 1',
    ])
  })

  test('V5 a user who is not root is refused by a file of root alone', () => {
    const world = createWorld()
    world.fs.chmod('/vol/username', 0o400)
    expect(world.shell('id; cat /etc/foo/username', { runAsUser: 1000, groups: [1234] })).toEqual([
      'uid=1000 gid=0(root) groups=1234',
      "! cat: can't open '/etc/foo/username': Permission denied",
      '= 1',
    ])
  })

  test('S2 mount and df tell that it is tmpfs', () => {
    expect(run('mount | grep foo; df /etc/foo | tail -1')).toEqual([
      'tmpfs on /etc/foo type tmpfs (ro,relatime)',
      'tmpfs                   524288         8    524280   1% /etc/foo',
    ])
  })
})

describe('E1 what the environment looks like', () => {
  const env = [
    { name: 'SECRET_USERNAME', value: 'admin' },
    { name: 'MULTI', value: 'a\nb' },
  ]
  test('env, printenv, echo', () => {
    expect(run('env; printenv SECRET_USERNAME NOPE; echo "$SECRET_USERNAME"', { env })).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOSTNAME=mypod',
      'SECRET_USERNAME=admin',
      'MULTI=a',
      'b',
      'HOME=/root',
      'PWD=/',
      'SHLVL=1',
      'admin',
      'admin',
    ])
  })

  test('env as the program itself', () => {
    const { runtime, start } = createWorld()
    const { id } = start(['env'], { env })
    expect(runtime.logs(id).map(({ line }) => line)).toContain('SECRET_USERNAME=admin')
    expect(runtime.podContainers('uid')[0]).toMatchObject({ exitCode: 0, reason: 'Completed' })
  })
})

describe('tools', () => {
  test.each<[script: string, output: readonly string[]]>([
    [
      'printf "b\\na\\nb\\n" > /tmp/x; sort /tmp/x | uniq -c; wc -l < /tmp/x; wc /tmp/x',
      ['      1 a', '      2 b', '3', '        3         3         6 /tmp/x'],
    ],
    ['echo YWRtaW4= | base64 -d; echo; echo -n admin | base64', ['admin', 'YWRtaW4=']],
    ['echo a:b:c | cut -d: -f2-; echo abc | cut -c2', ['b:c', 'b']],
    ['echo hello | tr a-z A-Z; echo aabb | tr -s ab; echo a1b | tr -d 0-9', ['HELLO', 'ab', 'ab']],
    ['seq 3 | head -2; seq 5 | tail -n 2; seq 2 2 6 | tail -n +2', ['1', '2', '4', '5', '4', '6']],
    [
      'echo user=admin | sed "s/=.*/=***/"; printf "a\\nb\\n" | sed -n 2p; echo aXbX | sed "s/X/-/g"',
      ['user=***', 'b', 'a-b-'],
    ],
    ['echo "a.b" | grep -c "a.b"; echo axb | grep -F a.b; echo $?; echo ab12 | grep -oE "[0-9]+"', ['1', '1', '12']],
    [
      'mkdir -p /tmp/a/b; cp -r /etc/foo /tmp/a; ls /tmp/a /tmp/a/foo; rmdir /tmp/a/b; rm -r /tmp/a; ls /tmp',
      ['/tmp/a:', 'b', 'foo', '', '/tmp/a/foo:', 'password', 'username'],
    ],
    [
      'cp /etc/foo/username /tmp/u; chmod 400 /tmp/u; stat -c %A /tmp/u; mv /tmp/u /tmp/v; cat /tmp/v',
      ['-r--------', 'admin'],
    ],
    ['basename /a/b.c .c; dirname /a/b; hostname; whoami; pwd', ['b', '/a', 'mypod', 'root', '/']],
    ['date +%s; date -u +"%Y-%m-%dT%H:%M:%SZ %j %a"', ['1588336496', '2020-05-01T12:34:56Z 122 Fri']],
    [
      'echo a b | xargs echo x; ps | head -1; id',
      ['x a b', 'PID   USER     TIME  COMMAND', 'uid=0(root) gid=0(root) groups=10(wheel)'],
    ],
    ['echo -n abc | sha256sum', ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -']],
    ['echo x | tee /tmp/t; ln -s /tmp/t /tmp/l; cat /tmp/l; touch /tmp/n; test -s /tmp/n; echo $?', ['x', 'x', '1']],
  ])('%s', (script, output) => {
    expect(run(script)).toEqual(output)
  })

  test('C8 binary values pass through pipes unchanged', () => {
    expect(
      run('printf "\\377\\000\\200" | base64; printf "\\377\\000" > /tmp/b; wc -c < /tmp/b; cat /tmp/b | base64'),
    ).toEqual(['/wCA', '2', '/wA='])
  })
})

describe('what scripts ask of their container', () => {
  const env = [{ name: 'PASSWORD', value: 'hunter2' }]

  test('E1 S6 /proc: the environment and the command of the first process, and of one itself', () => {
    for (const pid of ['1', 'self'])
      expect(run(`tr '\\0' '\\n' < /proc/${pid}/environ | grep PASS`, { env })).toEqual(['PASSWORD=hunter2'])
    expect(
      run(`xargs -0 -n1 < /proc/1/environ | grep PASS; tr '\\0' ' ' < /proc/1/cmdline | cut -c1-5`, { env }),
    ).toEqual(['PASSWORD=hunter2', 'sh -c'])
  })

  test('S2 stat -f and df -T tell the kind of file system', () => {
    expect(run('stat -f -c %T /etc/foo; stat -f -c %T /; df -T /etc/foo')).toEqual([
      'tmpfs',
      'overlayfs',
      'Filesystem           Type       1K-blocks      Used Available Use% Mounted on',
      'tmpfs                tmpfs         524288         8    524280   1% /etc/foo',
    ])
  })

  test('U1 date -r tells when a file was written', () => {
    expect(run('date -r /etc/foo/username; date -r /etc/foo/username +%s; date -r /nope')).toEqual([
      'Fri May  1 12:34:56 UTC 2020',
      '1588336496',
      "! date: can't stat '/nope': No such file or directory",
      '= 1',
    ])
  })

  test('U1 tail -f tells what is written later', () => {
    const { kernel, runtime, start } = createWorld()
    const script = 'echo a > /tmp/log; (sleep 3; echo b >> /tmp/log; sleep 3; echo c >> /tmp/log) & tail -f /tmp/log'
    const { id } = start(['sh', '-c', script])
    kernel.runUntil(10_000)
    expect(runtime.logs(id).map(({ line }) => line)).toEqual(['a', 'b', 'c'])
  })

  test('/dev/stdin is what one is given, /dev/urandom the same for one seed', () => {
    expect(run('cat /dev/stdin < /etc/foo/username; echo; echo x | cat /dev/stdin')).toEqual(['admin', 'x'])
    const drawn = () => run('head -c 8 /dev/urandom | od -An -tx1')
    expect(drawn()).toEqual(drawn())
    expect(
      run('head -c 8 /dev/urandom > /tmp/a; head -c 8 /dev/urandom > /tmp/b; grep -qf /tmp/a /tmp/b; echo $?'),
    ).toEqual(['1'])
  })

  test.each([
    ['md5sum /etc/foo/username', ['21232f297a57a5a743894a0e4a801fc3  /etc/foo/username']],
    ['xxd /etc/foo/username', ['00000000: 6164 6d69 6e                             admin']],
    [
      'hexdump -C /etc/foo/username',
      ['00000000  61 64 6d 69 6e                                    |admin|', '00000005'],
    ],
    ['od -c /etc/foo/username', ['0000000   a   d   m   i   n', '0000005']],
    ['expr 1 + 2; expr length admin', ['3', '5']],
    ['timeout 1 true; echo $?', ['0']],
    [`awk '{print length($0)}' /etc/foo/username`, ['5']],
    [`sh -c "sh -c 'echo in; exit 4'"; echo $?`, ['in', '4']],
    ['sh /nope', ["! sh: can't open '/nope': No such file or directory", '= 2']],
    ['/etc/foo', ['! sh: /etc/foo: Permission denied', '= 126']],
  ])('%s', (script, output) => {
    expect(run(script)).toEqual(output)
  })
})

describe('images of the catalogue', () => {
  const reader = (args: readonly string[], env: { name: string; value: string }[] = []) => {
    const world = createWorld()
    const { id } = world.start([], { image: 'podsim/secret-reader:1', args, env })
    return { ...world, id, log: () => world.runtime.logs(id).map(({ at, line }) => `${at} ${line}`) }
  }

  test('U1 a service that watches sees the change at once, one that reads once never', () => {
    for (const reload of ['watch', 'never', 'request'] as const) {
      const { kernel, runtime, fill, log, id } = reader(['--file=/etc/foo/username', `--reload=${reload}`])
      kernel.runUntil(1000)
      fill(2, { username: 'root' })
      kernel.runUntil(2000)
      runtime.probe(id, { kind: 'http', port: 8080 })
      const shown = log().filter((line) => line.includes('read'))
      expect(shown).toEqual([
        '0 read /etc/foo/username: 5 bytes, sha256 8c6976e5',
        ...{ watch: ['1000'], never: [], request: ['2000'] }[reload].map(
          (at) => `${at} read /etc/foo/username: 4 bytes, sha256 4813494d`,
        ),
      ])
    }
  })

  test('a service whose Secret is missing ends with 1, or is not ready if it is optional', () => {
    const strict = reader(['--file=/etc/foo/none'])
    expect(strict.log()).toEqual(['0 error: open /etc/foo/none: no such file or directory'])
    expect(strict.runtime.podContainers('uid')[0]).toMatchObject({ exitCode: 1 })
    const lenient = reader(['--file=/etc/foo/none', '--optional'])
    const probe = (path: string) => lenient.runtime.probe(lenient.id, { kind: 'http', port: 8080, path })
    expect(probe('/healthz')).toMatchObject({ ok: true, output: '' })
    expect(probe('/')).toMatchObject({ ok: false, output: 'HTTP probe failed with statuscode: 500' })
  })

  test('S6 a service that logs its Secret by mistake shows it to who reads logs', () => {
    expect(reader(['--env=PASSWORD', '--leak'], [{ name: 'PASSWORD', value: 'hunter2' }]).log()[0]).toBe(
      '0 read variable PASSWORD: "hunter2"',
    )
  })

  test('a public service serves until it is stopped, and has a shell', () => {
    const { runtime, kernel, start } = createWorld()
    const { id } = start([], { image: 'nginx:1' })
    expect(runtime.exec(id, ['bash', '-c', 'echo $0'])).toMatchObject({ value: { stdout: 'bash\n' } })
    runtime.stopContainer(id, 30).subscribe()
    kernel.runUntil(kernel.now() + 100)
    expect(runtime.podContainers('uid')[0]).toMatchObject({ state: 'exited', exitCode: 0 })
  })

  test('a busybox without a command has nothing to do and ends', () => {
    const { runtime, start } = createWorld()
    start([])
    expect(runtime.podContainers('uid')[0]).toMatchObject({ state: 'exited', exitCode: 0 })
  })
})

describe('tar', () => {
  test('what was put into an archive comes out of it, links, modes and long names too', () => {
    const long = 'n'.repeat(120)
    const script = `mkdir -p /tmp/a/in /tmp/b; echo one >/tmp/a/in/x; chmod 640 /tmp/a/in/x; ln -s x /tmp/a/in/l; echo two >/tmp/a/${long}
      tar cf - -C /tmp/a . | tar xf - -C /tmp/b; cat /tmp/b/in/l /tmp/b/${long}; stat -c %a /tmp/b/in/x; readlink /tmp/b/in/l`
    expect(run(script)).toEqual(['one', 'two', '640', 'x'])
  })

  test('names lose their root, and none leads out of the directory', () => {
    expect(
      run('tar cf /tmp/t.tar /etc/passwd; tar tf /tmp/t.tar; tar cf - ../../etc/passwd | tar xvf - -C /tmp; ls /tmp'),
    ).toEqual(["! tar: removing leading '/' from member names", 'etc/passwd', '../../etc/passwd', 'etc', 't.tar'])
  })

  test('what is no archive, or cannot be found, is told', () => {
    expect(run('yes | head -c 600 | tar tf -; tar cf /tmp/x /nope; tar xzf a')).toEqual([
      '! tar: invalid tar header',
      '! tar: /nope: No such file or directory',
      '! tar: error exit delayed from previous errors',
      '! tar: podsim does not simulate compressed archives',
      '= 126',
    ])
  })
})
