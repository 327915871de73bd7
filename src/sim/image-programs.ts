import { passwordServer } from '../shell/password-server.ts'
import { exitAfter, type ImageDefinition, serveForever } from '../shell/program.ts'
import { secretReader } from '../shell/secret-reader.ts'
import { busyboxPrograms, shellPrograms } from '../shell/shell-program.ts'

/** What a registry gives a pull besides time for its bytes: no pull is shorter. Source: createRegistry's defaults. */
export const handshakeMs = 300

const orderly = { afterMs: 100, exitCode: 0 }

/** What an image's containers may do when the Pod gives no command: command, and the program behind it. */
export const imagePrograms: Readonly<Record<string, Partial<ImageDefinition> & Pick<ImageDefinition, 'program'>>> = {
  serve: { cmd: ['serve'], program: (argv, files) => shellPrograms(argv, files) ?? serveForever(orderly) },
  shell: { cmd: ['sh'], program: busyboxPrograms },
  succeed: { cmd: ['succeed'], program: (argv, files) => shellPrograms(argv, files) ?? exitAfter(1000, 0, orderly) },
  crash: { cmd: ['crash'], program: (argv, files) => shellPrograms(argv, files) ?? exitAfter(1000, 1, orderly) },
  'password-server': {
    entrypoint: ['password-server'],
    program: (argv, files) => (argv[0] === 'password-server' ? passwordServer : busyboxPrograms(argv, files)),
  },
  'secret-reader': {
    entrypoint: ['secret-reader'],
    program: (argv, files) => (argv[0] === 'secret-reader' ? secretReader : busyboxPrograms(argv, files)),
  },
}

/** Values that `program` of an image may have: serve until stopped, a shell, end well or badly after 1 s, password-server, secret-reader. */
export const programNames: readonly string[] = Object.keys(imagePrograms)
