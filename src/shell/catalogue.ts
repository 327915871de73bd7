import { utf8Bytes } from '../bytes/bytes.ts'
import { basename } from '../fs/path.ts'
import { fromByteText } from './byte-text.ts'
import { image } from './image.ts'
import { passwordServer } from './password-server.ts'
import { type Assumption, type ImageDefinition, type Program, type ProgramLookup, serveForever } from './program.ts'
import { secretReader } from './secret-reader.ts'
import { busyboxPrograms, curlPrograms, shellPrograms } from './shell-program.ts'
import {
  appletOf,
  assumedOf,
  dutiful,
  dutifulBusybox,
  dutifulShells,
  unknownImage as imageOfUnknown,
} from './unknown-image.ts'
import { isAside, nginxAside, siteFiles, webServer, webSites } from './web-server.ts'

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

/** The same of an image of a distribution: the directories that Debian and Alpine both have. */
const distributionFiles = {
  ...busyboxFiles,
  ...Object.fromEntries(
    (
      '/lib /media /mnt /opt /run /sbin /srv /usr/bin /usr/lib /usr/local/bin /usr/local/lib /usr/local/share /usr/sbin /usr/share ' +
      '/var/cache /var/lib /var/log /var/mail /var/opt /var/spool /var/tmp'
    )
      .split(' ')
      .map((path) => [`${path}/`, program]),
  ),
}

const megabyte = 1_000_000

/** A service that ends in good order when it is told to, and listens on a port. */
const serviceOf = (name: string, port: number): Program => {
  const site = webSites[name]
  return site === undefined ? serveForever({ afterMs: 100, exitCode: 0 }, [port]) : webServer(site, port)
}

/** Directories that images of services have beside those of their distribution. Sources: their Dockerfiles (docker-library). */
const directories: Readonly<Record<string, readonly string[]>> = {
  nginx: ['/docker-entrypoint.d', '/etc/nginx/conf.d', '/var/cache/nginx', '/var/log/nginx'],
  redis: ['/data'],
  mysql: ['/docker-entrypoint-initdb.d', '/etc/mysql/conf.d', '/var/lib/mysql', '/var/run/mysqld'],
  postgres: ['/docker-entrypoint-initdb.d', '/var/lib/postgresql/data', '/var/run/postgresql'],
  httpd: ['/usr/local/apache2/cgi-bin', '/usr/local/apache2/logs'],
}

function filesOf(name: string): ImageDefinition['files'] {
  const site = webSites[name]
  return {
    ...distributionFiles,
    ...(site === undefined ? {} : siteFiles(site)),
    ...Object.fromEntries((directories[name] ?? []).map((path) => [`${path}/`, program])),
  }
}
const pause = serveForever({ afterMs: 100, exitCode: 0 })

/** What an entrypoint hands over to; the service itself asks nobody for its command line. */
function handedTo(
  program: Program | undefined,
  service: Program | undefined,
  argv: readonly string[],
): Program | undefined {
  return program === undefined || program === service ? program : { ...program, argv }
}

/**
 * The image's own service, also where its entrypoint is given options for it; then a shell and its tools, and programs that
 * the image has and nobody simulates. Source of the entrypoints: the images' Dockerfiles (docker-library).
 */
const serviceOr =
  (own: string, service: Program, more: string, shells: ProgramLookup, others: ProgramLookup): ProgramLookup =>
  (argv, files, duty) => {
    const [path = '', ...args] = argv
    const name = basename(path)
    if (name === 'docker-entrypoint.sh') {
      const [first = own] = args
      if (first.startsWith('-')) return service
      return handedTo(serviceOr(own, service, more, shells, others)(args, files, duty), service, args)
    }
    if (path === own) return own === 'nginx' && isAside(args) ? nginxAside : service
    return shells(argv, files, duty) ?? (more.split(' ').includes(name) ? others(argv, files, duty) : undefined)
  }

/** The same, for who asks what is taken for granted: of what a container begins with, the programs that the image has beside. */
const assumesBeside =
  (more: string): Assumption =>
  (command, args, files, isInScript) => {
    if (isInScript) return assumedOf(command, args, files)
    return more.split(' ').includes(basename(fromByteText(command))) ? 'ends' : undefined
  }

/** What is taken for granted of what is not simulated in an image. */
interface Rest {
  readonly ofBusybox: ProgramLookup
  readonly ofAlpine: ProgramLookup
  /** Shells of images with a service of their own. */
  readonly ofServices: ProgramLookup
  /** The same of those that have curl. */
  readonly ofCurl: ProgramLookup
  /** Programs beside. */
  readonly others: ProgramLookup
}

/**
 * Services by the image, with port, size in MB, programs beside and entrypoint. Programs are those of the images' packages: what
 * `make install` of each puts into bin.
 */
