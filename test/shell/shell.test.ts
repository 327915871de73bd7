import { describe, expect, test } from 'vitest'
import { createWorld } from './world.ts'

const run = (script: string, rest?: Parameters<ReturnType<typeof createWorld>['shell']>[1]) =>
  createWorld().shell(script, rest)

describe('commands', () => {
  test.each<[script: string, output: readonly string[]]>([
    ['echo a b; echo c', ['a b', 'c']],
    ['echo "a  b" \'$HOME\' "$HOME"', ['a  b $HOME /root']],
    ['true && echo yes || echo no', ['yes']],
    ['false && echo yes || echo no', ['no']],
    ['! false; echo $?', ['0']],
    ['false; echo $?', ['1']],
    ['X=1; X=2 env | grep ^X; echo $X', ['X=2', '1']],
    ['export X=5; env | grep ^X', ['X=5']],
    ['echo $((1 + 2 * (3 - 1))) $((7 / 2)) $((7 % 2))', ['5 3 1']],
    ['x=3; while [ $x -gt 0 ]; do echo $x; x=$((x-1)); done', ['3', '2', '1']],
    ['for i in a b c; do [ $i = b ] && continue; echo $i; done', ['a', 'c']],
    ['for i in 1 2 3; do echo $i; break; done', ['1']],
    ['case abc in x*) echo x;; a?c|y) echo found;; *) echo other;; esac', ['found']],
    ['if false; then echo 1; elif true; then echo 2; else echo 3; fi', ['2']],
    ['f() { echo "$1-$#"; return 3; }; f a b; echo $?', ['a-2', '3']],
    ['echo $(echo a; echo b) "$(echo a; echo b)"', ['a b a', 'b']],
    ['echo `echo back`', ['back']],
    ['echo a | tr a b | cat', ['b']],
    ['(cd /tmp; pwd); pwd', ['/tmp', '/']],
    ['{ echo a; echo b; } | wc -l', ['2']],
    ['echo ${X:-default} ${X-d} "${HOME:+set}" ${#HOME}', ['default d set 5']],
    ['p=/etc/foo/username; echo ${p##*/} ${p%/*}', ['username /etc/foo']],
    ['x="a b"; for i in $x; do echo $i; done; for i in "$x"; do echo $i; done', ['a', 'b', 'a b']],
    ['set -- 1 "2 3"; for i in "$@"; do echo $i; done; echo $#', ['1', '2 3', '2']],
    // As in a real shell, the last line without an end is read, and says that there are no more.
    ['cat /etc/foo/username | while read line; do echo "<$line>"; done; echo', ['']],
    ['cat /etc/foo/username | while read line || [ -n "$line" ]; do echo "<$line>"; done', ['<admin>']],
    ['cat <<EOF\n$HOME\nb\nEOF\necho after', ['/root', 'b', 'after']],
    ["cat <<'EOF'\n$HOME\nEOF", ['$HOME']],
    ['echo /etc/foo/*', ['/etc/foo/password /etc/foo/username']],
    ['echo /etc/nothing*', ['/etc/nothing*']],
    ['echo a # comment', ['a']],
    ['echo a\\\nb', ['ab']],
    ['echo a;echo b&&echo c', ['a', 'b', 'c']],
    ['set -e; false; echo never', ['= 1']],
    ['set -e; if false; then :; fi; echo on', ['on']],
    ['exit 7', ['= 7']],
    ['echo -n a; echo b; echo -e "x\\ty"', ['ab', 'x\ty']],
    ['printf "%s=%d\\n" a 1 b 2', ['a=1', 'b=2']],
    ['test -f /etc/foo/username && [ -d /etc/foo -a -n x ] && echo yes', ['yes']],
    ['eval "X=3"; echo $X', ['3']],
    ['command -v cat; type cd', ['/bin/cat', 'cd is a shell builtin']],
    ['echo üñ | wc -c', ['5']],
    ['echo ${UNSET?}', ['! sh: UNSET: parameter not set', '= 2']],
  ])('%s', (script, output) => {
    expect(run(script)).toEqual(output)
  })
})

