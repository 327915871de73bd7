import { utf8Bytes } from '../bytes/bytes.ts'
import { image } from './image.ts'
import { type ImageDefinition, type ProgramLookup, serveForever } from './program.ts'
import { secretReader } from './secret-reader.ts'
import { busyboxPrograms, shellPrograms } from './shell-program.ts'
import { unknownImage as imageOfUnknown } from './unknown-image.ts'

const passwd = utf8Bytes(
  'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
)
const group = utf8Bytes('root:x:0:\ndaemon:x:1:\nwheel:x:10:root\nnobody:x:65534:\n')
const program = utf8Bytes('')
/** What lies in the image of a busybox, as far as somebody may look. */
const busyboxFiles = {
  '/etc/passwd': passwd,
  '/etc/group': group,
  '/bin/busybox': program,
  '/bin/sh': program,
  '/bin/cat': program,
  '/bin/ls': program,
}

const megabyte = 1_000_000

/** A service that ends in good order when it is told to. */
const service = serveForever({ afterMs: 100, exitCode: 0 })

/** The image's own program, a shell and its tools where a Pod asks for them. */
const serviceOr =
  (own: string): ProgramLookup =>
  (argv, files) =>
    argv[0] === own ? service : shellPrograms(argv, files)

/** Images that scenarios and manifests often name. Sizes are those of the real ones, roughly. */
export const commonImages: readonly ImageDefinition[] = [
  ...['busybox', 'k8s.gcr.io/busybox', 'gcr.io/google_containers/busybox', 'registry.k8s.io/busybox'].map((name) =>
    image(name, busyboxPrograms, { cmd: ['sh'], files: busyboxFiles, sizeBytes: 1.2 * megabyte }),
  ),
  image('alpine', busyboxPrograms, { cmd: ['/bin/sh'], files: busyboxFiles, sizeBytes: 5.6 * megabyte }),
  ...(
    [
      ['nginx', 'nginx', 132],
      ['redis', 'redis-server', 98],
      ['mysql', 'mysqld', 448],
      ['postgres', 'postgres', 313],
      ['httpd', 'httpd-foreground', 166],
    ] as const
  ).map(([name, own, size]) =>
    image(name, serviceOr(own), { cmd: [own], files: busyboxFiles, sizeBytes: size * megabyte }),
  ),
  ...['k8s.gcr.io/pause', 'registry.k8s.io/pause'].map((name) =>
    image(name, (argv) => (argv[0] === '/pause' ? service : undefined), {
      entrypoint: ['/pause'],
      sizeBytes: 0.7 * megabyte,
    }),
  ),
  image(
    'podsim/secret-reader',
    (argv, files) => (argv[0] === 'secret-reader' ? secretReader : busyboxPrograms(argv, files)),
    {
      entrypoint: ['secret-reader'],
      files: busyboxFiles,
      sizeBytes: 10 * megabyte,
    },
  ),
]

/** An image of which nothing is known. `isStrict`: its programs are not taken to do their duty. */
export function unknownImage(repository: string, isStrict = false): ImageDefinition {
  return imageOfUnknown(repository, busyboxFiles, isStrict)
}