const services = [
  ['nginx', 'nginx', 80, 132, 'nginx-debug', ['/docker-entrypoint.sh']],
  [
    'redis',
    'redis-server',
    6379,
    98,
    'redis-cli redis-sentinel redis-benchmark redis-check-aof redis-check-rdb gosu',
    ['docker-entrypoint.sh'],
  ],
  [
    'mysql',
    'mysqld',
    3306,
    448,
    'mysql mysqladmin mysqlbinlog mysqlcheck mysqldump mysqlimport mysqlsh mysqlshow mysqlslap mysql_config_editor ' +
      'mysql_upgrade mysql_tzinfo_to_sql my_print_defaults gosu',
    ['docker-entrypoint.sh'],
  ],
  [
    'postgres',
    'postgres',
    5432,
    313,
    'psql pg_isready pg_ctl pg_dump pg_dumpall pg_restore pg_basebackup pg_receivewal pg_rewind pg_controldata pgbench ' +
      'initdb createdb dropdb createuser dropuser vacuumdb reindexdb gosu',
    ['docker-entrypoint.sh'],
  ],
  ['httpd', 'httpd-foreground', 80, 166, 'httpd apachectl ab htpasswd htdigest htdbm rotatelogs logresolve', []],
] as const

/** Sizes are those of the real images, roughly; programs those that their documentation calls. */
const catalogue = ({ ofBusybox, ofAlpine, ofServices, ofCurl, others }: Rest): readonly ImageDefinition[] => [
  ...['busybox', 'k8s.gcr.io/busybox', 'gcr.io/google_containers/busybox', 'registry.k8s.io/busybox'].map((name) =>
    image(name, ofBusybox, {
      cmd: ['sh'],
      files: busyboxFiles,
      sizeBytes: 1.2 * megabyte,
      assumes: appletOf,
    }),
  ),
  image('alpine', serviceOr('', pause, 'apk', ofAlpine, others), {
    cmd: ['/bin/sh'],
    files: distributionFiles,
    sizeBytes: 5.6 * megabyte,
    assumes: assumesBeside('apk'),
  }),
  ...services.map(([name, own, port, size, more, entrypoint]) =>
    image(name, serviceOr(own, serviceOf(name, port), more, name === 'nginx' ? ofCurl : ofServices, others), {
      entrypoint,
      cmd: [own],
      files: filesOf(name),
      sizeBytes: size * megabyte,
      assumes: assumesBeside(more),
    }),
  ),
  ...['k8s.gcr.io/pause', 'registry.k8s.io/pause'].map((name) =>
    image(name, (argv) => (argv[0] === '/pause' ? pause : undefined), {
      entrypoint: ['/pause'],
      sizeBytes: 0.7 * megabyte,
    }),
  ),
  image(
    'curlimages/curl',
    (argv, files, duty) => {
      if (argv[0] !== '/entrypoint.sh') return ofCurl(argv, files, duty)
      const given = curlArgs(argv.slice(1), files)
      return handedTo(ofCurl(given, files, duty), undefined, given)
    },
    {
      entrypoint: ['/entrypoint.sh'],
      cmd: ['curl'],
      user: 100,
      assumes: assumesBeside(''),
      files: distributionFiles,
      sizeBytes: 20 * megabyte,
    },
  ),
  image(
    'podsim/password-server',
    (argv, files) => (argv[0] === 'password-server' ? passwordServer : busyboxPrograms(argv, files)),
    { entrypoint: ['password-server'], files: busyboxFiles, sizeBytes: 10 * megabyte },
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

/** What no command has for its name is options and URLs of curl. Source: curl/curl-container etc/entrypoint.sh. */
function curlArgs(argv: readonly string[], files: Parameters<ProgramLookup>[1]): readonly string[] {
  const [first = ''] = argv
  return first.startsWith('-') || curlPrograms([first], files) === undefined ? ['curl', ...argv] : argv
}

const trusting = catalogue({
  ofBusybox: dutifulBusybox,
  ofAlpine: dutifulShells(false),
  ofServices: dutifulShells(true),
  ofCurl: dutifulShells(true, curlPrograms),
  others: dutiful,
})
const strict = catalogue({
  ofBusybox: busyboxPrograms,
  ofAlpine: busyboxPrograms,
  ofServices: shellPrograms,
  ofCurl: curlPrograms,
  others: () => undefined,
})

/** Images that scenarios and manifests often name. `isStrict`: programs that nobody simulates are not taken to do their duty. */
export function commonImages(isStrict = false): readonly ImageDefinition[] {
  return isStrict ? strict : trusting
}

/** An image of which nothing is known. `isStrict`: its programs are not taken to do their duty. */
export function unknownImage(repository: string, isStrict = false): ImageDefinition {
  return imageOfUnknown(repository, distributionFiles, isStrict)
}