describe('redirections', () => {
  test('files are made, added to, read, and errors sent along', () => {
    expect(
      run(
        'echo a > /tmp/x; echo b >> /tmp/x; cat < /tmp/x; cat /nope 2>&1 | cut -c1-14; echo e >&2; ls /nope 2>/dev/null',
      ),
    ).toEqual(['a', 'b', "cat: can't ope", '! e', '= 1'])
  })

  test('V8 a Secret cannot be written over', () => {
    expect(
      run(
        'echo x > /etc/foo/username; echo x > /etc/foo/new; touch /etc/foo/y; rm /etc/foo/username; mkdir /etc/foo/d',
      ),
    ).toEqual([
      "! sh: can't create /etc/foo/username: Read-only file system",
      "! sh: can't create /etc/foo/new: Read-only file system",
      '! touch: /etc/foo/y: Read-only file system',
      "! rm: can't remove '/etc/foo/username': Read-only file system",
      "! mkdir: can't create directory '/etc/foo/d': Read-only file system",
      '= 1',
    ])
  })

  test('a directory that is not there, a file that is not there', () => {
    expect(run('echo x > /no/x; cat < /nope')).toEqual([
      "! sh: can't create /no/x: nonexistent directory",
      "! sh: can't open /nope: no such file",
      '= 1',
    ])
  })
})

describe('arithmetic in 64 bits', () => {
  test.each<[expression: string, value: string]>([
    ['1<<4', '16'],
    ['5&3', '1'],
    ['5|3', '7'],
    ['5^3', '6'],
    ['~5', '-6'],
    ['x?1:2', '2'],
    ['0x10', '16'],
    ['010', '8'],
    ['2#101', '5'],
    ['36#z', '35'],
    ['i+=2', '2'],
    ['i=3,i*2', '6'],
    ['i++ + ++i', '2'],
    ['2**10', '1024'],
    ['-7/2', '-3'],
    ['-7%3', '-1'],
    ['9223372036854775807+1', '-9223372036854775808'],
    ['0&&i++, i', '1'],
    ['!0 && !!5', '1'],
    ['1<2 == 2>1', '1'],
    ['', '0'],
  ])('$((%s))', (expression, value) => {
    expect(run(`echo $((${expression}))`)).toEqual([value])
  })

  test('names stand for expressions', () => {
    expect(run('a=b; b=1+2; echo $((a*2))')).toEqual(['6'])
  })

  test.each([
    ['1/0', 'divide by zero'],
    ['1+', 'arithmetic syntax error'],
    ['08', 'arithmetic syntax error'],
    ['1 2', 'arithmetic syntax error'],
  ])('$((%s)) is refused', (expression, message) => {
    expect(run(`echo $((${expression} ))`)).toEqual([`! sh: ${message}`, '= 2'])
  })
})

