import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tries } from '../tries.ts'
import { terminal } from './terminal.ts'

const text = { 'a.txt': 'one\ntwo\nthree two\n', 'b.txt': 'x:1:2\ny:3\n', 'd/c.yaml': 'k: v\n' }

/** Each row was answered by bash 5.2 with GNU coreutils. */
const rows: readonly (readonly [script: string, stdout: string, stderr?: string, exitCode?: number])[] = [
  ["echo -n 'admin' | base64", 'YWRtaW4=\n'],
  ["echo -n 'admin' > ./username.txt; cat username.txt", 'admin'],
  ['echo "S!B\\*d$zDsb" \'S!B\\*d$zDsb\' S!B\\\\*d\\$zDsb', 'S!B\\*d S!B\\*d$zDsb S!B\\*d$zDsb\n'],
  ['x=5; cat <<EOF\na $x \\$x $(echo sub) `echo bt`\nEOF', 'a 5 $x sub bt\n'],
  ["cat <<'EOF'\nraw $HOME $(x)\nEOF", 'raw $HOME $(x)\n'],
  ['cat <<-EOF\n\ttabbed\n\tEOF\necho after', 'tabbed\nafter\n'],
  ['y=a.b.c; echo ${y%.*} ${y##*.} ${y/b/Q} ${y:2:1} ${#y} ${z:-def}', 'a.b c a.Q.c b 5 def\n'],
  ['for i in 1 2 3; do echo -n "$i,"; done; echo', '1,2,3,\n'],
  ['for f in *.txt d/*.y*ml nope*; do echo $f; done', 'a.txt\nb.txt\nd/c.yaml\nnope*\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
  ['false && echo a || echo b; ! true; echo $?', 'b\n1\n'],
  ['nosuchcmd foo; echo $?', '127\n', 'bash: line 1: nosuchcmd: command not found\n'],
  ['cat nope', '', 'cat: nope: No such file or directory\n', 1],
  ['cat < nope', '', 'bash: line 1: nope: No such file or directory\n', 1],
  ['echo {a,b}{1,2} {1..4} x{,y} {01..03} {-01..1}', 'a1 a2 b1 b2 1 2 3 4 x xy 01 02 03 -01 000 001\n'],
  ['{ echo a; echo b >&2; } 2>/dev/null; (echo x; echo y >&2) > f 2>&1; cat f', 'a\nx\ny\n'],
  ["printf '%s-%d\\n' a 1 b 2; printf 'a\\tb\\n\\x41\\101\\n'", 'a-1\nb-2\na\tb\nAA\n'],
  ['case foo in f*) echo F;; *) echo no;; esac', 'F\n'],
  ['f() { echo "f:$1:$#"; return 3; }; f a "b c"; echo $?', 'f:a:2\n3\n'],
  [
    "grep -n two a.txt; grep -o 't[a-z]*' a.txt; grep -c o a.txt b.txt",
    '2:two\n3:three two\ntwo\nthree\ntwo\na.txt:3\nb.txt:0\n',
  ],
  [
    "sed 's/two/TWO/g;1d' a.txt; sed -n '$p' a.txt; awk '{print $NF}' a.txt",
    'TWO\nthree TWO\nthree two\none\ntwo\ntwo\n',
  ],
  ['while read a b; do echo "$b-$a"; done < a.txt', '-one\n-two\ntwo-three\n'],
  ['head -c 100 /dev/zero | base64 -w 20 | tail -n 1; head -c 3 /dev/zero | tr "\\0" a', 'AAAAAAAAAAAAAA==\naaa'],
  [
    'sha256sum a.txt; md5sum a.txt',
    '9a66cf27a7cac0d09907cefe58ef8652216049ec4f0dd53957f8ee430f79a747  a.txt\n0350e600aaef5bfcca433f1909b91e71  a.txt\n',
  ],
  ['echo "unterminated', '', 'bash: -c: line 1: unexpected EOF while looking for matching `"\'\n', 2],
  [
    'echo a; echo )',
    '',
    "bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `echo a; echo )'\n",
    2,
  ],
  ['(exit 7); echo $?; exit 3; echo never', '7\n', '', 3],
  ["echo 'it'\"'\"'s'; echo $'a\\tb'", "it's\na\tb\n"],
  [
    '[[ abc == a* && x != y ]] && echo match; [ a b ]; echo $?',
    'match\n2\n',
    'bash: line 1: [: a: unary operator expected\n',
  ],
  ['openssl s_client', '', 'openssl: podsim does not simulate openssl s_client\n', 126],
  ['echo é | wc -c; echo 日本', '3\n日本\n'],
  [
    'wc a.txt b.txt; wc < a.txt; cat a.txt | wc',
    ' 3  4 18 a.txt\n 2  2 10 b.txt\n 5  6 28 total\n 3  4 18\n      3       4      18\n',
  ],
]

describe('C3 a command line is read as bash reads it', () => {
  const cases = rows.map(([script, stdout, stderr = '', exitCode = 0]) => ({ script, stdout, stderr, exitCode }))
  test.each(cases)('$script', ({ script, stdout, stderr, exitCode }) => {
    expect(terminal(text).run(script)).toEqual({ stdout, stderr, exitCode })
  })

  test('kubectl gets its arguments, its input and the directory that the shell is in', () => {
    const { run, calls } = terminal(text)
    const result = run("cd d; echo -n x | kubectl create secret generic 'a b' --from-literal=p='S!B\\*d$zDsb' -f -")
    expect(result.stdout).toBe('create|secret|generic|a b|--from-literal=p=S!B\\*d$zDsb|-f|-\n')
    expect(calls[0]?.directory).toBe('/work/d')
  })

  test('what kubectl does not read is left to the loop around it', () => {
    const { stdout } = terminal(text).run('while read x; do kubectl get $x; done < a.txt')
    expect(stdout).toBe('get|one\nget|two\nget|three|two\n')
  })

  test('any bytes pass through a pipe and base64 unharmed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { run, files } = terminal({ f: bytes })
        run('cat f | base64 | base64 -d > g')
        expect(files.read('g')).toEqual(bytes)
      }),
    )
  })

  test('no script throws or runs for ever', () => {
    const pieces = [
      'echo',
      ' ',
      '"',
      "'",
      '$',
      '${',
      '}',
      '$(',
      ')',
      '(',
      '`',
      '\\',
      '|',
      '&',
      ';',
      '\n',
      '<<',
      'EOF',
      '>',
      '<',
      '*',
      '[',
      ']',
      '{',
      ',',
      'x',
      '=',
      '#',
      'for',
      'in',
      'do',
      'done',
      'if',
      'then',
      'fi',
      'while',
      'case',
      'esac',
      ';;',
      '!',
      '$((',
      '))',
      '2>&1',
      'cat',
      'sed',
      's/a/b/',
      'grep',
      '-e',
      'test',
      '~',
      '%',
      '##',
      '/',
      ':-',
      '[[',
      ']]',
      'f()',
      'read',
      'xargs',
      'é',
    ]
    const script = fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(script, fc.string({ maxLength: 60 })), (line) => {
        expect(typeof terminal(text).run(line).exitCode).toBe('number')
      }),
      { numRuns: tries(1500) },
    )
  })

  test.each([
    'while :; do :; done',
    'f() { f; }; f',
    'a=x; while :; do a=$a$a; done',
    `${'('.repeat(5000)}`,
    `echo ${'$('.repeat(3000)}`,
    'echo {1..999999}{1..999999}',
  ])('a script that goes too far is stopped: %s', (script) => {
    const { exitCode, stderr } = terminal().run(script)
    expect(exitCode).not.toBe(0)
    expect(stderr).not.toBe('')
  })
})