describe('pipes, jobs and signals', () => {
  test('commands of a pipeline run at once: who writes where nobody reads any more is ended', () => {
    expect(run('yes | head -2; seq 1000000 | (read a; echo $a)')).toEqual(['y', 'y', '1'])
  })

  test.each([
    ["awk 'function f() { f() } BEGIN { f() }'", 'podsim: too many functions or subshells inside of one another'],
    ["awk 'BEGIN { while (1); }'", 'podsim: too many commands ran at one instant; the loop is taken to run for ever'],
    [`awk 'BEGIN { x = "a"; while (1) x = x x }'`, 'out of memory'],
    [`awk 'BEGIN { printf "%999999999d", 1 }'`, 'out of memory'],
    [`awk 'BEGIN { print ${'('.repeat(3000)}1 }'`, 'awk: cmd. line:1: Unexpected token'],
  ])('%s ends in words', (script, message) => {
    expect(run(script)[0]).toBe(`! ${message.startsWith('awk') ? '' : 'sh: '}${message}`)
  })

  test('what is used up is told once, however many shells it ends', () => {
    expect(run('f() { f | f & }; f').length).toBe(1)
    expect(run('yes | uniq | head -n 1')).toEqual([
      '! sh: podsim: too many commands ran at one instant; the loop is taken to run for ever',
      '= running',
    ])
  })

  test('& goes on beside the shell, wait waits, $! is its number', () => {
    const { kernel, runtime, start } = createWorld()
    const script = 'sleep 2 & p=$!; echo a; wait $p; date +%T; (sleep 1; exit 3) & wait $!; echo $?'
    const { id } = start(['sh', '-c', script])
    kernel.runUntil(10_000)
    expect(runtime.logs(id).map(({ at, line }) => `${at} ${line}`)).toEqual(['0 a', '2000 12:34:58', '3000 3'])
  })

  test('find -mmin tells a file that is touched no more, as probes do', () => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start([
      'sh',
      '-c',
      'touch /tmp/alive; sleep 60; find /tmp/alive -mmin -1; sleep 1; find /tmp -mmin -2 -type f; sleep 60; find /tmp/alive -mmin +1',
    ])
    kernel.runUntil(200_000)
    expect(runtime.logs(id).map(({ at, line }) => `${at} ${line}`)).toEqual(['61000 /tmp/alive', '121000 /tmp/alive'])
  })

  test('a reader waits for its writer, line by line', () => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start(['sh', '-c', '(echo a; sleep 1; echo b) | while read x; do echo "<$x>"; done'])
    kernel.runUntil(10_000)
    expect(runtime.logs(id).map(({ at, line }) => `${at} ${line}`)).toEqual(['0 <a>', '1000 <b>'])
  })

  const stopped = (script: string) => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start(['sh', '-c', script])
    kernel.runUntil(500)
    runtime.stopContainer(id, 30).subscribe()
    kernel.runUntil(60_000)
    const { finishedAt, exitCode } = runtime.podContainers('uid')[0] ?? {}
    return [...runtime.logs(id).map(({ line }) => line), `${finishedAt} ${exitCode}`]
  }

  test('a trap of TERM ends a wait at once, but not a command in the foreground', () => {
    expect(stopped('trap "echo bye; exit 5" TERM; sleep 10 & wait')).toEqual(['bye', '500 5'])
    expect(stopped('trap "echo bye; exit 5" TERM; sleep 10')).toEqual(['bye', '10000 5'])
    expect(stopped('trap "" TERM; sleep 60')).toEqual(['30500 137'])
    expect(stopped('trap "echo end" EXIT; exit 3')).toEqual(['end', '0 3'])
  })

  test('exec replaces the shell, and without a command its streams', () => {
    expect(run('exec > /tmp/out; echo a; cat /tmp/out >&2')).toEqual(['! a'])
    expect(run('trap "echo never" EXIT; exec echo x')).toEqual(['x'])
    expect(run('exec 3> /tmp/f; echo hi >&3; cat /tmp/f; cat <&9')).toEqual([
      'hi',
      '! sh: 9: Bad file descriptor',
      '= 1',
    ])
  })

  test('kill reaches jobs; timeout ends what takes too long', () => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start(['sh', '-c', 'sleep 100 & kill $!; wait $!; echo $?; timeout 2 sleep 100; echo $?; date +%T'])
    kernel.runUntil(10_000)
    expect(runtime.logs(id).map(({ line }) => line)).toEqual(['Terminated', '143', 'Terminated', '143', '12:34:58'])
  })
})

describe('what a script may use has an end', () => {
  test('a variable that doubles itself ends the shell as memory does, a container with a limit by its limit', () => {
    expect(run('a=x; while :; do a=$a$a; done')).toEqual(['! sh: out of memory', '= 2'])
    expect(run('a=$(yes)')).toEqual(['! sh: out of memory', '= 2'])
    const { kernel, runtime, start } = createWorld()
    start(['sh', '-c', 'a=x; while :; do a=$a$a; done; sleep 1'], { memoryLimitBytes: 1 << 20 })
    kernel.runUntil(1000)
    expect(runtime.podContainers('uid')[0]).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
  })

  test.each(['yes', 'yes > /dev/null', 'yes | cat > /dev/null', 'cat /dev/zero > /dev/null'])(
    'what writes without end is taken to do so: %s',
    (script) => {
      const output = run(script)
      expect(output.at(-2)).toBe('! sh: podsim: too much was written at one instant')
      expect(output.at(-1)).toBe('= running')
    },
  )

  test('patterns take time in proportion to the text, or give up', () => {
    const text = `${'a'.repeat(60)}!`
    expect(run(`echo ${text} | grep -cE '(a+)+$'`)).toEqual(['0', '= 1'])
    expect(run(`echo ${text} | sed -E 's/^(a|a?)+$/x/'`)).toEqual([text])
    expect(run(`echo ${text} | grep -E '^(a|a?)*\\1b$'`)).toEqual(['! grep: Memory exhausted', '= 2'])
    expect(run("echo abab | sed 's/\\(ab\\)\\1/<\\1>/'")).toEqual(['<ab>'])
  })
})

describe('scripts that lie in a Secret', () => {
  const script = '#!/bin/sh\necho "$0 $1"; exit 3\n'

  test('V5 one that may be run is run, as a command and as an argument of sh', () => {
    const { fs, runtime, start } = createWorld({ 'start.sh': script })
    fs.chmod('/vol/start.sh', 0o755)
    for (const command of [
      ['/etc/foo/start.sh', 'a'],
      ['sh', '/etc/foo/start.sh', 'a'],
      ['sh', '-c', '/etc/foo/start.sh a'],
    ]) {
      const { id } = start(command)
      expect(runtime.logs(id).map(({ line }) => line)).toEqual(['/etc/foo/start.sh a'])
      expect(runtime.podContainers('uid').at(-1)?.exitCode).toBe(3)
    }
  })

  test('V5 one without x is refused: by the runtime with 126, by a shell with 126, and sh reads it all the same', () => {
    const { runtime, start, shell } = createWorld({ 'start.sh': script })
    expect(start(['/etc/foo/start.sh']).failure).toContain(
      'starting container process caused "exec: \\"/etc/foo/start.sh\\": permission denied": unknown',
    )
    expect(runtime.podContainers('uid')[0]).toMatchObject({
      state: 'exited',
      exitCode: 126,
      reason: 'ContainerCannotRun',
    })
    expect(shell('/etc/foo/start.sh')).toEqual(['! sh: /etc/foo/start.sh: Permission denied', '= 126'])
    expect(shell('sh /etc/foo/start.sh b')).toEqual(['/etc/foo/start.sh b', '= 3'])
  })
})

describe('what is refused', () => {
  test.each([
    ['foo', ['! sh: foo: not found', '= 127']],
    ['/opt/foo', ['! sh: /opt/foo: not found', '= 127']],
    ['/etc/foo/username', ['! sh: /etc/foo/username: Permission denied', '= 126']],
    ['wget http://x', ['! sh: podsim does not simulate wget', '= 126']],
    ['nslookup kubernetes', ['! sh: podsim does not simulate nslookup', '= 126']],
    ['echo "open', ['! sh: syntax error: unterminated quoted string', '= 2']],
    ['done', ['! sh: syntax error: unexpected "done"', '= 2']],
    ['if true; then echo', ['! sh: syntax error: unexpected end of file (expecting "fi")', '= 2']],
    ['cd /nope', ["! sh: cd: line 0: can't cd to /nope: No such file or directory", '= 2']],
    ['f() { f; }; f', ['! sh: podsim: too many functions or subshells inside of one another', '= 2']],
  ])('%s', (script, output) => {
    expect(run(script)).toEqual(output)
  })

  test.each(['while true; do :; done', 'while true; do sleep 0; done'])(
    'a loop that never waits is stopped, and the container runs on: %s',
    (script) => {
      const { kernel, runtime, start } = createWorld()
      const { id } = start(['sh', '-c', script])
      kernel.runUntil(1000)
      expect(runtime.logs(id)[0]?.line).toContain(
        'too many commands ran at one instant; the loop is taken to run for ever',
      )
      expect(runtime.podContainers('uid')[0]?.state).toBe('running')
    },
  )
})

describe('time', () => {
  test('U1 a loop with sleep runs in virtual time and sees the Secret change', () => {
    const { kernel, runtime, start, fill } = createWorld({ username: 'admin' })
    const { id } = start(['sh', '-c', 'while true; do cat /etc/foo/username; echo; sleep 10; done'])
    kernel.runUntil(15_000)
    fill(2, { username: 'root' })
    kernel.runUntil(25_000)
    expect(runtime.logs(id).map(({ at, line }) => `${at} ${line}`)).toEqual(['0 admin', '10000 admin', '20000 root'])
  })

  test('a shell as first process ignores SIGTERM and is killed', () => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start(['sh', '-c', 'sleep 3600'])
    runtime.stopContainer(id, 30).subscribe()
    kernel.runUntil(29_999)
    expect(runtime.podContainers('uid')[0]?.state).toBe('running')
    kernel.runUntil(30_000)
    expect(runtime.podContainers('uid')[0]).toMatchObject({ state: 'exited', exitCode: 137 })
  })

  test('sleep takes fractions and units; tail -f /dev/null and sleep infinity cost nothing', () => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start(['sh', '-c', 'sleep 0.5; date +%T; sleep 1m; date; tail -f /dev/null'])
    kernel.runUntil(3_600_000)
    expect(runtime.logs(id).map(({ line }) => line)).toEqual(['12:34:56', 'Fri May  1 12:35:56 UTC 2020'])
    expect(kernel.nextAt()).toBeUndefined()
  })
})

describe('exec', () => {
  test('a command runs at one instant in a running container, without its loop', () => {
    const { runtime, start } = createWorld()
    const { id } = start(['sleep', 'infinity'], { env: [{ name: 'A', value: '1' }] })
    expect(runtime.exec(id, ['cat', '/etc/foo/username'])).toEqual({
      ok: true,
      value: { stdout: 'admin', stderr: '', exitCode: 0 },
    })
    expect(runtime.exec(id, ['sh', '-c', 'echo $A; exit 3'])).toEqual({
      ok: true,
      value: { stdout: '1\n', stderr: '', exitCode: 3 },
    })
    expect(runtime.exec(id, ['sh', '-c', 'sleep 0; echo a'])).toMatchObject({ value: { stdout: 'a\n', exitCode: 0 } })
    expect(runtime.exec(id, ['sh'], 'echo from stdin\n')).toMatchObject({ value: { stdout: 'from stdin\n' } })
  })

  test('a command that would have to wait is refused clearly, an unknown one in the words of the runtime', () => {
    const { runtime, start } = createWorld()
    const { id } = start(['sleep', 'infinity'])
    expect(runtime.exec(id, ['sh', '-c', 'echo a; sleep 5'])).toMatchObject({
      ok: false,
      message: 'podsim: "sh -c echo a; sleep 5" would have to wait, but an exec runs at one instant of virtual time',
    })
    expect(runtime.exec(id, ['foo'])).toMatchObject({
      ok: true,
      value: { exitCode: 126, stdout: expect.stringContaining('exec: \\"foo\\": executable file not found in $PATH') },
    })
  })

  test('8.4 a hook that sleeps takes its time, can be killed, and ends with its container', () => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start(['sleep', 'infinity'])
    const log: string[] = []
    const exec = (name: string, script: string) =>
      runtime.execInTime(id, ['sh', '-c', script]).subscribe((result) => {
        log.push(
          `${kernel.now()} ${name} ${result.ok ? `${result.value.stdout.trim()} ${result.value.exitCode}` : result.message}`,
        )
      })
    exec('at once', 'echo now')
    exec('slow', 'echo a; sleep 5; echo b; exit 3')
    const kill = exec('killed', 'sleep 6')
    exec('long', 'sleep 100')
    kernel.runUntil(5500)
    kill.unsubscribe()
    runtime.stopContainer(id, 1).subscribe()
    kernel.runUntil(200_000)
    expect(log).toEqual(['0 at once now 0', '5000 slow a\nb 3', '6500 long  137'])
    runtime.execInTime(id, ['true']).subscribe((result) => log.push(String(result.ok)))
    expect(log.at(-1)).toBe('false')
  })

  test('S3 files that one container makes are not seen by another, those in a shared volume are', () => {
    const { runtime, start } = createWorld()
    const one = start(['sleep', 'infinity'], { writable: true })
    const two = start(['sleep', 'infinity'], { name: 'two' })
    runtime.exec(one.id, ['sh', '-c', 'echo x > /tmp/own; echo y > /etc/foo/shared'])
    expect(runtime.exec(two.id, ['cat', '/tmp/own', '/etc/foo/shared'])).toMatchObject({
      value: { stdout: 'y\n', stderr: "cat: can't open '/tmp/own': No such file or directory\n", exitCode: 1 },
    })
  })
})
